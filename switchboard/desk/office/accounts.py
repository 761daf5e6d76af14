"""Accounts, as operators see and change them."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field, replace

from switchboard.billing.account import Account, AccountType, Profile
from switchboard.calls.callback import Callback
from switchboard.calls.cdr import Cdr
from switchboard.desk import accounts, profiles
from switchboard.desk.accounts import Terms
from switchboard.desk.lockout import one_try
from switchboard.desk.office.known import check_sheet_shown, own_account, shown_sheets
from switchboard.desk.office.rights import log, needs
from switchboard.desk.profiles import Changes
from switchboard.desk.statement import Movement, statement
from switchboard.desk.subscriptions import keep_blocked
from switchboard.errors import NotAllowed, NotANumber
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.money import Money, format_micros
from switchboard.numbering import parse_number
from switchboard.ports import Listing, Page, Ports
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

# Read for one page where a filter lets few of them through.
MOST_PARTS = 10
CHANGE_ACCOUNTS = Right(Area.ACCOUNTS, Action.CHANGE)
CHANGE_MONEY = Right(Area.MONEY, Action.CHANGE)


@dataclass(frozen=True, slots=True)
class Search:
    """Which accounts; what is not said does not matter. A text is the beginning of an id or a name,
    a whole login, or a whole phone number."""

    text: str = ""
    active: bool | None = None
    type: AccountType | None = None
    by_name: bool = False

    def has(self, account: Account) -> bool:
        """Whether an account is of this status and this type."""
        return self.active in (None, account.balance.active) and self.type in (
            None,
            account.profile.type,
        )


@dataclass(frozen=True, slots=True)
class NewLimits:
    """What an account may do with its money from now on; None leaves a limit as it is. Those of a
    day are by scope, where None takes one away."""

    credit_limit_micros: int | None = None
    max_callbacks: int | None = None
    spend: Mapping[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choices:
    """The names of the rate sheets that an account can have, and of the classes of destinations
    that have prefixes of their own."""

    sheets: tuple[str, ...]
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Limits:
    """The same as they are, for the log."""

    credit_limit: Money
    max_callbacks: int
    daily_limits: tuple[str, ...]

    @classmethod
    def of(cls, balance: Balance) -> "_Limits":
        credit = Money(balance.currency, balance.credit_limit_micros)
        daily = [f"{scope} {format_micros(of)}" for scope, of in sorted(balance.limits.items())]
        return cls(credit, balance.max_callbacks, tuple(daily))


@needs(Area.ACCOUNTS, Action.SEE)
def list_accounts(
    ports: Ports, by: Operator, search: Search, *, limit: int, cursor: str | None = None
) -> Page[Account]:
    """A part of the accounts that are searched for. A part may be shorter than the limit, or empty,
    and not the last; what a text finds is one part."""
    owner = by.login if by.role.own_accounts_only else None
    if search.text:
        found = [
            account for account in _found(ports, search.text, limit) if by.has(account.profile)
        ]
        return Page([account for account in found if search.has(account)][:limit], None)
    listing = Listing(owner, by_name=search.by_name)
    kept: list[Account] = []
    for _ in range(MOST_PARTS):
        page = ports.accounts.page(listing, limit=limit - len(kept), cursor=cursor)
        kept += filter(search.has, page.items)
        cursor = page.cursor
        if cursor is None or len(kept) == limit:
            break
    return Page(kept, cursor)


@needs(Area.ACCOUNTS, Action.SEE)
def find_account(ports: Ports, by: Operator, account: str) -> Account:
    """An account. NotFound where there is none, or none for this operator."""
    return own_account(ports, by, account)


@needs(Area.ACCOUNTS, Action.CHANGE, writes=False)
def choices_for_accounts(ports: Ports, by: Operator) -> Choices:
    """What the terms of an account can name."""
    classes = tuple(one.name for one in ports.settings.classes().classes)
    return Choices(tuple(shown_sheets(ports, by)), classes)


@needs(Area.CALLS, Action.SEE)
def calls_of(
    ports: Ports, by: Operator, account: str, *, limit: int, cursor: str | None = None
) -> Page[Cdr]:
    """The calls of an account, newest first."""
    own_account(ports, by, account)
    return ports.books.cdr_page(account, limit=limit, cursor=cursor)


@needs(Area.CALLS, Action.SEE)
def callbacks_of(
    ports: Ports, by: Operator, account: str, *, limit: int, cursor: str | None = None
) -> Page[Callback]:
    """The callbacks of an account, newest first."""
    own_account(ports, by, account)
    return ports.callbacks.recent(account, limit=limit, cursor=cursor)


@needs(Area.MONEY, Action.SEE)
def latest_entries(
    ports: Ports, by: Operator, account: str, *, limit: int
) -> Sequence[JournalEntry]:
    """What was entered last into the journal of an account, newest first."""
    own_account(ports, by, account)
    return ports.books.entry_page(account, limit=limit).items


@needs(Area.MONEY, Action.SEE)
def movements_of(
    ports: Ports, by: Operator, account: str, *, limit: int, cursor: str | None = None
) -> Page[Movement]:
    """The statement of an account: what moved its balance, newest first."""
    return statement(ports, own_account(ports, by, account), limit=limit, cursor=cursor)


@needs(Area.ACCOUNTS, Action.CHANGE)
def open_account(ports: Ports, by: Operator, profile: Profile, terms: Terms) -> Account:
    """A new account; other terms than the usual ones need the right to change money, too. It is
    theirs where an operator has their own accounts only. AlreadyExists where its id, login or a
    number is taken; refuses as the desk's `open_account` does."""
    if terms != Terms():
        by.check(CHANGE_MONEY)
    if by.role.own_accounts_only:
        profile = replace(profile, owner=profile.owner or by.login)
    _check_owner(by, profile.owner)
    check_sheet_shown(ports, by, profile.sheet, *(since.name for since in profile.sheets))
    new = accounts.open_account(ports, profile, terms)
    opened = [
        *changes_between(None, new.profile),
        *changes_between(None, _Limits.of(new.balance)),
        Change("balance", "", str(new.balance.posted)),
    ]
    log(ports, by, "open", f"account {profile.account}", opened)
    return new


