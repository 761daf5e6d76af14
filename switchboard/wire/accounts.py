"""Accounts as doors tell of them, with the phones that act for them."""

from dataclasses import asdict
from datetime import datetime

from switchboard.billing.account import Account, Profile, Since
from switchboard.billing.limits import account_day
from switchboard.calls.phonebook import PhoneBook
from switchboard.money import format_micros
from switchboard.wire.forms import Body, instant, maybe_instant


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
        "valid_until": maybe_instant(profile.valid_until),
        "valid_days": profile.valid_days,
    }


def operators_account_body(account: Account, now: datetime) -> Body:
    """An account for those who run the system, with what is not its customer's to know."""
    profile = account.profile
    guards: Body = {
        "loss_guard": profile.loss_guard,
        "own_phones_only": profile.own_phones_only,
        "owner": profile.owner,
    }
    return {**account_body(account, now), **guards, **asdict(profile.manners)}


def _since_body(since: Since) -> Body:
    return {"name": since.name, "from": instant(since.from_at)}


def numbers_body(profile: Profile) -> Body:
    """The phones that act for an account."""
    default = profile.default_number
    return {
        "numbers": [str(number) for number in profile.numbers],
        "default_number": None if default is None else str(default),
    }


def phone_book_body(book: PhoneBook) -> Body:
    """The names of a phone book."""
    return {"names": {name: str(number) for name, number in sorted(book.names.items())}}


def speed_dials_body(book: PhoneBook) -> Body:
    """The speed dials."""
    keys = sorted(book.speed_dials)
    return {"speed_dials": {str(key): str(book.speed_dials[key]) for key in keys}}
