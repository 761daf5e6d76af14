"""The “call me” widget: pages in a frame on another site, whose visitors have no account."""
