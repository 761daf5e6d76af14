"""The carrier's own telephone audio: G.711, RTP, pressed keys, and measuring what was heard."""
