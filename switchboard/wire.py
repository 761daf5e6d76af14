"""What doors tell the world as JSON: money as decimal strings beside their currency, times in UTC
with a Z, durations in whole seconds, numbers in E.164."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from switchboard.billing.account import Account, Profile, Since
from switchboard.billing.batches import Batch
from switchboard.billing.classes import DestinationClass
from switchboard.billing.limits import account_day
from switchboard.billing.vouchers import Voucher
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.phonebook import PhoneBook
from switchboard.calls.planned import LATEST, Planned
from switchboard.calls.routing import TrunkCost
from switchboard.money import format_micros
from switchboard.numbering import PhoneNumber
from switchboard.rating.columns import CHARGE_COLUMNS, format_units
from switchboard.rating.deck.periods import format_days, format_hours
from switchboard.rating.price import LegPrice
from switchboard.rating.quote import Quote
from switchboard.rating.row import RATE_DECIMALS, Charges, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.tariff import charges_of
from switchboard.rating.terms import SheetTerms
from switchboard.texts.provider import SmsProvider

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
Body = dict[str, Json]
# What is charged where neither a row nor its sheet says so; nothing, where it is not here.
_PLAINEST: Body = {"connection_fee": "0.00", "initial": 1, "increment": 1}


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
        "at": None,
        "requested_at": instant(callback.requested_at),
        "expires_at": instant(callback.expires_at),
        "reached": reached,
        "ending": None if callback.verdict is None else verdict_body(callback.verdict),
    }


def planned_body(planned: Planned) -> Body:
    """A planned callback, in the form of the callback that it will be."""
    return {
        "id": planned.id,
        "status": planned.state.value,
        "from": str(planned.customer),
        "to": None if planned.destination is None else str(planned.destination),
        "at": instant(planned.at),
        "requested_at": instant(planned.planned_at),
        "expires_at": instant(planned.at + LATEST),
        "reached": {},
        "ending": None,
    }


def phone_book_body(book: PhoneBook) -> Body:
    """The names of a phone book."""
    return {"names": {name: str(number) for name, number in sorted(book.names.items())}}


def speed_dials_body(book: PhoneBook) -> Body:
    """The speed dials."""
    keys = sorted(book.speed_dials)
    return {"speed_dials": {str(key): str(book.speed_dials[key]) for key in keys}}


def numbers_body(profile: Profile) -> Body:
    """The phones that act for an account."""
    default = profile.default_number
    return {
        "numbers": [str(number) for number in profile.numbers],
        "default_number": None if default is None else str(default),
    }


def sms_provider_body(provider: SmsProvider) -> Body:
    """How a provider of texts speaks, without its secret."""
    return {
        "provider": provider.name,
        "method": provider.method.value,
        "format": provider.format.value,
        "proof": provider.proof.value,
        "proof_in": provider.proof_in,
        "fields": dict(provider.fields),
        "networks": list(provider.networks),
        "answer": provider.answer,
        "answer_type": provider.answer_type,
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


def account_body(account: Account, now: datetime) -> Body:
    """An account with its money; `available` is what can still be spent, of money. `sheet` and
    `plan` are those of this moment, and `spent_today` is by the account's own day."""
    profile, balance = account.profile, account.balance
    default = profile.default_number
    today = account_day(now, profile.time_zone)
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
        "daily_limits": {scope: format_micros(of) for scope, of in balance.limits.items()},
        "spent_today": {
            scope: format_micros(balance.spent.get(f"{today} {scope}", 0))
            for scope in balance.limits
        },
        "max_callbacks": balance.max_callbacks,
        "sheet": profile.sheet_at(now),
        "plan": profile.plan_at(now),
        "sheets": [_since_body(since) for since in profile.sheets],
        "plans": [_since_body(since) for since in profile.plans],
        "numbers": [str(number) for number in profile.numbers],
        "default_number": None if default is None else str(default),
        "allowed_prefixes": list(profile.allowed_prefixes),
        "forbidden_prefixes": list(profile.forbidden_prefixes),
        "allowed_classes": list(profile.allowed_classes),
        "country": profile.country,
        "language": profile.language,
        "time_zone": profile.time_zone,
        "email": profile.email,
        "tax_id": profile.tax_id,
        "login": profile.login,
        "has_pin": profile.pin_hash is not None,
        "batch": profile.batch,
        "first_plan": profile.first_plan,
        "valid_until": _instant(profile.valid_until),
        "valid_days": profile.valid_days,
    }


def operators_account_body(account: Account, now: datetime) -> Body:
    """An account for those who run the system, with what is not its customer's to know."""
    profile = account.profile
    guards: Body = {
        "loss_guard": profile.loss_guard,
        "own_phones_only": profile.own_phones_only,
    }
    return {**account_body(account, now), **guards, **asdict(profile.manners)}


def _since_body(since: Since) -> Body:
    return {"name": since.name, "from": instant(since.from_at)}


def batch_body(batch: Batch) -> Body:
    """A batch of PINs, without them."""
    return {
        "batch": batch.name,
        "kind": batch.kind.value,
        "status": batch.state.value,
        "count": batch.count,
        "length": batch.length,
        "value": format_micros(batch.value_micros),
        "currency": batch.currency,
        "sheet": batch.sheet,
        "plan": batch.plan,
        "valid_until": _instant(batch.valid_until),
        "valid_days": batch.valid_days,
        "made_at": instant(batch.made_at),
    }


