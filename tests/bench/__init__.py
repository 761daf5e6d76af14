"""What has a budget (design §12), measured beside a named alternative in the same run."""
