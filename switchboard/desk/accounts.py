"""Accounts: opened, topped up, blocked, signed in to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from switchboard.billing.account import Account, AccountType, Profile, Since
from switchboard.desk.catalogue import Offers
from switchboard.desk.trunks import check_payer
from switchboard.errors import Conflict, Malformed, NotEnoughCredit, NotSignedIn
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ledger.spend import ALL
from switchboard.money import LARGEST_MICROS, Money, check_currency, parse_units
from switchboard.ports import Opening, Passwords, Ports

# Each failed try means that somebody else changed the account.
TRIES = 20


# One transaction opens an account with all of them.
MOST_NUMBERS = 90


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account may do with its money: its opening balance, how far below zero it may go
    (postpaid only), how many callbacks it may have at once, what it may spend a day, by scope
    (`all`, or a class of destinations), and whether it may call at all."""

    opening_micros: int = 0
    credit_limit_micros: int = 0
    max_callbacks: int = 5
    limits: Mapping[str, int] = field(default_factory=dict)
    active: bool = True


def open_account(ports: Ports, profile: Profile, terms: Terms) -> Account:
    """A new account, with its opening balance in the journal, or nothing of both. Its sheets must
    exist and be in its currency, and the classes that it names must exist; NoExchangeRate where
    that currency cannot be compared with what a trunk costs."""
    check_currency(profile.currency)
    if terms.opening_micros < 0 and profile.type is AccountType.PREPAID:
        raise Malformed("a prepaid account does not begin below zero")
    if len(profile.numbers) > MOST_NUMBERS:
        raise Malformed(f"an account begins with {MOST_NUMBERS} numbers at most")
    check_names(ports, profile)
    check_payer(ports, profile.currency)
    _check_spend_limits(ports, terms.limits)
    check_limits(profile, terms.credit_limit_micros, terms.max_callbacks)
    ports.accounts.open(opening_of(profile, terms, ports.clock.now()))
    return ports.accounts.get(profile.account)


def opening_of(profile: Profile, terms: Terms, at: datetime) -> Opening:
    """What an account begins with, entered at this instant."""
    account, currency = profile.account, profile.currency
    opening_micros, kind = terms.opening_micros, EntryKind.OPENING
    balance = Balance(
        account=account,
        currency=currency,
        posted_micros=opening_micros,
        avail_micros=opening_micros + terms.credit_limit_micros,
        credit_limit_micros=terms.credit_limit_micros,
        active=terms.active,
        max_callbacks=terms.max_callbacks,
        limits=dict(terms.limits),
    )
    entry = JournalEntry(account, f"{kind.value}#balance", kind, currency, opening_micros, at)
    return Opening(profile, balance, entry if opening_micros else None)


def enter(
    ports: Ports,
    account: str,
    amount: Money,
    kind: EntryKind,
    *,
    reference: str,
    note: str = "",
    covered: bool = False,
) -> Account:
    """The account after a credit, or a charge where the amount is negative. The same kind and
    reference are entered once, however often they are sent; with another amount or note: Conflict.
    NotEnoughCredit where the charge has to be `covered` and is not."""
    balance = ports.books.balance(account)
    if amount.currency != balance.currency:
        raise Malformed(f"the account is in {balance.currency}, not in {amount.currency}")
    identity = _identity(kind, reference)
    now = ports.clock.now()
    entry = JournalEntry(account, identity, kind, amount.currency, amount.micros, now, note)
    if not ports.books.enter(entry, covered=covered):
        kept = ports.books.entry(account, identity)
        if kept is None and covered:
            raise NotEnoughCredit(f"only {balance.available} can be taken from {account}")
        if kept is None or (kept.amount_micros, kept.note) != (amount.micros, note):
            raise Conflict(f"{identity} was entered before with another amount or another note")
    return ports.accounts.get(account)


def was_entered(ports: Ports, account: str, kind: EntryKind, reference: str) -> bool:
    """Whether `enter` entered this kind and reference before."""
    return ports.books.entry(account, _identity(kind, reference)) is not None


def _identity(kind: EntryKind, reference: str) -> str:
    return f"{kind.value}#{reference}"


def top_up(ports: Ports, account: str, amount: Money, *, reference: str, note: str = "") -> Account:
    """The account after a payment; the same reference is credited once. More than nothing."""
    if amount.micros <= 0:
        raise Malformed("a top-up is more than nothing")
    return enter(ports, account, amount, EntryKind.TOP_UP, reference=reference, note=note)


