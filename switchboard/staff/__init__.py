"""Who runs the system: users, what their roles let them do, and the log of what they did."""
