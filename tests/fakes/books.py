"""Books in bad company: replies that are lost, and others who are always faster."""

from collections.abc import Callable, Collection, Mapping

from switchboard.desk.till import Wanted, Wish
from switchboard.ledger.balance import NO_SECONDS, Hold
from switchboard.ledger.spend import NO_LIMITS
from switchboard.ports import Books
from tests.fakes.ports import MemoryBooks


def wish(amount_micros: int, least_micros: int = 0) -> Wish:
    """Somebody who wants the same of whatever there is."""
    return lambda _: Wanted(amount_micros, least_micros)


class Repeating:
    """Books whose replies are lost: the client sends each request once more, and that reply
    counts, as botocore does."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def __getattr__(self, name: str) -> Callable[..., object]:
        method = getattr(self._books, name)

        def call(*args: object, **named: object) -> object:
            method(*args, **named)
            return method(*args, **named)

        return call


class Crowded(MemoryBooks):
    """Somebody else's write always comes first."""

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        return False

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        return False

    def release(
        self,
        account: str,
        callback: str,
        hold: Hold,
        charge_micros: int,
        burned_s: Mapping[str, int] = NO_SECONDS,
        *,
        forget: Collection[str] = (),
    ) -> bool:
        return False
