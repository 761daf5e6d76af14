"""Expressions that are parsed once: a program sends the same few again and again, and ministack
parses each of them twice a request."""

from functools import lru_cache

from ministack.services import dynamodb

# Pure, and what they return is only read.
PARSERS = ("_tokenize", "_condition_syntax_error")
KEPT = 1024


def install() -> None:
    """From now on a parsed expression is kept."""
    for name in PARSERS:
        setattr(dynamodb, name, lru_cache(KEPT)(getattr(dynamodb, name)))
