"""The plan of a chaos run: who is called when and what goes wrong, by the throw of seeded dice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum
from itertools import cycle
from random import Random

from ringback.carrier import PhoneScript, Reject, Verdict
from switchboard.calls.callback import Trigger
from switchboard.numbering import PhoneNumber

ACCOUNT_NAMES = tuple(f"chaos-{number}" for number in range(5))
# An order whose message was lost with a worker comes again after half a minute.
PATIENCE = timedelta(seconds=60)
# What goes wrong begins when the first callbacks are on their way.
FIRST_FAULT_S = 3.0


class Fate(Enum):
    """What becomes of a request to AWS."""

    SERVED = "served"
    FAILED = "refused with a 500"
    THROTTLED = "throttled"
    UNSENT = "lost on its way"
    LOST = "made, and the answer lost"
    STALLED = "never made, and never answered"
    LATE = "made, and answered too late"


class Deed(Enum):
    """What is done to the processes, to the network and to the queue."""

    KILL = "worker killed with -9"
    KILL_AT_WRITE = "worker killed with -9 between a write and its answer"
    PAUSE = "worker paused"
    PAUSE_AT_WRITE = "worker paused between a write and its answer"
    HUSH = "SIP peer silent"
    FORGET = "SIP peer gone, and without a memory of its calls"
    OUTAGE = "AWS out of order"
    SEND_AGAIN = "message sent again"


class Write(Enum):
    """The writes in the life of a callback, as the meter names them."""

    CLAIM = "UpdateItem callbacks: claimed"
    RESERVE = "UpdateItem accounts: reserve"
    RING = "UpdateItem callbacks: calling_customer"
    CONNECT = "UpdateItem callbacks: connected"
    EXTEND = "UpdateItem accounts: extend"
    RECORD = "PutItem cdrs"
    END = "UpdateItem callbacks: ended"
    RELEASE = "UpdateItem accounts: release"


@dataclass(frozen=True)
class Dice:
    """How often a deed is done, once in so many seconds, and for how long: one of these."""

    every_s: float
    lasts_s: tuple[float, ...] = (0.0,)


# A heartbeat is missed after three seconds, and a claim lapses after fifteen.
DICE = {
    Deed.KILL: Dice(18),
    Deed.KILL_AT_WRITE: Dice(18),
    Deed.PAUSE: Dice(9, (1.0, 2.0, 5.0)),
    Deed.PAUSE_AT_WRITE: Dice(30, (20.0, 35.0)),
    Deed.HUSH: Dice(25, (2.0, 4.0, 7.0)),
    Deed.FORGET: Dice(60, (0.5, 2.0)),
    Deed.OUTAGE: Dice(18, (2.0, 4.0, 7.0)),
}
OUTAGES = (Fate.FAILED, Fate.THROTTLED, Fate.UNSENT, Fate.LOST, Fate.STALLED, Fate.LATE)
# Of a thousand requests; all others are served.
OF_A_THOUSAND = {
    Fate.FAILED: 15,
    Fate.THROTTLED: 15,
    Fate.UNSENT: 10,
    Fate.LOST: 30,
    Fate.STALLED: 3,
    Fate.LATE: 3,
}

PICKS_UP = Verdict.ANSWER
RINGS, DEAD = Verdict.NO_ANSWER, Verdict.DEAD
BUSY, FAILS, NOT_FOUND, DECLINES = Reject(486), Reject(503), Reject(404), Reject(603)
CUSTOMERS: list[Verdict | Reject] = [PICKS_UP, RINGS, DEAD, BUSY, FAILS]
DESTINATIONS = [*CUSTOMERS, NOT_FOUND, DECLINES]


@dataclass(frozen=True)
class Scale:
    """How large a run is: its orders come within `orders_s`."""

    callbacks: int = 200
    processes: int = 4
    orders_s: float = 150.0


@dataclass(frozen=True)
class Errand:
    """One order, from a phone of its own to a phone of its own, and what these do. Whoever has it
    placed may ask twice, and cancel it after a while; the message of it may be sent again."""

    number: int
    at_s: float
    customer: PhoneScript
    destination: PhoneScript
    asked: int = 1
    cancelled_after_s: float | None = None
    sent_again_after_s: tuple[float, ...] = ()

    @property
    def account(self) -> str:
        return ACCOUNT_NAMES[self.number % len(ACCOUNT_NAMES)]

    @property
    def trigger(self) -> Trigger:
        return Trigger("chaos", str(self.number))

    @property
    def phones(self) -> tuple[PhoneNumber, PhoneNumber]:
        """The customer's, and the other one."""
        return (
            PhoneNumber(f"+44207947{self.number:04d}"),
            PhoneNumber(f"+1415556{self.number:04d}"),
        )


