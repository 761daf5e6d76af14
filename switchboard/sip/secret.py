"""Secrets of digest authentication: passwords as hashes, which is how they are kept (RFC 8760)."""

import hashlib
from dataclasses import dataclass, field
from typing import Self

REALM = "ringback"
# The best first: a user agent answers the first that it knows.
ALGORITHMS = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


def hashed(algorithm: str, text: str) -> str:
    """The hash of a text by one of ALGORITHMS, in hexadecimal."""
    return ALGORITHMS[algorithm](text.encode("utf-8", "surrogateescape")).hexdigest()


@dataclass(frozen=True, slots=True)
class Secret:
    """What a user is known by, in place of the password: its hash for each algorithm (HA1)."""

    user: str
    sha256: str = field(repr=False)
    md5: str = field(repr=False)

    @classmethod
    def of(cls, user: str, password: str) -> Self:
        """The secret of a user in our realm."""
        text = f"{user}:{REALM}:{password}"
        return cls(user, hashed("SHA-256", text), hashed("MD5", text))

    def __str__(self) -> str:
        return self.user

    def ha1(self, algorithm: str) -> str:
        """The hash for one of ALGORITHMS."""
        return self.md5 if algorithm == "MD5" else self.sha256


# Compared with where there is no such user, so that the answer takes as long.
NOBODY = Secret.of("nobody", "")
