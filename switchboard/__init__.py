"""The shared core of Ringback: values, rules, ports, use cases and adapters."""
