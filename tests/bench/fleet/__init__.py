"""The media fleet under load: bridged callbacks, set-ups, and a whole worker (design §12)."""
