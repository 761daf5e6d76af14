"""The chaos run: real processes are killed, paused and lied to; no money and no call is lost."""
