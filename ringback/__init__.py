"""The operator's door: the `ringback` command and the tools that run the system on one machine."""
