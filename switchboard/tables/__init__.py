"""Tables of other programs: what their cells and headers mean, whatever they are about."""
