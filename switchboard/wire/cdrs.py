"""CDRs with their legs, for those who run the system."""

from datetime import timedelta

from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.routing import TrunkCost
from switchboard.money import format_micros
from switchboard.wire.callbacks import verdict_body
from switchboard.wire.forms import Body, exact, instant, maybe_instant, maybe_micros


def cdr_body(cdr: Cdr) -> Body:
    """The whole record of a finished callback, for those who run the system."""
    return {
        "account": cdr.account,
        "callback": cdr.callback,
        "trigger": cdr.trigger,
        "requested_at": instant(cdr.requested_at),
        "claimed_at": maybe_instant(cdr.claimed_at),
        "ended_at": instant(cdr.ended_at),
        "ending": verdict_body(cdr.verdict),
        "talked_seconds": cdr.talked_s,
        "cost": cdr.cost.decimal,
        "currency": cdr.currency,
        "margin": maybe_micros(cdr.margin_micros),
        "settlement": cdr.settlement.kind.value,
        "late": cdr.settlement.late_micros is not None,
        "sheet": cdr.sheet,
        "version": cdr.version,
        "worker": cdr.worker,
        "customer": None if cdr.customer is None else _leg_body(cdr.customer),
        "destination": None if cdr.destination is None else _leg_body(cdr.destination),
        "earlier": [_leg_body(leg) for leg in cdr.earlier],
    }


def _leg_body(leg: LegRecord) -> Body:
    return {
        "number": str(leg.number),
        "trunk": leg.trunk,
        "prefix": leg.prefix,
        "invited_at": maybe_instant(leg.invited_at),
        "ringing_at": maybe_instant(leg.ringing_at),
        "answered_at": maybe_instant(leg.answered_at),
        "ended_at": maybe_instant(leg.ended_at),
        "pdd_ms": None if leg.pdd is None else leg.pdd // timedelta(milliseconds=1),
        "seconds": leg.seconds,
        "billed_seconds": leg.billed_s,
        "covered_seconds": leg.covered_s,
        "cost": format_micros(leg.cost_micros),
        "trunk_cost": None if leg.trunk_cost is None else _trunk_cost_body(leg.trunk_cost),
        "margin": maybe_micros(leg.margin_micros),
        "ending": verdict_body(leg.verdict),
        "sip_code": leg.sip_code,
        "hung_up_by_far_end": leg.hung_up_by_far_end,
        "rtp": None if leg.rtp is None else _rtp_body(leg.rtp),
    }


def _trunk_cost_body(cost: TrunkCost) -> Body:
    """What a trunk takes for a leg; `exchange` is what one unit of its currency was in the
    account's, as a ratio where it has no last decimal."""
    return {
        "amount": format_micros(cost.micros),
        "currency": cost.currency,
        "prefix": cost.prefix,
        "sheet": cost.sheet,
        "version": cost.version,
        "exchange": str(cost.rate) if 10**24 % cost.rate.denominator else exact(cost.rate),
    }


def _rtp_body(rtp: RtpQuality) -> Body:
    """What came from the far end of a leg, and the mean opinion score of that (1 to 4.5)."""
    return {
        "received": rtp.received,
        "lost": rtp.lost,
        "discarded": rtp.discarded,
        "jitter_ms": rtp.jitter_ms,
        "buffered_ms": rtp.buffered_ms,
        "round_trip_ms": rtp.round_trip_ms,
        "mos": rtp.mos,
        "released_seconds": rtp.released_s,
    }
