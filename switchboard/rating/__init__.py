"""What a call costs: rates, sheets and the price of both legs, exact."""
