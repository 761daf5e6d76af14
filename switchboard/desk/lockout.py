"""Lockout: who tries PINs and passwords is refused for longer and longer (design §11)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from switchboard.errors import TooOften, UnknownSender
from switchboard.numbering import PhoneNumber
from switchboard.ports import Limit, Ports

# Wrong ones, by whoever sends them, at whatever service number, and in all. The first few in a
# minute are typing errors; a hundred a day by one sender would be a search.
BY_SENDER = (
    Limit(3, timedelta(minutes=1)),
    Limit(6, timedelta(hours=1)),
    Limit(12, timedelta(days=1)),
)
BY_SERVICE = (Limit(60, timedelta(hours=1)), Limit(300, timedelta(days=1)))
IN_ALL = (Limit(200, timedelta(hours=1)), Limit(1000, timedelta(days=1)))


def unknown() -> UnknownSender:
    """The one refusal of whoever is not known: it does not tell what was wrong."""
    return UnknownSender("we do not know this number or PIN")


@contextmanager
def one_try(
    ports: Ports, sender: PhoneNumber | str, service: PhoneNumber | str, *, says_why: bool = False
) -> Iterator[None]:
    """Within it one PIN or password may be tried; it counts where the block raises. UnknownSender
    where too many were wrong: a right one is not told from a wrong one then. To who is known
    anyway, TooOften `says_why`, and how long it is so."""
    now, throttle = ports.clock.now(), ports.throttle
    keys = [
        *((f"try#from#{sender}", limit) for limit in BY_SENDER),
        *((f"try#to#{service}", limit) for limit in BY_SERVICE),
        *(("try", limit) for limit in IN_ALL),
    ]
    taken: list[tuple[str, Limit]] = []
    # Counted before the look-up, so that many at once are not compared at all.
    for key, limit in keys:
        if not throttle.take(key, limit, now):
            # What was turned away was no try: an attacker shall not lock others out with it.
            _give_back(ports, taken)
            if says_why:
                raise TooOften("too many were wrong: try again later", limit.ends_at(now) - now)
            raise unknown()
        taken.append((key, limit))
    yield
    _give_back(ports, taken)


def _give_back(ports: Ports, taken: list[tuple[str, Limit]]) -> None:
    now = ports.clock.now()
    for key, limit in taken:
        ports.throttle.give_back(key, limit, now)
