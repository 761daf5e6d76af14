"""The desk: what Ringback does for people, as functions over the ports."""
