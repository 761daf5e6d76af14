"""Passwords by argon2id."""

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class ArgonPasswords:
    """Hashes by OWASP's parameters: 19 MiB, two passes, one lane; about 40 ms."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._nobody = self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        """A hash to keep."""
        return self._hasher.hash(_octets(password))

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of this hash; takes as long where there is none."""
        try:
            self._hasher.verify(kept or self._nobody, _octets(password))
        except (VerificationError, InvalidHashError):
            return False
        return bool(kept)


def _octets(password: str) -> bytes:
    """Half a surrogate pair, which JSON and command lines can bring, has no UTF-8 of its own."""
    return password.encode(errors="surrogatepass")