def correct(
    ports: Ports, account: str, amount: Money, *, reference: str, note: str = ""
) -> Account:
    """The account after a correction of its balance, up or down; the same reference is entered
    once. NotEnoughCredit where more would be taken than can be spent."""
    if not amount.micros:
        raise Malformed("a correction is more or less than nothing")
    kind, covered = EntryKind.CORRECTION, amount.micros < 0
    return enter(ports, account, amount, kind, reference=reference, note=note, covered=covered)


def set_limits(
    ports: Ports, account: str, *, credit_limit_micros: int | None, max_callbacks: int | None
) -> Account:
    """The account with another credit limit, another number of callbacks at once, or both."""
    for _ in range(TRIES):
        known = ports.accounts.get(account)
        limit_micros = (
            known.balance.credit_limit_micros
            if credit_limit_micros is None
            else credit_limit_micros
        )
        callbacks = known.balance.max_callbacks if max_callbacks is None else max_callbacks
        check_limits(known.profile, limit_micros, callbacks)
        if ports.books.set_limits(
            known.balance, credit_limit_micros=limit_micros, max_callbacks=callbacks
        ):
            return ports.accounts.get(account)
    raise Conflict("the account is being changed by somebody else")


def set_spend_limits(ports: Ports, account: str, changes: Mapping[str, int | None]) -> Account:
    """The account with other daily limits, in micro-units by scope; None takes one away. A limit
    counts what is spent by callbacks that are asked for after it was set."""
    _check_spend_limits(ports, changes)
    for _ in range(TRIES):
        known = ports.accounts.get(account)
        limits = {
            scope: micros
            for scope, micros in sorted({**known.balance.limits, **changes}.items())
            if micros is not None
        }
        if ports.books.set_spend_limits(known.balance, limits):
            return ports.accounts.get(account)
    raise Conflict("the account is being changed by somebody else")


def sign_in(ports: Ports, passwords: Passwords, login: str, password: str) -> Account:
    """The account of a login. NotSignedIn says and takes the same, whichever of both is wrong."""
    account_id = ports.accounts.by_login(login)
    account = None if account_id is None else ports.accounts.get(account_id)
    kept = None if account is None else account.profile.password_hash
    if not passwords.matches(password, kept) or account is None:
        raise NotSignedIn("login or password is wrong")
    return account


def all_accounts(ports: Ports) -> Sequence[Account]:
    """Every account, by id."""
    return sorted(ports.accounts.all(), key=lambda account: account.profile.account)


def check_names(ports: Ports, profile: Profile, *, known: Collection[Since] = ()) -> None:
    """NotFound where the profile names a sheet, a class or a plan that does not exist; Malformed
    where a sheet or a plan is in another currency. Plans that are `known` are not asked for."""
    plans = {since.name for since in profile.plans if since.name and since not in known}
    if plans:
        offers = Offers.read(ports)
        for plan in sorted(plans):
            offers.check_plan(plan, profile.currency)
    for sheet in (profile.sheet, *(since.name for since in profile.sheets)):
        assert sheet is not None, "no account is without a sheet"
        currency = ports.sheets.current(sheet).terms.currency
        if currency != profile.currency:
            raise Malformed(f"sheet {sheet} is in {currency}, the account in {profile.currency}")
    classes = ports.settings.classes()
    for name in profile.allowed_classes:
        classes.check_name(name)


def _check_spend_limits(ports: Ports, limits: Mapping[str, int | None]) -> None:
    classes = ports.settings.classes()
    for scope, micros in limits.items():
        if scope != ALL:
            classes.check_name(scope)
        if micros is not None and not 0 <= micros <= LARGEST_MICROS:
            raise Malformed("a daily limit is not negative")


def read_class_limit(text: str) -> tuple[str, int | None]:
    """A class and its daily limit in micro-units, written like premium=5.00; None where it is to
    have none. Malformed where the text is no limit."""
    name, equals, amount = text.partition("=")
    if not equals:
        raise Malformed(f"“{text[:40]}” is no limit of a class: write it like premium=5.00")
    return name.strip(), read_limit(amount)


def read_limit(text: str) -> int | None:
    """A daily limit in micro-units; None where it says `none`."""
    return None if text.strip().lower() == "none" else parse_units(text, decimals=6)


def check_limits(profile: Profile, credit_limit_micros: int, max_callbacks: int) -> None:
    """Malformed where an account like this may not have these limits."""
    if credit_limit_micros < 0 or max_callbacks < 0:
        raise Malformed("a credit limit and a number of callbacks are not negative")
    if profile.type is AccountType.PREPAID and credit_limit_micros:
        raise Malformed("a prepaid account has no credit limit")
