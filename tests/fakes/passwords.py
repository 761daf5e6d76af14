"""Passwords that are quick to check."""

from dataclasses import dataclass


@dataclass
class PlainPasswords:
    """Quick, for tests that are not about hashing."""

    def hash(self, password: str) -> str:
        return f"plain:{password}"

    def matches(self, password: str, kept: str | None) -> bool:
        return kept == f"plain:{password}"
