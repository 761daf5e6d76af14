"""Many short callbacks in a row, and what they leave behind in the workers that carried them."""
