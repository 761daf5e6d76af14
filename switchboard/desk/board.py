"""The board: the calls, workers and trunks of this moment, and what was counted in the last hour
and day; no record of a call that is over is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import Callback
from switchboard.calls.minutes import Counts, Tally
from switchboard.calls.trunk import Trunk
from switchboard.desk import monitor
from switchboard.desk.trunk_health import FleetHealth, health_of
from switchboard.ports import Ports

# Each callback that is looked at costs a read, every two seconds.
MOST_CALLS = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class RunningCall:
    """A callback that a worker carries, as it stands, and how far its legs have run."""

    callback: Callback
    call: LiveCall
    worker: str

    def in_state_s(self, now: datetime) -> int:
        """For how many seconds it has been in its state."""
        since = self.callback.reached.get(self.callback.state, self.callback.requested_at)
        return max(0, (now - since) // timedelta(seconds=1))


@dataclass(frozen=True, slots=True)
class RunningTrunk:
    """A trunk, how the workers find it, and how many legs it carries."""

    trunk: Trunk
    health: FleetHealth
    legs: int


@dataclass(frozen=True, slots=True)
class Board:
    """What runs now. `calls` are those that began last, `carried` is how many there are. `waiting`,
    `waited_ms` and `dead` are those of `Live`."""

    workers: Sequence[Beat]
    trunks: Sequence[RunningTrunk]
    calls: Sequence[RunningCall]
    carried: int
    talking: int
    waiting: int
    waited_ms: int
    dead: int

    @property
    def left_out(self) -> int:
        """How many callbacks are not looked at."""
        return max(0, self.carried - MOST_CALLS)

    @property
    def capacity(self) -> int:
        """How many callbacks the workers have room for."""
        return sum(beat.capacity for beat in self.workers)


@dataclass(frozen=True, slots=True)
class Span:
    """What was counted in a span, and its callbacks step by step."""

    counts: Counts
    steps: Mapping[datetime, Tally]


def board(ports: Ports) -> Board:
    """What runs now; workers whose heartbeat stopped are left out."""
    beats = monitor.alive(ports)
    placed = [(name, call, beat) for beat in beats for name, call in beat.calls.items()]
    return Board(
        workers=beats,
        trunks=[
            RunningTrunk(trunk, health, sum(call.legs_on(trunk.name) for _, call, _ in placed))
            for trunk, health in _trunks(ports, beats)
        ],
        calls=_calls(ports, placed),
        carried=len(placed),
        talking=sum(bool(call.destination_s) for _, call, _ in placed),
        waiting=ports.queue.depth(),
        waited_ms=max((beat.waited_ms for beat in beats), default=0),
        dead=ports.dead_orders.depth(),
    )


def last_hour_and_day(ports: Ports) -> tuple[Span, Span]:
    """What was counted: the hour by the minute, the day by the quarter of an hour."""
    minutes = monitor.by_minute(ports, DAY)
    begin = max(minutes) - HOUR
    lately = {at: counts for at, counts in minutes.items() if at >= begin}
    return _span(lately, timedelta(minutes=1)), _span(minutes, QUARTER)


def _trunks(ports: Ports, beats: Sequence[Beat]) -> Sequence[tuple[Trunk, FleetHealth]]:
    trunks = ports.trunks.all()
    health = health_of(beats, trunks, ports.clock.now())
    return [(trunk, health[trunk.name]) for trunk in trunks]


def _calls(ports: Ports, placed: Sequence[tuple[str, LiveCall, Beat]]) -> Sequence[RunningCall]:
    # What a callback has run tells its age without a read; one that rings nobody yet is youngest.
    youngest = sorted(placed, key=lambda one: (one[1].customer_s or 0, one[0]))[:MOST_CALLS]
    found = [(ports.callbacks.find(name), call, beat) for name, call, beat in youngest]
    return [
        RunningCall(callback, call, beat.worker)
        for callback, call, beat in found
        if callback is not None and not callback.state.final
    ]


def _span(minutes: Mapping[datetime, Counts], step: timedelta) -> Span:
    steps: dict[datetime, Tally] = {}
    for at, counts in minutes.items():
        begin = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % step
        steps[begin] = steps.get(begin, Tally()) + counts.callbacks
    return Span(sum(minutes.values(), Counts()), steps)