@needs(Area.ACCOUNTS, Action.CHANGE)
def block_account(ports: Ports, by: Operator, account: str) -> None:
    """Let an account place no more callbacks, whatever it pays."""
    _set_active(ports, by, account, active=False)


@needs(Area.ACCOUNTS, Action.CHANGE)
def unblock_account(ports: Ports, by: Operator, account: str) -> None:
    """Let an account place callbacks again."""
    _set_active(ports, by, account, active=True)


@needs(Area.MONEY, Action.CHANGE)
def top_up(
    ports: Ports, by: Operator, account: str, amount: Money, *, reference: str, note: str = ""
) -> Account:
    """The account after a payment; the same reference is credited once."""
    own_account(ports, by, account)
    repeated = accounts.was_entered(ports, account, EntryKind.TOP_UP, reference)
    new = accounts.top_up(ports, account, amount, reference=reference, note=note)
    if not repeated:
        _log_money(ports, by, "top up", new, amount, reference)
    return new


@needs(Area.MONEY, Action.CHANGE)
def correct(
    ports: Ports, by: Operator, account: str, amount: Money, *, reference: str, note: str
) -> Account:
    """The account after a correction of its balance, up or down; the same reference counts once."""
    own_account(ports, by, account)
    repeated = accounts.was_entered(ports, account, EntryKind.CORRECTION, reference)
    new = accounts.correct(ports, account, amount, reference=reference, note=note)
    if not repeated:
        _log_money(ports, by, "correct", new, amount, reference)
    return new


@needs(Area.ACCOUNTS, Action.CHANGE)
def change_profile(ports: Ports, by: Operator, account: str, changes: Changes) -> Account:
    """The account with its profile changed. TooOften for who tries many PINs: that one is taken
    tells that it is somebody's."""
    old = own_account(ports, by, account)
    _check_changes(ports, by, old, changes)
    user = f"user {by.login}"
    tries = one_try(ports, user, "the console", says_why=True) if changes.pin_hash else None
    with tries or nullcontext():
        new = profiles.change_profile(ports, account, changes)
    _log_changes(ports, by, old, new)
    return new


@needs(Area.MONEY, Action.CHANGE)
def change_account(
    ports: Ports, by: Operator, account: str, changes: Changes, limits: NewLimits
) -> Account:
    """The account with its profile and its limits changed; where the limits are refused, the
    profile may have been changed."""
    old = own_account(ports, by, account)
    by.check(CHANGE_ACCOUNTS)
    _check_changes(ports, by, old, changes)
    try:
        profiles.change_account(
            ports,
            account,
            changes,
            credit_limit_micros=limits.credit_limit_micros,
            max_callbacks=limits.max_callbacks,
        )
        accounts.set_spend_limits(ports, account, limits.spend)
    finally:
        new = ports.accounts.get(account)
        _log_changes(ports, by, old, new)
    return new


def _log_changes(ports: Ports, by: Operator, old: Account, new: Account) -> None:
    limits = changes_between(_Limits.of(old.balance), _Limits.of(new.balance))
    changes = [*changes_between(old.profile, new.profile), *limits]
    if changes:
        log(ports, by, "change", f"account {new.profile.account}", changes)


def _set_active(ports: Ports, by: Operator, account: str, *, active: bool) -> None:
    old = own_account(ports, by, account)
    if active:
        ports.books.set_active(account, active=True)
    else:
        keep_blocked(ports, account)
    if old.balance.active != active:
        was, became = ("active", "blocked")[:: 1 if old.balance.active else -1]
        deed = "unblock" if active else "block"
        log(ports, by, deed, f"account {account}", [Change("status", was, became)])


def _check_owner(by: Operator, owner: str | None) -> None:
    if by.role.own_accounts_only and owner not in (None, by.login):
        raise NotAllowed("you cannot give away an account of yours")


def _check_changes(ports: Ports, by: Operator, old: Account, changes: Changes) -> None:
    _check_owner(by, changes.owner)
    # The one that an account has, a form sends again.
    if changes.sheet != old.profile.sheet_at(ports.clock.now()):
        check_sheet_shown(ports, by, changes.sheet)


def _log_money(
    ports: Ports, by: Operator, deed: str, new: Account, amount: Money, reference: str
) -> None:
    # What else was charged in the meantime is not of this deed.
    became = new.balance.posted
    was = Money(amount.currency, became.micros - amount.micros)
    changes = [Change("balance", str(was), str(became)), Change("reference", "", reference)]
    log(ports, by, deed, f"account {new.profile.account}", changes)


def _found(ports: Ports, text: str, limit: int) -> list[Account]:
    """Whole logins and numbers first, then ids, then names."""
    ids = [ports.accounts.by_login(text)]
    with suppress(NotANumber):
        ids.append(ports.accounts.by_number(parse_number(text, "US")))
    known = [ports.accounts.get(account) for account in ids if account is not None]
    for listing in (Listing(begins=text.lower()), Listing(by_name=True, begins=text)):
        known += ports.accounts.page(listing, limit=limit, cursor=None).items
    return list({account.profile.account: account for account in known}.values())
