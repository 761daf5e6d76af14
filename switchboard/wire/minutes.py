"""What runs now and what was counted by the minute, for those who run the system."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback
from switchboard.calls.minutes import Live, Tally
from switchboard.money import format_micros
from switchboard.wire.forms import Body, Json, instant, maybe_micros


def tally_body(tally: Tally) -> Body:
    """Attempts and what came of them; money as decimal strings by currency. ASR is in percent."""
    ratio = tally.answer_ratio
    return {
        "attempts": tally.attempts,
        "answers": tally.answers,
        "asr": None if ratio is None else round(float(100 * ratio), 1),
        "seconds": tally.seconds,
        "acd_seconds": tally.mean_talk_s,
        "pdd_ms": tally.mean_pdd_ms,
        "revenue": _amounts(tally.revenue),
        "cost": _amounts(tally.cost),
        "margin": _amounts(tally.margin),
    }


def live_body(live: Live) -> Body:
    """What runs now, and what was counted lately: of callbacks, which have no trunk and no
    destination, of the legs of each trunk, and of those to each destination."""
    trunks, destinations = live.lately.trunks, live.lately.destinations
    return {
        "now": {
            "workers": live.workers,
            "capacity": live.capacity,
            "callbacks": live.callbacks,
            "talking": live.talking,
            "legs": {**live.legs},
            "orders_waiting": live.waiting,
            "longest_wait_ms": live.waited_ms,
            "dead_orders": live.dead,
            "oldest_dead_order": None
            if live.oldest_dead_at is None
            else instant(live.oldest_dead_at),
        },
        "lately": [
            {"trunk": None, "destination": None, **tally_body(live.lately.callbacks)},
            *(
                {"trunk": name, "destination": None, **tally_body(trunks[name])}
                for name in sorted(trunks)
            ),
            *(
                {"trunk": None, "destination": region, **tally_body(destinations[region])}
                for region in sorted(destinations)
            ),
        ],
    }


def live_call_body(callback: Callback, call: LiveCall, now: datetime) -> Body:
    """A callback that a worker carries, and what it costs by the worker's last heartbeat."""
    since = callback.reached.get(callback.state, callback.requested_at)
    return {
        "callback": callback.id,
        "account": callback.account,
        "state": callback.state.value,
        "seconds": max(0, (now - since) // timedelta(seconds=1)),
        "from": str(callback.customer),
        "to": None if callback.destination is None else str(callback.destination),
        "trunk": call.trunk,
        "destination_trunk": call.destination_trunk,
        "price": format_micros(call.cost_micros),
        "cost": maybe_micros(call.trunk_micros),
        "currency": callback.quote.currency,
    }


def _amounts(micros: Mapping[str, int]) -> Json:
    return {currency: format_micros(amount) for currency, amount in sorted(micros.items())}
