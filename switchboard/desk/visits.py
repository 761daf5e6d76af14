"""Visits: in which browsers a customer is signed in, and an end to those that should not be."""

from collections.abc import Callable, Sequence

from switchboard.errors import Conflict
from switchboard.ports import Ports, Visit

MOST_VISITS = 20
# Each failed try means that somebody signed in or out at the same moment.
TRIES = 20


def begin_visit(ports: Ports, account: str, visit: Visit) -> None:
    """Let a visit begin; of more than MOST_VISITS the oldest end."""
    _change(ports, account, lambda open_ones: [*open_ones, visit][-MOST_VISITS:])


def is_open(ports: Ports, account: str, visit: str) -> bool:
    """Whether a visit goes on."""
    return any(known.id == visit for known in open_visits(ports, account))


def open_visits(ports: Ports, account: str) -> Sequence[Visit]:
    """Those that go on, the first one first."""
    now = ports.clock.now()
    return [visit for visit in ports.visits.of(account) if now < visit.expires_at]


def end_visit(ports: Ports, account: str, visit: str) -> None:
    """End one, if it goes on."""
    _change(ports, account, lambda open_ones: [one for one in open_ones if one.id != visit])


def end_visits(ports: Ports, account: str, *, kept: str | None = None) -> None:
    """End all of an account, or all but one."""
    _change(ports, account, lambda open_ones: [one for one in open_ones if one.id == kept])


def _change(
    ports: Ports, account: str, change: Callable[[Sequence[Visit]], Sequence[Visit]]
) -> None:
    for _ in range(TRIES):
        old = ports.visits.of(account)
        now = ports.clock.now()
        new = change([visit for visit in old if now < visit.expires_at])
        if list(new) == list(old) or ports.visits.save(account, old, new):
            return
    raise Conflict("somebody signs in and out of this account all the time")
