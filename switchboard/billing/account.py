"""An account: who pays, and what holds for their callbacks."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from switchboard.billing.buckets import Bucket
from switchboard.billing.classes import check_prefix
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.errors import Malformed
from switchboard.ledger.balance import Balance
from switchboard.numbering import PhoneNumber

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
# In the place of a prefix: all numbers.
EVERY = "*"


class AccountType(Enum):
    """Whether an account pays before or after."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


@dataclass(frozen=True, slots=True)
class Since:
    """A sheet or a plan, and from when it counts. Without a name: no plan."""

    name: str | None
    from_at: datetime


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of an account beside its money. `country` (ISO 3166) is how its local numbers
    are read; `numbers` are the caller IDs that act for it, the first one is the default.

    `sheet` is its first rate sheet and `sheets` those that follow, the earliest first; so with
    `plans`, of which there may be none. `time_zone` (IANA) says when its days begin. Classes of
    numbers that are blocked for others are not for one that has them in `allowed_classes`.
    `valid_days` begin with the first use, and are `valid_until` then. A PIN is kept as its keyed
    hash; `batch` names the batch that the account was made in. `first_plan` begins with the first
    use, too. With `loss_guard` nothing is placed that would cost more than it is sold for.
    With `own_phones_only` nobody names another phone than those in `numbers` to be rung first.
    `owner` is the user of the console that it belongs to, if it belongs to one.
    """

    account: str
    name: str
    currency: str
    sheet: str
    type: AccountType = AccountType.PREPAID
    country: str = "US"
    language: str = "en"
    numbers: tuple[PhoneNumber, ...] = ()
    login: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    time_zone: str = "UTC"
    email: str | None = None
    tax_id: str | None = None
    sheets: tuple[Since, ...] = ()
    plans: tuple[Since, ...] = ()
    allowed_prefixes: tuple[str, ...] = ()
    forbidden_prefixes: tuple[str, ...] = ()
    allowed_classes: tuple[str, ...] = ()
    valid_until: datetime | None = None
    valid_days: int | None = None
    pin_hash: str | None = field(default=None, repr=False)
    batch: str | None = None
    loss_guard: bool = True
    first_plan: str | None = None
    manners: Manners = AS_USUAL
    own_phones_only: bool = False
    owner: str | None = None

    def __post_init__(self) -> None:
        check_id("account", self.account)
        if self.login is not None:
            check_id("login", self.login)
        if self.owner is not None:
            check_id("owner", self.owner)
        if not re.fullmatch("[A-Z]{2}", self.country):
            raise Malformed(f"“{self.country[:20]}” is not a country: write two letters, like GB")
        check_language(self.language)
        if self.email is not None and (len(self.email) > 254 or not _EMAIL.fullmatch(self.email)):
            raise Malformed(f"“{self.email[:60]}” is not an e-mail address")
        if self.tax_id is not None and not (self.tax_id.isprintable() and len(self.tax_id) <= 32):
            raise Malformed(f"“{self.tax_id[:40]}” is not a tax id: up to 32 characters")
        if self.valid_days is not None and not 1 <= self.valid_days <= 36_500:
            raise Malformed("an account is valid for 1 to 36,500 days")
        check_time_zone(self.time_zone)
        self._check_prefixes()

    @property
    def default_number(self) -> PhoneNumber | None:
        """The phone that Ringback calls where nothing else is said."""
        return self.numbers[0] if self.numbers else None

    def sheet_at(self, at: datetime) -> str:
        """The rate sheet that prices a callback at this instant."""
        return _at(self.sheets, at) or self.sheet

    def plan_at(self, at: datetime) -> str | None:
        """The plan at this instant, if there is one."""
        return _at(self.plans, at)

    def with_sheet(self, name: str, from_at: datetime) -> Self:
        """With another rate sheet from then on, until one that is set to follow it."""
        return replace(self, sheets=_with(self.sheets, Since(name, from_at)))

    def with_plan(self, name: str | None, from_at: datetime) -> Self:
        """With another plan from then on, or none, until one that is set to follow it."""
        return replace(self, plans=_with(self.plans, Since(name, from_at)), first_plan=None)

    def used(self, now: datetime) -> Self:
        """With all begun that begins with the first use."""
        new = self if self.first_plan is None else self.with_plan(self.first_plan, now)
        if new.valid_days is None:
            return new
        valid_until = now + timedelta(days=new.valid_days)
        return replace(new, valid_until=valid_until, valid_days=None)

    def _check_prefixes(self) -> None:
        for prefix in (*self.allowed_prefixes, *self.forbidden_prefixes):
            if prefix != EVERY and check_prefix(prefix) != prefix:
                raise Malformed(f"prefix {prefix} is kept without its plus")
        both = {*self.allowed_prefixes} & {*self.forbidden_prefixes}
        if both:
            raise Malformed(f"prefix {min(both)} cannot be allowed and forbidden")


@dataclass(frozen=True, slots=True)
class Account:
    """A profile with its balance and its buckets, as they stood at one moment."""

    profile: Profile
    balance: Balance
    buckets: tuple[Bucket, ...] = ()


def check_id(what: str, text: str) -> str:
    """An account id or login as it may be. Malformed where it may not."""
    if not _ID.fullmatch(text):
        raise Malformed(
            f"{what} “{text[:40]}”: use up to 64 small letters, digits, dots, dashes, underscores"
        )
    return text


def check_language(text: str) -> str:
    """The tag of a language, as it may be. Malformed where it may not."""
    if not _LANGUAGE.fullmatch(text):
        raise Malformed(f"“{text[:20]}” is not a language: write it like en or pt-BR")
    return text


def check_time_zone(text: str) -> str:
    """The name of a time zone, as it may be. Malformed where it may not."""
    try:
        ZoneInfo(text)
    # A folder of zones, and a name with dots or NULs, are refused in three ways.
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Malformed(f"“{text[:40]}” is not a time zone: write it like Europe/London") from None
    return text


def _at(history: tuple[Since, ...], at: datetime) -> str | None:
    begun = [since for since in history if since.from_at <= at]
    return begun[-1].name if begun else None


def _with(history: tuple[Since, ...], added: Since) -> tuple[Since, ...]:
    kept = [since for since in history if since.from_at != added.from_at]
    return tuple(sorted([*kept, added], key=lambda since: since.from_at))
