"""What runs now, as operators see it, and how they end it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from switchboard.calls.callback import Callback
from switchboard.calls.minutes import Counts, Live, Tally
from switchboard.desk import monitor, orders
from switchboard.desk.board import Board, RunningCall, Span, board, last_day, last_hour
from switchboard.desk.office.known import sees_costs, sees_revenue
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

Name = TypeVar("Name")


@needs(Area.CALLS, Action.SEE)
def look(ports: Ports, _by: Operator) -> Live:
    """How the fleet is now."""
    return monitor.live(ports)


@needs(Area.CALLS, Action.SEE)
def look_at_board(ports: Ports, by: Operator) -> Board:
    """What runs now; of the calls and dialers, those of accounts that there are for this operator,
    and what calls cost us only where they may see that."""
    own_only = by.role.own_accounts_only
    is_seen = partial(_is_own, ports, by) if own_only else None
    found = board(ports, is_seen, by.login if own_only else None)
    if sees_costs(by):
        return found
    return replace(found, calls=list(map(_without_cost, found.calls)))


@needs(Area.CALLS, Action.SEE)
def count_hour(ports: Ports, by: Operator) -> Span:
    """What was counted in the last hour, with as much of its money as they may see."""
    return _shown(by, last_hour(ports))


@needs(Area.CALLS, Action.SEE)
def count_day(ports: Ports, by: Operator) -> Span:
    """The same of the last day."""
    return _shown(by, last_day(ports))


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
    if found is None or not _is_own(ports, by, found):
        raise NotFound(f"there is no callback {callback}")
    return found


def _is_own(ports: Ports, by: Operator, callback: Callback) -> bool:
    return by.has(ports.accounts.get(callback.account).profile)


def _without_cost(one: RunningCall) -> RunningCall:
    return replace(one, call=replace(one.call, trunk_micros=None))


def _shown(by: Operator, span: Span) -> Span:
    def shown(tally: Tally) -> Tally:
        revenue = tally.revenue if sees_revenue(by) else {}
        return replace(tally, revenue=revenue, cost=tally.cost if sees_costs(by) else {})

    def all_shown(tallies: Mapping[Name, Tally]) -> dict[Name, Tally]:
        return {name: shown(tally) for name, tally in tallies.items()}

    counts = span.counts
    named = all_shown(counts.trunks), all_shown(counts.destinations)
    return Span(Counts(shown(counts.callbacks), *named), all_shown(span.steps))
