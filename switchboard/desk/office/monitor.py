"""What runs now, as operators see it, and how they end it."""

from dataclasses import replace

from switchboard.calls.callback import Callback
from switchboard.calls.minutes import Counts, Live, Tally
from switchboard.desk import monitor, orders
from switchboard.desk.board import Board, Span, board, last_hour_and_day
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

SEE_MONEY = Right(Area.MONEY, Action.SEE)


@needs(Area.CALLS, Action.SEE)
def look(ports: Ports, _by: Operator) -> Live:
    """How the fleet is now."""
    return monitor.live(ports)


@needs(Area.CALLS, Action.SEE)
def look_at_board(ports: Ports, by: Operator) -> Board:
    """What runs now; of the calls, those of accounts that there are for this operator."""
    found = board(ports)
    if not by.role.own_accounts_only:
        return found
    return replace(
        found,
        calls=[
            one for one in found.calls if by.has(ports.accounts.get(one.callback.account).profile)
        ],
    )


@needs(Area.CALLS, Action.SEE)
def count(ports: Ports, by: Operator) -> tuple[Span, Span]:
    """What was counted in the last hour and day, with as much of its money as they may see."""
    hour, day = last_hour_and_day(ports)
    return _shown(by, hour), _shown(by, day)


@needs(Area.CALLS, Action.SEE)
def find_running(ports: Ports, by: Operator, callback: str) -> Callback:
    """A callback. NotFound where there is none, or none for this operator."""
    return _own_callback(ports, by, callback)


@needs(Area.CALLS, Action.CHANGE)
def hang_up(ports: Ports, by: Operator, callback: str) -> Callback:
    """End a callback, whoever has it; one that is over stays as it is."""
    found = _own_callback(ports, by, callback)
    if found.state.final:
        return found
    ended = orders.cancel_callback(ports, found.account, callback)
    changes = [Change("state", found.state.value, "cancelled")]
    log(ports, by, "hang up", f"callback {callback}", changes)
    return ended


def _own_callback(ports: Ports, by: Operator, callback: str) -> Callback:
    found = ports.callbacks.find(callback)
    if found is None or not by.has(ports.accounts.get(found.account).profile):
        raise NotFound(f"there is no callback {callback}")
    return found


def _shown(by: Operator, span: Span) -> Span:
    # What the whole fleet earns is nothing for whoever has accounts of their own only.
    money = by.may(SEE_MONEY) and not by.role.own_accounts_only

    def shown(tally: Tally) -> Tally:
        revenue = tally.revenue if money else {}
        cost = tally.cost if money and not by.role.hides_costs else {}
        return replace(tally, revenue=revenue, cost=cost)

    counts = span.counts
    trunks = {name: shown(tally) for name, tally in counts.trunks.items()}
    return Span(
        Counts(shown(counts.callbacks), trunks),
        {at: shown(tally) for at, tally in span.steps.items()},
    )
