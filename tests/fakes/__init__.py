"""Small true implementations of the ports, which pass the same contract tests as the real ones."""
