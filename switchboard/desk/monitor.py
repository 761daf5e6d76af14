"""The monitor: what runs now, and what was counted a moment ago; no record of a call is read."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from switchboard.calls.beat import Beat
from switchboard.calls.minutes import MINUTE, Counts, Live, minute_of
from switchboard.errors import Malformed
from switchboard.ports import Ports

LONGEST = timedelta(days=7)
LATELY = timedelta(minutes=5)


def live(ports: Ports) -> Live:
    """How the fleet is now; workers whose heartbeat stopped are left out."""
    beats = alive(ports)
    calls = [call for beat in beats for call in beat.calls.values()]
    dead = ports.dead_orders.depth()
    trunks = {name for call in calls for name in (call.trunk, call.destination_trunk) if name}
    return Live(
        workers=len(beats),
        capacity=sum(beat.capacity for beat in beats),
        callbacks=len(calls),
        talking=sum(bool(call.destination_s) for call in calls),
        legs={name: sum(call.legs_on(name) for call in calls) for name in sorted(trunks)},
        lately=in_all(ports, LATELY),
        waiting=ports.queue.depth(),
        waited_ms=max((beat.waited_ms for beat in beats), default=0),
        dead=dead,
        oldest_dead_at=oldest_dead_at(ports) if dead else None,
    )


def alive(ports: Ports) -> Sequence[Beat]:
    """The last heartbeats of the workers that live."""
    now = ports.clock.now()
    return [beat for beat in ports.workers.all() if beat.stale_at >= now]


def oldest_dead_at(ports: Ports) -> datetime | None:
    """When the oldest was sent of the dead orders that nobody else looks at; for that moment,
    nobody else finds them."""
    with ports.dead_orders.taken() as orders:
        return min((order.sent_at for order in orders), default=None)


def by_minute(ports: Ports, span: timedelta) -> Mapping[datetime, Counts]:
    """What all workers counted in each minute of the last ones, in order; minutes in which nothing
    ended are there, too. Malformed where it is more than a week."""
    begin, end = _range(ports, span)
    counts = {begin + number * MINUTE: Counts() for number in range((end - begin) // MINUTE)}
    for minute in ports.minutes.between(begin, end):
        counts[minute.at] += minute.counts
    return counts


def in_all(ports: Ports, span: timedelta) -> Counts:
    """The sum of that."""
    begin, end = _range(ports, span)
    return sum((minute.counts for minute in ports.minutes.between(begin, end)), Counts())


def _range(ports: Ports, span: timedelta) -> tuple[datetime, datetime]:
    """Whole minutes: those of the span, and the present one."""
    if not MINUTE <= span <= LONGEST:
        raise Malformed(f"minutes can be looked at from 1 to {LONGEST // MINUTE} at once")
    end = minute_of(ports.clock.now()) + MINUTE
    return end - MINUTE - span, end
