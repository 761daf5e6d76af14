"""What was counted by the minute, for those who run the system."""

from collections.abc import Mapping

from switchboard.calls.minutes import Live, Tally
from switchboard.money import format_micros
from switchboard.wire.forms import Body, Json, instant


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
    }


def live_body(live: Live) -> Body:
    """What runs now, and what was counted lately: of callbacks, which have no trunk, and of the
    legs of each trunk."""
    trunks = live.lately.trunks
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
            {"trunk": None, **tally_body(live.lately.callbacks)},
            *({"trunk": name, **tally_body(trunks[name])} for name in sorted(trunks)),
        ],
    }


def _amounts(micros: Mapping[str, int]) -> Json:
    return {currency: format_micros(amount) for currency, amount in sorted(micros.items())}
