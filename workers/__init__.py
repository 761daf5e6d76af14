"""The media workers' door: takes callbacks from the queue, places both legs, bridges, settles."""
