"""Visits: in which browsers and apps a customer is signed in, and an end to those that should not
be."""

from collections.abc import Callable, Iterable, Sequence

from switchboard.billing.account import Profile
from switchboard.errors import Conflict
from switchboard.ports import Dialer, Ports, Visit, VisitKind
from switchboard.wire.agents import dialer_version

# Of an account at once. Apps seldom sign out, and many may share one login.
MOST_VISITS = {VisitKind.BROWSER: 20, VisitKind.APP: 50}
# Each failed try means that somebody signed in or out at the same moment.
TRIES = 20


def begin_visit(ports: Ports, profile: Profile, visit: Visit) -> None:
    """Let a visit begin; of more than MOST_VISITS of its kind the oldest end."""

    def begun(open_ones: Sequence[Visit]) -> Sequence[Visit]:
        alike = [one for one in open_ones if one.kind is visit.kind]
        surplus = alike[: max(0, len(alike) + 1 - MOST_VISITS[visit.kind])]
        return [*(one for one in open_ones if one not in surplus), visit]

    _change(ports, profile.account, begun)
    if _is_dialer(visit):
        ports.visits.list_dialer(Dialer(profile.account, visit, profile.owner))


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


def list_dialers(ports: Ports, profile: Profile) -> None:
    """Have the dialers of an account, whose owner is another now, listed as that one's."""
    for visit in open_visits(ports, profile.account):
        if _is_dialer(visit):
            ports.visits.list_dialer(Dialer(profile.account, visit, profile.owner))


def _is_dialer(visit: Visit) -> bool:
    return visit.kind is VisitKind.APP and dialer_version(visit.agent) is not None


def _change(
    ports: Ports, account: str, change: Callable[[Sequence[Visit]], Sequence[Visit]]
) -> None:
    for _ in range(TRIES):
        old = ports.visits.of(account)
        now = ports.clock.now()
        open_ones = [visit for visit in old if now < visit.expires_at]
        new = change(open_ones)
        if list(new) == list(old) or ports.visits.save(account, old, new):
            # After a crash before it, a dialer that is signed out is listed until its visit would
            # have been over.
            _unlist(ports, (visit for visit in open_ones if visit not in new))
            return
    raise Conflict("somebody signs in and out of this account all the time")


def _unlist(ports: Ports, ended: Iterable[Visit]) -> None:
    for visit in filter(_is_dialer, ended):
        ports.visits.unlist_dialer(visit)
