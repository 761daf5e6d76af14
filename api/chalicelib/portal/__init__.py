"""The customers' pages, by area."""
