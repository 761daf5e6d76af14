"""Profiles: what is known of an account is changed, a thing at a time."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from switchboard.billing.account import EVERY, Account, AccountType, Profile
from switchboard.billing.classes import check_prefix
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.desk.accounts import check_names, set_limits
from switchboard.desk.visits import end_visits, list_dialers
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber, check_country
from switchboard.ports import Ports

T = TypeVar("T")
# A day before that is a slip of the pen, and costly.
ARREARS = timedelta(days=366)
LEAST_PASSWORD = 8


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a profile; None leaves a thing as it is. An empty text takes away what may
    be missing: the plan, the e-mail address, the tax id, the PIN, the owner, and the login with its
    password. `sheet` and `plan` count from `from_at`, or from now. A validity takes the place of
    the one before; `valid_days` begin with the next use; `valid_always` takes a validity away. Of
    `manners` those that are said change; `new_manners` take the place of all there were."""

    name: str | None = None
    type: AccountType | None = None
    country: str | None = None
    language: str | None = None
    time_zone: str | None = None
    login: str | None = None
    password_hash: str | None = field(default=None, repr=False)
    email: str | None = None
    tax_id: str | None = None
    pin_hash: str | None = field(default=None, repr=False)
    sheet: str | None = None
    plan: str | None = None
    from_at: datetime | None = None
    valid_until: datetime | None = None
    valid_days: int | None = None
    valid_always: bool = False
    add_numbers: tuple[PhoneNumber, ...] = ()
    remove_numbers: tuple[PhoneNumber, ...] = ()
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    forget_prefixes: tuple[str, ...] = ()
    allow_classes: tuple[str, ...] = ()
    block_classes: tuple[str, ...] = ()
    loss_guard: bool | None = None
    own_phones_only: bool | None = None
    owner: str | None = None
    manners: Manners = AS_USUAL
    new_manners: Manners | None = None


def change_profile(ports: Ports, account: str, changes: Changes) -> Account:
    """The account with its profile changed. Sheets must exist and be in the account's currency,
    and classes must exist; AlreadyExists where a number, the login or the PIN is somebody else's.
    With another password, or no login any more, whoever is signed in is so no more."""
    known = ports.accounts.get(account)
    old = known.profile
    new = changed(old, changes, ports.clock.now())
    if new.type is AccountType.PREPAID and known.balance.credit_limit_micros:
        raise Malformed("a prepaid account has no credit limit: take that away first")
    check_names(ports, new, known=old.plans)
    if new != old:
        ports.accounts.change(old, new)
    if changes.password_hash is not None or changes.login == "":
        end_visits(ports, account)
    if new.owner != old.owner:
        list_dialers(ports, new)
    return ports.accounts.get(account)


def change_account(
    ports: Ports,
    account: str,
    changes: Changes,
    *,
    credit_limit_micros: int | None,
    max_callbacks: int | None,
) -> Account:
    """The account with its profile and its limits changed, in the order in which that is allowed:
    only a postpaid account ever has a credit limit. Refuses as `change_profile` and `set_limits`
    do; where the second of both refuses, the first has happened."""

    def limited() -> None:
        if credit_limit_micros is not None or max_callbacks is not None:
            set_limits(
                ports,
                account,
                credit_limit_micros=credit_limit_micros,
                max_callbacks=max_callbacks,
            )

    if changes.type is AccountType.PREPAID:
        limited()
        return change_profile(ports, account, changes)
    change_profile(ports, account, changes)
    limited()
    return ports.accounts.get(account)


def changed(old: Profile, changes: Changes, now: datetime) -> Profile:
    """The profile with these changes."""
    return _with_dates(_with_lists(_with_texts(old, changes), changes), changes, now)


def prefix_of(text: str) -> str:
    """A prefix as a profile keeps it: its digits, or `*` for all numbers."""
    return text.strip() if text.strip() == EVERY else check_prefix(text)


