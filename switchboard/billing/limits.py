"""What an account may call, and what of its daily limits a callback counts for."""

from datetime import datetime
from zoneinfo import ZoneInfo

from switchboard.billing.account import EVERY, Account, Profile
from switchboard.billing.classes import Classes
from switchboard.errors import AccountExpired, NotAllowed
from switchboard.ledger.spend import ALL, Spend
from switchboard.numbering import PhoneNumber


def check_valid(profile: Profile, now: datetime) -> None:
    """AccountExpired where its time is over."""
    if profile.valid_until is not None and now >= profile.valid_until:
        raise AccountExpired("the validity of this account is over")


def check_customer(profile: Profile, classes: Classes, number: PhoneNumber) -> None:
    """NotAllowed where the account may not ring this phone first: its prefix is forbidden, or of a
    class that is blocked. Allowed prefixes are of destinations; here they only lift a ban."""
    _check_bans(profile, classes, number)


def check_destination(profile: Profile, classes: Classes, number: PhoneNumber) -> None:
    """NotAllowed where the account may not call this number. Of all that is allowed and forbidden,
    the longest prefix decides; where none fits, an account with allowed prefixes may not."""
    _check_bans(profile, classes, number)
    if profile.allowed_prefixes and _longest(profile.allowed_prefixes, number) < 0:
        raise NotAllowed("this account may not call that number: it is in no allowed prefix")


def spend_of(
    account: Account,
    classes: Classes,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
    now: datetime,
) -> Spend:
    """What a callback of these phones counts for: a callback counts whole for each class that one
    of them is in, and for the account's day in which it is asked for."""
    profile, limits = account.profile, account.balance.limits
    numbers = [customer] if destination is None else [customer, destination]
    covered = any(bucket.covers(number, now) for bucket in account.buckets for number in numbers)
    if not limits and not covered:
        return Spend()
    scopes = [ALL, *(classes.name_of(number, profile.country) for number in numbers)]
    return Spend(
        account_day(now, profile.time_zone),
        tuple(dict.fromkeys(scopes)) if limits else (),
        dict(limits),
        buckets=covered,
    )


def account_day(now: datetime, time_zone: str) -> str:
    """The date by the clocks of an account, as 2026-01-02."""
    return now.astimezone(ZoneInfo(time_zone)).date().isoformat()


def _check_bans(profile: Profile, classes: Classes, number: PhoneNumber) -> None:
    allowed = _longest(profile.allowed_prefixes, number)
    if _longest(profile.forbidden_prefixes, number) > allowed:
        raise NotAllowed("this account may not call that number: its prefix is forbidden")
    matched = classes.match(number)
    if matched is None:
        return
    prefix, found = matched
    if found.blocked and found.name not in profile.allowed_classes and len(prefix) > allowed:
        raise NotAllowed(f"{found.name} numbers are blocked for this account")


def _longest(prefixes: tuple[str, ...], number: PhoneNumber) -> int:
    """The length of the longest of these prefixes that fits, -1 where none does. `*` fits all."""
    lengths = (
        0 if prefix == EVERY else len(prefix)
        for prefix in prefixes
        if prefix == EVERY or number.digits.startswith(prefix)
    )
    return max(lengths, default=-1)
