"""Numbers, money and spans of time, spoken grammatically out of recorded words."""
