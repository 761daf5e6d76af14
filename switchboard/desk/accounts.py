"""Accounts: opened, topped up, blocked, signed in to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchboard.billing.account import Account, AccountType, Profile
from switchboard.errors import Conflict, Malformed, NotSignedIn
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.money import Money, check_currency
from switchboard.numbering import PhoneNumber
from switchboard.ports import Passwords, Ports


@dataclass(frozen=True, slots=True)
class Terms:
    """What an account may do with its money: its opening balance, how far below zero it may go
    (postpaid only), and how many callbacks it may have at once."""

    opening_micros: int = 0
    credit_limit_micros: int = 0
    max_callbacks: int = 5


def open_account(ports: Ports, profile: Profile, terms: Terms) -> Account:
    """A new account, its opening balance entered in the journal. The sheet must exist and be in
    the account's currency."""
    check_currency(profile.currency)
    if terms.opening_micros < 0 and profile.type is AccountType.PREPAID:
        raise Malformed("a prepaid account does not begin below zero")
    _check_sheet(ports, profile)
    _check_limits(profile, terms.credit_limit_micros, terms.max_callbacks)
    balance = Balance(
        account=profile.account,
        currency=profile.currency,
        avail_micros=terms.credit_limit_micros,
        credit_limit_micros=terms.credit_limit_micros,
        max_callbacks=terms.max_callbacks,
    )
    ports.accounts.open(profile, balance)
    if terms.opening_micros:
        opening = Money(profile.currency, terms.opening_micros)
        enter(ports, profile.account, opening, EntryKind.OPENING, reference="balance")
    return ports.accounts.get(profile.account)


def enter(
    ports: Ports, account: str, amount: Money, kind: EntryKind, *, reference: str, note: str = ""
) -> Account:
    """The account after a credit, or a charge where the amount is negative. The same kind and
    reference are entered once, however often they are sent; with another amount: Conflict."""
    balance = ports.books.balance(account)
    if amount.currency != balance.currency:
        raise Malformed(f"the account is in {balance.currency}, not in {amount.currency}")
    identity = f"{kind.value}#{reference}"
    now = ports.clock.now()
    entry = JournalEntry(account, identity, kind, amount.currency, amount.micros, now, note)
    if not ports.books.enter(entry):
        kept = next(known for known in ports.books.entries(account) if known.identity == identity)
        if kept.amount_micros != amount.micros:
            raise Conflict(f"{identity} was entered before with another amount")
    return ports.accounts.get(account)


def top_up(ports: Ports, account: str, amount: Money, *, reference: str, note: str = "") -> Account:
    """The account after a payment; the same reference is credited once. More than nothing."""
    if amount.micros <= 0:
        raise Malformed("a top-up is more than nothing")
    return enter(ports, account, amount, EntryKind.TOP_UP, reference=reference, note=note)


def set_limits(
    ports: Ports, account: str, *, credit_limit_micros: int | None, max_callbacks: int | None
) -> Account:
    """The account with another credit limit, another number of callbacks at once, or both."""
    for _ in range(20):
        known = ports.accounts.get(account)
        limit_micros = (
            known.balance.credit_limit_micros
            if credit_limit_micros is None
            else credit_limit_micros
        )
        callbacks = known.balance.max_callbacks if max_callbacks is None else max_callbacks
        _check_limits(known.profile, limit_micros, callbacks)
        if ports.books.set_limits(
            known.balance, credit_limit_micros=limit_micros, max_callbacks=callbacks
        ):
            return ports.accounts.get(account)
    raise Conflict("the account is being changed by somebody else")


@dataclass(frozen=True, slots=True)
class Changes:
    """What to change of a profile; None leaves a thing as it is."""

    name: str | None = None
    sheet: str | None = None
    country: str | None = None
    login: str | None = None
    password_hash: str | None = None
    add_numbers: tuple[PhoneNumber, ...] = ()
    remove_numbers: tuple[PhoneNumber, ...] = ()


def change_profile(ports: Ports, account: str, changes: Changes) -> Account:
    """The account with its profile changed. A sheet must exist and be in the account's currency;
    AlreadyExists where a number or the login is somebody else's."""
    old = ports.accounts.get(account).profile
    kept = [number for number in old.numbers if number not in changes.remove_numbers]
    new = replace(
        old,
        name=changes.name or old.name,
        sheet=changes.sheet or old.sheet,
        country=changes.country or old.country,
        login=changes.login or old.login,
        password_hash=changes.password_hash or old.password_hash,
        numbers=tuple(dict.fromkeys([*kept, *changes.add_numbers])),
    )
    _check_sheet(ports, new)
    if new != old:
        ports.accounts.change(old, new)
    return ports.accounts.get(account)


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


def _check_sheet(ports: Ports, profile: Profile) -> None:
    currency = ports.sheets.current(profile.sheet).terms.currency
    if currency != profile.currency:
        raise Malformed(
            f"sheet {profile.sheet} is in {currency}, the account in {profile.currency}"
        )


def _check_limits(profile: Profile, credit_limit_micros: int, max_callbacks: int) -> None:
    if credit_limit_micros < 0 or max_callbacks < 0:
        raise Malformed("a credit limit and a number of callbacks are not negative")
    if profile.type is AccountType.PREPAID and credit_limit_micros:
        raise Malformed("a prepaid account has no credit limit")
