"""Dead orders, as operators look at them, offer them again or forget them."""

from collections.abc import Callable, Collection, Sequence

from switchboard.calls.dead import Dead
from switchboard.desk import dead_orders
from switchboard.desk.office.rights import log, needs
from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator

DeadIds = Collection[str] | None


@needs(Area.CALLS, Action.SEE)
def list_dead(ports: Ports, by: Operator, *, most: int | None = None) -> Sequence[Dead]:
    """The callbacks of dead orders, so many at most, that are there for this operator."""
    # To look into the queue takes a second, also where it is empty.
    if not ports.dead_orders.depth():
        return []
    return [dead for dead in dead_orders.list_dead(ports, most=most) if _is_own(ports, by, dead)]


@needs(Area.CALLS, Action.SEE)
def find_dead(ports: Ports, by: Operator, callback_id: str) -> Dead:
    """The dead order of a callback. NotFound where there is none, or none for this operator."""
    return _own_dead(ports, by, callback_id)


@needs(Area.CALLS, Action.CHANGE)
def replay_dead(
    ports: Ports, by: Operator, callback_ids: DeadIds = None, *, most: int | None = None
) -> Sequence[Dead]:
    """Offer these again, or all, so many at most; how each stood. What still waits may ring, what
    is over is forgotten, what is unknown or broken stays. NotFound where one is not dead."""
    return _deal_with(ports, by, "replay", dead_orders.replay_dead, callback_ids, most)


@needs(Area.CALLS, Action.CHANGE)
def drop_dead(
    ports: Ports, by: Operator, callback_ids: DeadIds = None, *, most: int | None = None
) -> Sequence[Dead]:
    """Forget these dead orders for good, or all, so many at most; how each stood. NotFound where
    one is not dead."""
    return _deal_with(ports, by, "drop", dead_orders.drop_dead, callback_ids, most)


def _deal_with(
    ports: Ports,
    by: Operator,
    deed: str,
    use_case: Callable[..., Sequence[Dead]],
    callback_ids: DeadIds,
    most: int | None,
) -> Sequence[Dead]:
    if by.role.own_accounts_only:
        own = [dead.callback_id for dead in list_dead(ports, by, most=most)]
        if callback_ids is not None and not set(callback_ids) <= set(own):
            raise NotFound("no order of this callback is dead")
        callback_ids = own if callback_ids is None else callback_ids
    done = use_case(ports, callback_ids, most=most)
    for dead in done:
        standing = Change("standing", dead.standing.value, "")
        log(ports, by, deed, f"dead order {dead.callback_id}", [standing])
    return done


def _own_dead(ports: Ports, by: Operator, callback_id: str) -> Dead:
    dead = dead_orders.find_dead(ports, callback_id)
    if not _is_own(ports, by, dead):
        raise NotFound(f"no order of callback {callback_id} is dead")
    return dead


def _is_own(ports: Ports, by: Operator, dead: Dead) -> bool:
    """Of what cannot be read nobody knows whose it is."""
    if not by.role.own_accounts_only:
        return True
    callback = dead.callback
    return callback is not None and by.has(ports.accounts.get(callback.account).profile)
