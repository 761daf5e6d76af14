"""Accounts from files and to files; nothing of a refused file is opened."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from switchboard.billing.account import Account, AccountType, Profile
from switchboard.billing.account_file import (
    AccountFile,
    AccountReading,
    AccountRow,
    read_accounts,
    write_account,
)
from switchboard.desk.accounts import Terms, all_accounts, check_limits, open_account
from switchboard.desk.catalogue import Offers
from switchboard.desk.trunks import check_payer
from switchboard.errors import Malformed, NotFound, Refusal
from switchboard.ledger.entries import EntryKind
from switchboard.ledger.spend import ALL
from switchboard.ports import Ports
from switchboard.tables.cells import BadRow, BadRows, Cell, Worksheet

MAX_CALLBACKS = 5
# How many rows are done, of how many, and what is done with them.
Tell = Callable[[int, int, str], object]


@dataclass(frozen=True, slots=True)
class AccountsReport:
    """What a file opens, or would: `unchanged` are there already as the file says."""

    file: AccountFile
    opened: tuple[str, ...]
    unchanged: tuple[str, ...]
    bad: tuple[BadRow, ...]
    imported: bool


@dataclass(frozen=True, slots=True)
class Watch:
    """Who is told how far an import is, and of each account that it opened."""

    tell: Tell = lambda _done, _total, _doing: None
    opened: Callable[[Account], object] = lambda _account: None


def import_accounts(
    ports: Ports,
    worksheets: Iterable[Worksheet],
    how: AccountReading,
    *,
    sheet: str | None = None,
    owner: str | None = None,
    hidden: frozenset[str] = frozenset(),
    dry_run: bool = False,
    good_rows: bool = False,
    watch: Watch = Watch(),
) -> AccountsReport:
    """Open the accounts of a file, each opening balance as a journal entry; `sheet` prices those
    whose row names none, `owner` has them, and there are no `hidden` sheets. The same file again
    opens nothing twice, and finishes what an import that was cut off began.

    BadRows names every row that is no account, or is one that is there and differs: then
    nothing is opened, unless `good_rows` are taken whatever the others are. A dry run refuses no
    row: it reports them.
    """
    file = read_accounts(worksheets, how)
    plan = _Plan(ports, how, sheet, owner, hidden, Offers.read(ports))
    bad = list(file.bad)
    for number, row in enumerate(file.rows):
        watch.tell(number, len(file.rows), "checking rows")
        bad += filter(None, [plan.add(row)])
    if bad and not (dry_run or good_rows):
        raise BadRows(_by_line(bad))
    refused = {} if dry_run else _open_all(ports, plan.opening, watch, good_rows=good_rows)
    return AccountsReport(
        file=file,
        opened=tuple(row.account for row, _ in plan.opening if row.account not in refused),
        unchanged=tuple(plan.unchanged),
        bad=_by_line([*bad, *refused.values()]),
        imported=not dry_run,
    )


def _open_all(
    ports: Ports, opening: Sequence[tuple[AccountRow, Profile]], watch: Watch, *, good_rows: bool
) -> dict[str, BadRow]:
    """The accounts that are refused nevertheless; the first one is raised, unless `good_rows`."""
    refused = {}
    for number, (row, profile) in enumerate(opening):
        watch.tell(number, len(opening), "opening accounts")
        try:
            watch.opened(open_account(ports, profile, _terms(row)))
        except Refusal as refusal:
            # Another has taken its number, or its id, since it was checked.
            if not good_rows:
                raise
            refused[row.account] = BadRow(row.line, refusal.message)
    return refused


def export_accounts(ports: Ports) -> Iterator[list[Cell]]:
    """Every account under the canonical columns, by id, without its PIN and its password."""
    now = ports.clock.now()
    return (write_account(account, now) for account in all_accounts(ports))


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be opened; looks at what is there once."""

    ports: Ports
    how: AccountReading
    sheet: str | None
    owner: str | None
    hidden: frozenset[str]
    offers: Offers
    opening: list[tuple[AccountRow, Profile]] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    _known: dict[str, Account] = field(default_factory=dict)
    _lines: dict[str, int] = field(default_factory=dict)
    _owners: dict[str, str] = field(default_factory=dict)
    _currencies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for account in self.ports.accounts.all():
            self._known[account.profile.account] = account
            self._own(account.profile)

    def add(self, row: AccountRow) -> BadRow | None:
        """Plan a row; what is wrong with it, where something is."""
        try:
            first = self._lines.setdefault(row.account, row.line)
            if first != row.line:
                raise Malformed(f"account {row.account} stands in line {first} already")
            known = self._known.get(row.account)
            if known is None:
                profile = self._profile(row)
                self._own(profile)
                self.opening.append((row, profile))
            else:
                self._check_same(row, known)
                self.unchanged.append(row.account)
        except Refusal as refusal:
            return BadRow(row.line, refusal.message)
        return None

    def _profile(self, row: AccountRow) -> Profile:
        """The profile of a new account."""
        sheet = row.sheet or self.sheet
        if sheet is None:
            raise Malformed("there is no rate sheet: name one in the file, or for all (--sheet)")
        currency = self._currency(sheet)
        credit_micros = row.credit_limit_micros or 0
        # Nobody gives credit to those who pay before.
        usual = AccountType.POSTPAID if credit_micros else AccountType.PREPAID
        given: dict[str, Any] = {
            "name": row.account,
            "currency": currency,
            "country": self.how.country,
            "type": usual,
            "owner": self.owner,
            **row.profile,
        }
        profile = Profile(account=row.account, sheet=sheet, **given)
        if profile.currency != currency:
            raise Malformed(f"sheet {sheet} is in {currency}, the account in {profile.currency}")
        check_limits(profile, credit_micros, row.max_callbacks or 0)
        if profile.type is AccountType.PREPAID and (row.balance_micros or 0) < 0:
            raise Malformed("a prepaid account does not begin below zero")
        if (row.daily_limit_micros or 0) < 0:
            raise Malformed("a daily limit is not negative")
        if row.plan is None:
            return profile
        self.offers.check_plan(row.plan, profile.currency)
        return profile.with_plan(row.plan, self.ports.clock.now())

    def _currency(self, sheet: str) -> str:
        if sheet in self.hidden:
            raise NotFound(f"there is no rate sheet {sheet}")
        if sheet not in self._currencies:
            currency = self.ports.sheets.current(sheet).terms.currency
            check_payer(self.ports, currency)
            self._currencies[sheet] = currency
        return self._currencies[sheet]

    def _own(self, profile: Profile) -> None:
        """Malformed where a number, the login or the PIN is another's."""
        marks = {f"number {number}": f"{number} acts" for number in profile.numbers}
        if profile.login is not None:
            marks[f"login {profile.login}"] = f"login {profile.login} signs in"
        if profile.pin_hash is not None:
            marks[f"pin {profile.pin_hash}"] = "its PIN is taken; it acts"
        for mark, says in marks.items():
            owner = self._owners.setdefault(mark, profile.account)
            if owner != profile.account:
                # Whose it is, is nothing for whoever has accounts of their own only.
                whose = f"account {owner}" if self.owner is None else "another account"
                raise Malformed(f"{says} for {whose} already")

    def _check_same(self, row: AccountRow, known: Account) -> None:
        """Malformed where an account is there, and not as the row says."""
        profile, balance, now = known.profile, known.balance, self.ports.clock.now()
        if self.owner not in (None, profile.owner):
            raise Malformed(f"there is an account {row.account} already")
        pairs: dict[str, tuple[object, object]] = {
            **{name: (value, getattr(profile, name)) for name, value in row.profile.items()},
            "sheet": (row.sheet, profile.sheet_at(now)),
            "plan": (row.plan, profile.plan_at(now)),
            "credit_limit": (row.credit_limit_micros, balance.credit_limit_micros),
            "daily_limit": (row.daily_limit_micros, balance.limits.get(ALL)),
            "max_callbacks": (row.max_callbacks, balance.max_callbacks),
            "status": (row.active, balance.active),
        }
        differs = [name for name, (said, is_now) in pairs.items() if said not in (None, is_now)]
        if row.balance_micros not in (None, balance.posted_micros, self._begun_with(row)):
            differs.append("balance")
        if differs:
            raise Malformed(
                f"account {row.account} is there already, and differs in: {', '.join(differs)}"
            )

    def _begun_with(self, row: AccountRow) -> int:
        opened = (
            entry.amount_micros
            for entry in self.ports.books.entries(row.account)
            if entry.kind is EntryKind.OPENING
        )
        return next(opened, 0)


def _by_line(rows: Iterable[BadRow]) -> tuple[BadRow, ...]:
    return tuple(sorted(rows, key=lambda row: row.line))


def _terms(row: AccountRow) -> Terms:
    limit = row.daily_limit_micros
    return Terms(
        opening_micros=row.balance_micros or 0,
        credit_limit_micros=row.credit_limit_micros or 0,
        max_callbacks=MAX_CALLBACKS if row.max_callbacks is None else row.max_callbacks,
        limits={} if limit is None else {ALL: limit},
        active=row.active is not False,
    )
