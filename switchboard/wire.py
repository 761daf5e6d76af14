"""What doors tell the world as JSON: money as decimal strings beside their currency, times in UTC
with a Z, durations in whole seconds, numbers in E.164."""

from datetime import UTC, datetime, timedelta

from switchboard.billing.account import Account
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr, LegRecord, RtpQuality
from switchboard.calls.ending import Verdict
from switchboard.money import format_micros
from switchboard.numbering import PhoneNumber
from switchboard.rating.quote import Quote
from switchboard.rating.rate import RATE_DECIMALS, LegPrice, Rate

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Body = dict[str, Json]


def instant(at: datetime) -> str:
    """ISO 8601 to the millisecond: 2026-01-02T03:04:05.678Z."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def callback_body(callback: Callback, now: datetime) -> Body:
    """A callback as it stands; `reached` tells when it came into each state."""
    reached: Body = {
        state.value: instant(callback.reached[state])
        for state in State
        if state in callback.reached
    }
    return {
        "id": callback.id,
        "status": callback.state_at(now).value,
        "from": str(callback.customer),
        "to": None if callback.destination is None else str(callback.destination),
        "requested_at": instant(callback.requested_at),
        "expires_at": instant(callback.expires_at),
        "reached": reached,
        "ending": None if callback.verdict is None else verdict_body(callback.verdict),
    }


def charge_body(cdr: Cdr) -> Body:
    """What a callback cost whoever ordered it, and how long the two parties talked."""
    return {
        "amount": cdr.cost.decimal,
        "currency": cdr.currency,
        "talked_seconds": cdr.talked_s,
    }


def verdict_body(verdict: Verdict) -> Body:
    """Why something ended, and whose doing it was."""
    return {"reason": verdict.ending.value, "culprit": verdict.culprit.value}


def account_body(account: Account) -> Body:
    """An account with its money; `available` is what can still be spent."""
    profile, balance = account.profile, account.balance
    default = profile.default_number
    return {
        "account": profile.account,
        "name": profile.name,
        "type": profile.type.value,
        "status": "active" if balance.active else "blocked",
        "currency": balance.currency,
        "balance": balance.posted.decimal,
        "held": format_micros(balance.held_micros),
        "available": balance.available.decimal,
        "credit_limit": format_micros(balance.credit_limit_micros),
        "max_callbacks": balance.max_callbacks,
        "numbers": [str(number) for number in profile.numbers],
        "default_number": None if default is None else str(default),
        "country": profile.country,
        "language": profile.language,
    }


def quote_body(
    quote: Quote, customer: PhoneNumber, destination: PhoneNumber, avail_micros: int
) -> Body:
    """The price of both legs, together and each, and how long they could talk on this money:
    a day at most."""
    prices = [price for price in (quote.customer, quote.destination) if price is not None]
    return {
        "currency": quote.currency,
        "per_minute": _exact(sum(map(_per_minute, prices))),
        "connection_fee": _exact(sum(map(_connection_fee, prices))),
        "talk_seconds": max(0, quote.talk_s(avail_micros)),
        "from": leg_price_body(customer, quote.customer),
        "to": None if quote.destination is None else leg_price_body(destination, quote.destination),
    }


def leg_price_body(number: PhoneNumber, price: LegPrice) -> Body:
    """How a leg to this number is charged."""
    return {
        "number": str(number),
        "prefix": price.rate.prefix,
        "destination": price.rate.destination,
        "per_minute": _exact(_per_minute(price)),
        "connection_fee": _exact(_connection_fee(price)),
        "initial_seconds": price.rate.initial_s,
        "increment_seconds": price.rate.increment_s,
    }


def rate_body(rate: Rate) -> Body:
    """One row of a rate sheet."""
    return {
        "prefix": rate.prefix,
        "destination": rate.destination,
        "rate": _exact(100 * rate.per_minute_picos),
        "connection_fee": _exact(100 * rate.connection_fee_picos),
        "initial": rate.initial_s,
        "increment": rate.increment_s,
        "blocked": rate.blocked,
    }


def cdr_body(cdr: Cdr) -> Body:
    """The whole record of a finished callback, for those who run the system."""
    return {
        "account": cdr.account,
        "callback": cdr.callback,
        "trigger": cdr.trigger,
        "requested_at": instant(cdr.requested_at),
        "claimed_at": _instant(cdr.claimed_at),
        "ended_at": instant(cdr.ended_at),
        "ending": verdict_body(cdr.verdict),
        "talked_seconds": cdr.talked_s,
        "cost": cdr.cost.decimal,
        "currency": cdr.currency,
        "settlement": cdr.settlement.kind.value,
        "late": cdr.settlement.late_micros is not None,
        "sheet": cdr.sheet,
        "version": cdr.version,
        "worker": cdr.worker,
        "customer": None if cdr.customer is None else _leg_body(cdr.customer),
        "destination": None if cdr.destination is None else _leg_body(cdr.destination),
    }


def _leg_body(leg: LegRecord) -> Body:
    return {
        "number": str(leg.number),
        "trunk": leg.trunk,
        "prefix": leg.prefix,
        "invited_at": _instant(leg.invited_at),
        "ringing_at": _instant(leg.ringing_at),
        "answered_at": _instant(leg.answered_at),
        "ended_at": _instant(leg.ended_at),
        "pdd_ms": None if leg.pdd is None else leg.pdd // timedelta(milliseconds=1),
        "seconds": leg.seconds,
        "billed_seconds": leg.billed_s,
        "cost": format_micros(leg.cost_micros),
        "ending": verdict_body(leg.verdict),
        "sip_code": leg.sip_code,
        "hung_up_by_far_end": leg.hung_up_by_far_end,
        "rtp": None if leg.rtp is None else _rtp_body(leg.rtp),
    }


def _rtp_body(rtp: RtpQuality) -> Body:
    return {"received": rtp.received, "lost": rtp.lost, "jitter_ms": rtp.jitter_ms}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _per_minute(price: LegPrice) -> int:
    return price.rate.per_minute_picos * price.percent


def _connection_fee(price: LegPrice) -> int:
    return price.rate.connection_fee_picos * price.percent


def _exact(shares: int) -> str:
    """Hundredths of 10^-12, as a decimal string with two decimals at least and no more zeros."""
    whole, rest = divmod(shares, 100 * 10**RATE_DECIMALS)
    decimals = f"{rest:0{RATE_DECIMALS + 2}d}".rstrip("0").ljust(2, "0")
    return f"{whole}.{decimals}"
