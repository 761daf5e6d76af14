"""The life of a callback: its states, how it ended, and the record that stays."""
