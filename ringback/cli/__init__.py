"""The `ringback` command."""

from ringback.cli.app import main

__all__ = ["main"]
