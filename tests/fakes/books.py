"""Books in bad company: replies that are lost, and others who are always faster."""

from collections.abc import Callable

from switchboard.ledger.balance import Hold
from switchboard.ports import Books
from tests.fakes.ports import MemoryBooks


class Repeating:
    """Books whose replies are lost: the client sends each request once more, and that reply
    counts, as botocore does."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._books, name)

        def call(*args: object) -> object:
            method(*args)
            return method(*args)

        return call


class Crowded(MemoryBooks):
    """Somebody else's write always comes first."""

    def reserve(self, account: str, callback: str, hold: Hold) -> bool:
        return False

    def extend(self, account: str, callback: str, old: Hold, new: Hold) -> bool:
        return False

    def release(self, account: str, callback: str, hold: Hold, charge_micros: int) -> bool:
        return False
