"""Lockout: who tries PINs and passwords is refused for longer and longer (design §11)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from switchboard.errors import Refusal, TooOften, UnknownSender
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
# Wrong passwords of the page and the interface: offices share an address, and whoever knows a login
# shall not keep its owner out for a day.
BY_ADDRESS = (Limit(10, timedelta(minutes=1)), Limit(60, timedelta(hours=1)))
BY_LOGIN = Limit(20, timedelta(hours=1))


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
    keys = [
        *((f"try#from#{sender}", limit) for limit in BY_SENDER),
        *((f"try#to#{service}", limit) for limit in BY_SERVICE),
        *(("try", limit) for limit in IN_ALL),
    ]
    too_many = partial(TooOften, "too many were wrong: try again later")
    with _counted(ports, keys, too_many if says_why else lambda _: unknown()):
        yield


@contextmanager
def one_sign_in(ports: Ports, login: str, address: str) -> Iterator[None]:
    """Within it one password of a login may be tried by whoever is at this address; it counts where
    the block raises. TooOften where too many were wrong, whether or not there is such a login."""
    keys = [
        *((f"login#from#{address}", limit) for limit in BY_ADDRESS),
        (f"login#to#{login}", BY_LOGIN),
    ]
    with _counted(ports, keys, partial(TooOften, "too many wrong passwords: wait a while")):
        yield


@contextmanager
def _counted(
    ports: Ports, keys: Sequence[tuple[str, Limit]], refusal: Callable[[timedelta], Refusal]
) -> Iterator[None]:
    now, throttle = ports.clock.now(), ports.throttle
    taken: list[tuple[str, Limit]] = []

    def give_back() -> None:
        for key, limit in taken:
            throttle.give_back(key, limit, now)

    # Counted before the look-up, so that many at once are not compared at all.
    for key, limit in keys:
        if not throttle.take(key, limit, now):
            # What was turned away was no try: an attacker shall not lock others out with it.
            give_back()
            raise refusal(limit.ends_at(now) - now)
        taken.append((key, limit))
    yield
    give_back()