def rules_instead(
    old: Profile,
    *,
    allowed: Iterable[str] | None = None,
    forbidden: Iterable[str] | None = None,
    classes: Iterable[str] | None = None,
) -> dict[str, Any]:
    """What to change, as arguments of `Changes`, for these prefixes and these allowed classes to
    take the place of those there were; None leaves them as they are."""
    rules: dict[str, Any] = {}
    forgotten: tuple[str, ...] = ()
    if allowed is not None:
        rules["allow"] = tuple(map(prefix_of, allowed))
        forgotten += old.allowed_prefixes
    if forbidden is not None:
        rules["forbid"] = tuple(map(prefix_of, forbidden))
        forgotten += old.forbidden_prefixes
    if classes is not None:
        rules |= {"allow_classes": tuple(classes), "block_classes": old.allowed_classes}
    return {**rules, "forget_prefixes": forgotten}


def check_password(text: str) -> str:
    """A password as a customer may have it. Malformed, without repeating it, where it is short."""
    if len(text) < LEAST_PASSWORD:
        raise Malformed(f"a password has at least {LEAST_PASSWORD} characters")
    return text


def _with_texts(old: Profile, changes: Changes) -> Profile:
    if changes.login == "" and changes.password_hash:
        raise Malformed("a password needs a login")

    def optional(new: str | None, kept: str | None) -> str | None:
        return kept if new is None else new or None

    def chosen(new: bool | None, kept: bool) -> bool:  # noqa: FBT001  both are settings
        return kept if new is None else new

    return replace(
        old,
        name=changes.name or old.name,
        type=changes.type or old.type,
        country=check_country(changes.country) if changes.country else old.country,
        language=changes.language or old.language,
        time_zone=changes.time_zone or old.time_zone,
        login=optional(changes.login, old.login),
        password_hash=None if changes.login == "" else changes.password_hash or old.password_hash,
        email=optional(changes.email, old.email),
        tax_id=optional(changes.tax_id, old.tax_id),
        pin_hash=optional(changes.pin_hash, old.pin_hash),
        loss_guard=chosen(changes.loss_guard, old.loss_guard),
        own_phones_only=chosen(changes.own_phones_only, old.own_phones_only),
        owner=optional(changes.owner, old.owner),
        manners=changes.manners.over(
            old.manners if changes.new_manners is None else changes.new_manners
        ),
    )


def _with_lists(old: Profile, changes: Changes) -> Profile:
    """What is allowed now is no longer forbidden, and the other way round."""
    forgotten = changes.forget_prefixes
    return replace(
        old,
        numbers=_merged(old.numbers, changes.remove_numbers, changes.add_numbers),
        allowed_prefixes=_merged(
            old.allowed_prefixes, (*forgotten, *changes.forbid), changes.allow
        ),
        forbidden_prefixes=_merged(
            old.forbidden_prefixes, (*forgotten, *changes.allow), changes.forbid
        ),
        allowed_classes=_merged(old.allowed_classes, changes.block_classes, changes.allow_classes),
    )


def _with_dates(old: Profile, changes: Changes, now: datetime) -> Profile:
    from_at = changes.from_at or now
    new = old
    if changes.sheet is not None and changes.sheet != old.sheet_at(from_at):
        new = new.with_sheet(changes.sheet, from_at)
    is_other = (changes.plan or None) != old.plan_at(from_at) or old.first_plan is not None
    if changes.plan is not None and is_other:
        if from_at < now - ARREARS:
            raise Malformed(f"{from_at:%Y-%m-%d} is more than a year ago: no plan is charged since")
        new = new.with_plan(changes.plan or None, from_at)
    is_valid_else = changes.valid_until is not None or changes.valid_days is not None
    if is_valid_else or changes.valid_always:
        new = replace(new, valid_until=changes.valid_until, valid_days=changes.valid_days)
    return new


def _merged(kept: tuple[T, ...], removed: tuple[T, ...], added: tuple[T, ...]) -> tuple[T, ...]:
    left = [one for one in kept if one not in removed]
    return tuple(dict.fromkeys([*left, *added]))
