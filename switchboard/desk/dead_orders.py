"""Dead orders: those that no worker could serve; looked at, offered again, or dropped."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from switchboard.calls.callback import State
from switchboard.calls.dead import Dead, Standing
from switchboard.errors import NotFound
from switchboard.ports import DeadOrder, Ports, UnreadableRecord


def list_dead(ports: Ports, *, most: int | None = None) -> list[Dead]:
    """The callbacks of dead orders, of so many or a few more, those first that were sent first."""
    with _taken(ports, most) as found:
        return [dead for dead, _ in found]


def find_dead(ports: Ports, callback_id: str) -> Dead:
    """The dead order of a callback. NotFound where there is none."""
    found = [dead for dead in list_dead(ports) if dead.callback_id == callback_id]
    if not found:
        raise _not_dead(callback_id)
    return found[0]


def replay_dead(
    ports: Ports, callback_ids: Collection[str] | None = None, *, most: int | None = None
) -> list[Dead]:
    """Offer these again, or all, or so many and a few more; how each stood. What waits goes
    to the workers, what is over is forgotten and does not ring, and what cannot be served now
    either stays. It may be repeated: a callback rings once, however often it is offered. NotFound,
    before anything is done, where one
    is not dead."""

    def replay(dead: Dead) -> bool:
        if dead.standing is Standing.WAITS:
            ports.queue.send(dead.callback_id)
        return dead.standing in (Standing.WAITS, Standing.OVER)

    return _done(ports, callback_ids, most, replay)


def drop_dead(
    ports: Ports, callback_ids: Collection[str] | None = None, *, most: int | None = None
) -> list[Dead]:
    """Forget these dead orders, or all, or so many and a few more; how each stood. A callback that
    waits expires by itself. NotFound, before anything is done, where one is not dead."""
    return _done(ports, callback_ids, most, lambda _: True)


def _done(
    ports: Ports,
    callback_ids: Collection[str] | None,
    most: int | None,
    removes: Callable[[Dead], bool],
) -> list[Dead]:
    with _taken(ports, most if callback_ids is None else None) as found:
        known = {dead.callback_id for dead, _ in found}
        for callback_id in callback_ids or ():
            if callback_id not in known:
                raise _not_dead(callback_id)
        asked = known if callback_ids is None else set(callback_ids)
        chosen = [(dead, orders) for dead, orders in found if dead.callback_id in asked]
        for dead, orders in chosen:
            if removes(dead):
                for order in orders:
                    ports.dead_orders.remove(order)
        return [dead for dead, _ in chosen]


@contextmanager
def _taken(ports: Ports, most: int | None) -> Iterator[list[tuple[Dead, list[DeadOrder]]]]:
    """The dead callbacks with their orders."""
    with ports.dead_orders.taken(most=most) as orders:
        by_callback: dict[str, list[DeadOrder]] = {}
        for order in orders:
            by_callback.setdefault(order.callback, []).append(order)
        yield [(_dead(ports, of_one[0]), of_one) for of_one in by_callback.values()]


def _dead(ports: Ports, order: DeadOrder) -> Dead:
    try:
        callback = ports.callbacks.find(order.callback)
    except UnreadableRecord:
        return Dead(order.callback, order.sent_at, Standing.UNREADABLE)
    if callback is None:
        return Dead(order.callback, order.sent_at, Standing.UNKNOWN)
    now = ports.clock.now()
    waits = callback.waits_at(now) and callback.state_at(now) is not State.EXPIRED
    standing = Standing.WAITS if waits else Standing.OVER
    return Dead(order.callback, order.sent_at, standing, callback)


def _not_dead(callback_id: str) -> NotFound:
    return NotFound(f"no order of callback {callback_id} is dead")