def voucher_body(voucher: Voucher, batch: Batch) -> Body:
    """A voucher and what holds for its batch, without its PIN."""
    return {
        "voucher": voucher.voucher,
        "redeemed_by": voucher.redeemed_by,
        "redeemed_at": _instant(voucher.redeemed_at),
        "batch": batch_body(batch),
    }


def class_body(found: DestinationClass) -> Body:
    """A class of destinations."""
    return {
        "class": found.name,
        "blocked": found.blocked,
        "prefixes": list(found.prefixes),
    }


def quote_body(quote: Quote, customer: PhoneNumber, destination: PhoneNumber, talk_s: int) -> Body:
    """The price of both legs, together and each, beyond what an account has included, and how long
    they could talk."""
    prices = [price for price in (quote.customer, quote.destination) if price is not None]
    return {
        "currency": quote.currency,
        "per_minute": _exact(sum((price.per_minute for price in prices), Fraction())),
        "connection_fee": _exact(sum((price.fee for price in prices), Fraction())),
        "talk_seconds": talk_s,
        "from": leg_price_body(customer, quote.customer),
        "to": None if quote.destination is None else leg_price_body(destination, quote.destination),
    }


def leg_price_body(number: PhoneNumber, price: LegPrice) -> Body:
    """How a leg to this number is charged."""
    return {
        "number": str(number),
        "prefix": price.prefix,
        "destination": price.destination,
        "per_minute": _exact(price.per_minute),
        "connection_fee": _exact(price.fee),
        "initial_seconds": price.initial_s,
        "increment_seconds": price.steps[0].increment_s,
    }


def sheet_body(sheet: RateSheet) -> Body:
    """A version of a rate sheet and its terms, without its rows."""
    terms, derivation = sheet.terms, sheet.terms.derivation
    return {
        "sheet": sheet.name,
        "version": sheet.version,
        "currency": terms.currency,
        "prefixes": sheet.rows.prefixes,
        "digits": terms.digits,
        "rounding": terms.rounding.value,
        "customer_leg_percent": terms.customer_leg_percent,
        "time_zone": terms.time_zone,
        "holidays": [day.isoformat() for day in sorted(terms.holidays)],
        "at_boundary": terms.at_boundary.value,
        "least_digits": terms.least_digits,
        "most_digits": terms.most_digits,
        "defaults": charges_body(terms.defaults),
        "base": None if derivation is None else derivation.base,
    }


def rate_body(row: RateRow, terms: SheetTerms) -> Body:
    """One row of a rate sheet by its canonical columns (design §8), with the sheet's defaults in
    it, and whether a base sheet handed it down."""
    return {
        "prefix": row.prefix,
        "destination": row.destination or row.prefix,
        "rate": format_units(row.rate_picos, decimals=RATE_DECIMALS, least=2),
        **charges_body(charges_of(row, terms)),
        "blocked": row.blocked,
        "effective_from": _instant(row.effective_from),
        "effective_until": _instant(row.effective_until),
        "days": format_days(row.window),
        "hours": format_hours(row.window),
        "weight": row.weight,
        "step_from": row.step_from_s,
        "inherited": row.inherited,
    }


def charges_body(charges: Charges) -> Body:
    """Charges by their canonical columns; those that nobody named are as plain as they can be."""
    body: Body = {}
    for column, (field, decimals) in CHARGE_COLUMNS.items():
        value = getattr(charges, field)
        if value is None:
            body[column] = _PLAINEST.get(column)
        else:
            body[column] = format_units(value, decimals=decimals, least=2) if decimals else value
    return body


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
        "margin": _micros(cdr.margin_micros),
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
        "invited_at": _instant(leg.invited_at),
        "ringing_at": _instant(leg.ringing_at),
        "answered_at": _instant(leg.answered_at),
        "ended_at": _instant(leg.ended_at),
        "pdd_ms": None if leg.pdd is None else leg.pdd // timedelta(milliseconds=1),
        "seconds": leg.seconds,
        "billed_seconds": leg.billed_s,
        "covered_seconds": leg.covered_s,
        "cost": format_micros(leg.cost_micros),
        "trunk_cost": None if leg.trunk_cost is None else _trunk_cost_body(leg.trunk_cost),
        "margin": _micros(leg.margin_micros),
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
        "exchange": str(cost.rate) if 10**24 % cost.rate.denominator else _exact(cost.rate),
    }


def _micros(micros: int | None) -> str | None:
    return None if micros is None else format_micros(micros)


def _rtp_body(rtp: RtpQuality) -> Body:
    return {"received": rtp.received, "lost": rtp.lost, "jitter_ms": rtp.jitter_ms}


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)


def _exact(amount: Fraction) -> str:
    """A decimal string with two decimals at least and no more zeros."""
    decimals = 0
    while (amount * 10**decimals).denominator != 1:
        decimals += 1
    return format_units(int(amount * 10**decimals), decimals=decimals, least=2)
