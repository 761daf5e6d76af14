"""The board: the calls, workers, bridges, dialers and trunks of this moment, and what was counted
in the last hour and day; no record of a call that is over is read."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from switchboard.calls.beat import Beat, LiveCall, TrunkHealth
from switchboard.calls.bridge import Bridge
from switchboard.calls.callback import Callback
from switchboard.calls.minutes import Counts, Tally
from switchboard.calls.trunk import Trunk
from switchboard.desk import monitor
from switchboard.desk.trunk_health import REGISTERED, FleetHealth, health_of
from switchboard.money import Money
from switchboard.ports import Dialer, Ports

# Shown at once, and looked at for those: each costs a read, every two seconds.
MOST_CALLS, MOST_LOOKED_AT = 50, 200
# Counted is what is read: some kilobytes for a hundred.
MOST_DIALERS, MOST_COUNTED = 50, 1000
# A bridge tells that it lives every few seconds.
BRIDGE_LIVES = timedelta(seconds=90)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MINUTE, QUARTER = timedelta(minutes=1), timedelta(minutes=15)

IsSeen = Callable[[Callback], bool]


@dataclass(frozen=True, slots=True)
class RunningCall:
    """A callback that a worker carries, as it stands, and how far its legs had run by the worker's
    last heartbeat."""

    callback: Callback
    call: LiveCall
    worker: str

    def in_state_s(self, now: datetime) -> int:
        """For how many seconds it has been in its state."""
        since = self.callback.reached.get(self.callback.state, self.callback.requested_at)
        return max(0, (now - since) // timedelta(seconds=1))

    @property
    def price(self) -> Money:
        """What the account pays for it so far."""
        return Money(self.callback.quote.currency, self.call.cost_micros)

    @property
    def cost(self) -> Money | None:
        """What trunks take for it so far, None where that is not known."""
        micros = self.call.trunk_micros
        return None if micros is None else Money(self.callback.quote.currency, micros)


@dataclass(frozen=True, slots=True)
class RunningTrunk:
    """A trunk, how the workers find it, each of them and all together, and how many legs it
    carries."""

    trunk: Trunk
    health: FleetHealth
    legs: int
    told: Sequence[TrunkHealth]

    @property
    def registered(self) -> int | None:
        """How many workers are registered there, None where none has to be."""
        if not self.trunk.link.registers:
            return None
        return sum(one.registration == REGISTERED for one in self.told)

    @property
    def answers(self) -> int | None:
        """To how many workers it answers that ask for its options, None where none asks."""
        if self.trunk.keep_alive is None:
            return None
        return sum(one.answers is True for one in self.told)


@dataclass(frozen=True, slots=True)
class Board:
    """What runs now. `calls` are those that began last, `carried` is how many there are. So are
    `dialers` those that signed in last; `signed_in` is how many there are, or MOST_COUNTED where
    there are more. `waiting`, `waited_ms` and `dead` are those of `Live`."""

    workers: Sequence[Beat]
    bridges: Sequence[Bridge]
    dialers: Sequence[Dialer]
    signed_in: int
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
    def dialers_left_out(self) -> int:
        """How many dialers are counted and not shown."""
        return max(0, self.signed_in - MOST_DIALERS)

    def bridges_there(self, now: datetime) -> Collection[str]:
        """The names of the bridges that told lately that they live."""
        return {
            bridge.name
            for bridge in self.bridges
            if bridge.beat is not None and now - bridge.beat.beat_at <= BRIDGE_LIVES
        }

    @property
    def capacity(self) -> int:
        """How many callbacks the workers have room for."""
        return sum(beat.capacity for beat in self.workers)


@dataclass(frozen=True, slots=True)
class Span:
    """What was counted in a span, and its callbacks step by step."""

    counts: Counts
    steps: Mapping[datetime, Tally]


def board(ports: Ports, is_seen: IsSeen | None = None, owner: str | None = None) -> Board:
    """What runs now; workers whose heartbeat stopped are left out. With `is_seen`, the callbacks
    are those that it is true of, found among MOST_LOOKED_AT; with an `owner`, the dialers are those
    of its accounts."""
    beats = monitor.alive(ports)
    placed = [(name, call, beat) for beat in beats for name, call in beat.calls.items()]
    calls = list(islice(_calls(ports, placed, is_seen), MOST_CALLS))
    counted = [call for _, call, _ in placed] if is_seen is None else [one.call for one in calls]
    dialers = ports.visits.dialers(ports.clock.now(), owner=owner, limit=MOST_COUNTED)
    return Board(
        workers=beats,
        bridges=ports.bridges.all(),
        dialers=dialers[:MOST_DIALERS],
        signed_in=len(dialers),
        trunks=_trunks(ports, beats, [call for _, call, _ in placed]),
        calls=calls,
        carried=len(counted),
        talking=sum(bool(call.destination_s) for call in counted),
        waiting=ports.queue.depth(),
        waited_ms=max((beat.waited_ms for beat in beats), default=0),
        dead=ports.dead_orders.depth(),
    )


def last_hour(ports: Ports) -> Span:
    """What was counted in the last hour, by the minute."""
    return _span(monitor.by_minute(ports, HOUR), MINUTE)


def last_day(ports: Ports) -> Span:
    """What was counted in the last day, by the quarter of an hour."""
    return _span(monitor.by_minute(ports, DAY), QUARTER)


def _trunks(
    ports: Ports, beats: Sequence[Beat], calls: Sequence[LiveCall]
) -> Sequence[RunningTrunk]:
    trunks = ports.trunks.all()
    health = health_of(beats, trunks, ports.clock.now())
    return [
        RunningTrunk(
            trunk,
            health[trunk.name],
            sum(call.legs_on(trunk.name) for call in calls),
            [beat.trunks.get(trunk.name, TrunkHealth()) for beat in beats],
        )
        for trunk in trunks
    ]


def _calls(
    ports: Ports, placed: Sequence[tuple[str, LiveCall, Beat]], is_seen: IsSeen | None
) -> Iterator[RunningCall]:
    # What a callback has run tells its age without a read; one that rings nobody yet is youngest.
    youngest = sorted(placed, key=lambda one: (one[1].customer_s or 0, one[0]))
    looked_at = MOST_CALLS if is_seen is None else MOST_LOOKED_AT
    for name, call, beat in youngest[:looked_at]:
        callback = ports.callbacks.find(name)
        if callback is None or callback.state.final:
            continue
        if is_seen is None or is_seen(callback):
            yield RunningCall(callback, call, beat.worker)


def _span(minutes: Mapping[datetime, Counts], step: timedelta) -> Span:
    steps: dict[datetime, Tally] = {}
    for at, counts in minutes.items():
        begin = at - (at - datetime.min.replace(tzinfo=at.tzinfo)) % step
        steps[begin] = steps.get(begin, Tally()) + counts.callbacks
    return Span(sum(minutes.values(), Counts()), steps)