@dataclass(frozen=True)
class Step:
    """Something that goes wrong: to the process in this slot, to whichever makes this write next,
    or to all requests at once."""

    at_s: float
    deed: Deed
    lasts_s: float = 0.0
    slot: int | None = None
    write: Write | None = None
    fate: Fate | None = None

    def __str__(self) -> str:
        whom = "" if self.slot is None else f": process {self.slot}"
        when = "" if self.write is None else f": {self.write.value}"
        how = "" if self.fate is None else f": every request {self.fate.value}"
        span = f", for {self.lasts_s:.1f} s" if self.lasts_s else ""
        return f"{self.at_s:6.1f} s  {self.deed.value}{whom}{when}{how}{span}"


@dataclass(frozen=True)
class Plan:
    """All that is decided before a run; the same seed and scale give the same plan."""

    seed: int
    scale: Scale
    errands: tuple[Errand, ...]
    steps: tuple[Step, ...]

    def fates(self) -> Iterator[Fate]:
        """What becomes of requests to AWS that meet no outage, in the order in which they come."""
        random = Random(f"{self.seed} requests")
        fates = [Fate.SERVED, *OF_A_THOUSAND]
        weights = [1000 - sum(OF_A_THOUSAND.values()), *OF_A_THOUSAND.values()]
        while True:
            yield from random.choices(fates, weights, k=100)


def plan_of(seed: int, scale: Scale) -> Plan:
    """What a run of this seed is about."""
    errands = tuple(_errands(Random(f"{seed} errands"), scale))
    return Plan(seed, scale, errands, tuple(_steps(Random(f"{seed} steps"), scale)))


def _errands(random: Random, scale: Scale) -> Iterator[Errand]:
    for number in range(scale.callbacks):
        yield Errand(
            number,
            at_s=scale.orders_s * (number + random.random()) / scale.callbacks,
            customer=_customer(random),
            destination=_destination(random),
            asked=2 if random.random() < 0.15 else 1,
            cancelled_after_s=random.uniform(0.2, 8) if random.random() < 0.08 else None,
            sent_again_after_s=_sent_again(random),
        )


def _customer(random: Random) -> PhoneScript:
    """Most pick up, and leave it to others to hang up."""
    [verdict] = random.choices(CUSTOMERS, [84, 4, 3, 5, 4])
    hangs_up = timedelta(seconds=random.uniform(1, 6)) if random.random() < 0.15 else None
    return PhoneScript(_ringing(random), verdict, hang_up_after=hangs_up)


def _destination(random: Random) -> PhoneScript:
    """Most pick up, and hang up in the end."""
    [verdict] = random.choices(DESTINATIONS, [76, 5, 3, 6, 4, 3, 3])
    hangs_up = timedelta(seconds=random.uniform(0.5, 6))
    return PhoneScript(_ringing(random), verdict, hang_up_after=hangs_up)


def _ringing(random: Random) -> timedelta:
    return timedelta(seconds=random.choice([0, 0.2, 0.5, 1]))


def _sent_again(random: Random) -> tuple[float, ...]:
    if random.random() > 0.25:
        return ()
    return tuple(random.uniform(0, 20) for _ in range(random.choice([1, 1, 2])))


def _steps(random: Random, scale: Scale) -> list[Step]:
    # Each process has its turn, and each write: one that dies again at once is started ever later.
    slots = cycle(random.sample(range(scale.processes), scale.processes))
    writes = cycle(random.sample(list(Write), len(Write)))
    span_s = scale.orders_s - FIRST_FAULT_S
    steps = []
    for deed, dice in DICE.items():
        times = max(1, round(span_s / dice.every_s))
        for number in range(times):
            at_s = FIRST_FAULT_S + span_s * (number + random.random()) / times
            step = Step(at_s, deed, random.choice(dice.lasts_s))
            if deed in {Deed.KILL, Deed.PAUSE}:
                step = replace(step, slot=next(slots))
            elif deed in {Deed.KILL_AT_WRITE, Deed.PAUSE_AT_WRITE}:
                step = replace(step, write=next(writes))
            elif deed is Deed.OUTAGE:
                step = replace(step, fate=random.choice(OUTAGES))
            steps.append(step)
    return sorted(steps, key=lambda step: step.at_s)
