"""What runs now, and what was counted in the last hour and day."""

from datetime import datetime

from chalicelib.bodies import Amount, Model
from chalicelib.office.calls import OfficeCallback, callback_shown
from chalicelib.office.request import OfficeRequest, hide
from chalicelib.office.route import Route
from chalicelib.office.trunk_bodies import TrunkHealth
from chalicelib.office.trunks import health_shown
from switchboard.desk import board
from switchboard.desk.office import monitor as office
from switchboard.desk.office.known import sees_costs, sees_revenue
from switchboard.money import format_micros
from switchboard.ports import Dialer
from switchboard.wire import Body, instant, tally_body
from switchboard.wire.agents import dialer_version
from switchboard.wire.forms import maybe_micros


class LiveCall(OfficeCallback):
    """A callback that a worker carries."""

    worker: str
    trunks: list[str]
    seconds_in_state: int
    price_so_far: Amount | None
    """By the worker's last heartbeat; null for whoever has no right to see it."""
    cost_so_far: Amount | None
    """What the trunks take; null where that is not known, too."""


class LiveWorker(Model):
    """A worker with a heartbeat."""

    worker: str
    beat_at: datetime
    callbacks: int
    capacity: int


class LiveTrunk(Model):
    """A trunk of this moment."""

    trunk: str
    legs: int
    health: TrunkHealth


class LiveDialer(Model):
    """A desktop dialer that is signed in."""

    account: str
    version: str
    """Empty where it names none."""
    address: str
    signed_in_at: datetime


class Live(Model):
    """What runs now."""

    callbacks: int
    talking: int
    capacity: int
    waiting: int
    """Callbacks whose order no worker has taken yet."""
    waited_ms: int
    """How long that one had waited, of those taken lately, which waited longest."""
    dead: int
    """Orders that no worker could serve."""
    calls: list[LiveCall]
    """Those that began last."""
    left_out: int
    """How many more there are."""
    workers: list[LiveWorker]
    trunks: list[LiveTrunk]
    dialers: list[LiveDialer]
    """Those that signed in last."""
    dialers_left_out: int
    """How many more there are, of which no more than a thousand are counted."""


class Tally(Model):
    """Attempts and what came of them; money by currency, null for whoever has no right to see
    it."""

    attempts: int
    answers: int
    asr: float | None
    """Percent."""
    seconds: int
    acd_seconds: int | None
    pdd_ms: int | None
    revenue: dict[str, Amount] | None
    cost: dict[str, Amount] | None
    margin: dict[str, Amount] | None


class Step(Tally):
    """What was counted in a step."""

    at: datetime


class TrunkTally(Tally):
    """What was counted of the legs of a trunk."""

    trunk: str


class DestinationTally(Tally):
    """What was counted of the legs to a country."""

    destination: str


class Span(Model):
    """What was counted in a span."""

    callbacks: Tally
    trunks: list[TrunkTally]
    destinations: list[DestinationTally]
    steps: list[Step]


class Counts(Model):
    """The last hour by the minute, the last day by the quarter of an hour."""

    hour: Span
    day: Span


def show_live(request: OfficeRequest) -> Body:
    now = request.ports.clock.now()
    found = office.look_at_board(request.ports, request.by)
    return {
        "callbacks": found.carried,
        "talking": found.talking,
        "capacity": found.capacity,
        "waiting": found.waiting,
        "waited_ms": found.waited_ms,
        "dead": found.dead,
        "calls": [_call_shown(request, one, now) for one in found.calls],
        "left_out": found.left_out,
        "workers": [
            {
                "worker": beat.worker,
                "beat_at": instant(beat.beat_at),
                "callbacks": len(beat.calls),
                "capacity": beat.capacity,
            }
            for beat in found.workers
        ],
        "trunks": [
            {"trunk": one.trunk.name, "legs": one.legs, "health": health_shown(one.health)}
            for one in found.trunks
        ],
        "dialers": [_dialer_shown(one) for one in found.dialers],
        "dialers_left_out": found.dialers_left_out,
    }


def show_counts(request: OfficeRequest) -> Body:
    ports, by = request.ports, request.by
    counts: Body = {
        "hour": _span_shown(office.count_hour(ports, by)),
        "day": _span_shown(office.count_day(ports, by)),
    }
    # The use cases have emptied what they may not see: nothing was earned, and nobody may know.
    hidden = [] if sees_revenue(by) else ["revenue"]
    hidden += [] if sees_costs(by) else ["cost", "margin"]
    return hide(counts, *hidden)


def _call_shown(request: OfficeRequest, one: board.RunningCall, now: datetime) -> Body:
    price = format_micros(one.call.cost_micros) if request.by.sees_money else None
    return {
        **callback_shown(request, one.callback),
        "worker": one.worker,
        "trunks": [*filter(None, [one.call.trunk, one.call.destination_trunk])],
        "seconds_in_state": one.in_state_s(now),
        "price_so_far": price,
        "cost_so_far": maybe_micros(one.call.trunk_micros),
    }


def _dialer_shown(one: Dialer) -> Body:
    return {
        "account": one.account,
        "version": dialer_version(one.visit.agent),
        "address": one.visit.address,
        "signed_in_at": instant(one.visit.begun_at),
    }


def _span_shown(span: board.Span) -> Body:
    counts = span.counts
    return {
        "callbacks": tally_body(counts.callbacks),
        "trunks": [
            {"trunk": name, **tally_body(counts.trunks[name])} for name in sorted(counts.trunks)
        ],
        "destinations": [
            {"destination": region, **tally_body(counts.destinations[region])}
            for region in sorted(counts.destinations)
        ],
        "steps": [{"at": instant(at), **tally_body(one)} for at, one in span.steps.items()],
    }


ROUTES = (
    Route(
        "GET",
        "/live",
        show_live,
        (office.look_at_board,),
        "Show what runs now: callbacks, workers, trunks and dialers",
        Live,
    ),
    Route(
        "GET",
        "/counts",
        show_counts,
        (office.count_hour, office.count_day),
        "Show what was counted in the last hour and day, in all, by trunk and by destination",
        Counts,
    ),
)
