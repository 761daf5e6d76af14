"""What the customer hears and presses, a subject a module: each reads in a straight line."""
