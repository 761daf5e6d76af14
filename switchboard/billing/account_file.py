"""Files of accounts: their columns (design §8), what a row says, and an account as a row."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from switchboard.billing.account import Account, AccountType, check_id
from switchboard.errors import Malformed
from switchboard.ledger.spend import ALL
from switchboard.money import check_currency
from switchboard.numbering import PhoneNumber, check_country, parse_number
from switchboard.tables.amounts import DecimalMark, decimal_mark, units_of
from switchboard.tables.cells import BadRow, Cell, Worksheet, scaled, text_of
from switchboard.tables.header import MOST_LINES_ABOVE, Header, Record, find_table, records
from switchboard.tables.vocabulary import Vocabulary

COLUMNS = tuple(
    "account name email type currency balance credit_limit status sheet plan pin login numbers"
    " default_number max_callbacks daily_limit time_zone language country loss_guard".split()
)
# More are told of none.
MOST_COLUMNS = 100
# In imports only.
LAST_NAME = "last_name"
ACCOUNTS = Vocabulary(
    fields=(*COLUMNS, LAST_NAME),
    required=("account",),
    aliases={
        "account": "account id|account number|account name|customer id|customer number|id",
        "name": "customer|customer name|full name|company|first name",
        LAST_NAME: "surname|family name",
        "email": "e mail|mail|email address",
        "type": "account type|billing type|payment type",
        "balance": "opening balance|current balance|credit|funds",
        "credit_limit": "creditlimit|credit line|overdraft",
        "status": "state|account status",
        "sheet": "rate sheet|rates|tariff|rate table|price list",
        "plan": "rate plan|package",
        "login": "username|user name|user|web login",
        "numbers": """phones|phone numbers|caller ids|caller id|cli|ani|mobile|phone|phone number
            |telephone""",
        "default_number": "default phone|callback number",
        "max_callbacks": "concurrent calls|max calls|max concurrent calls|channels",
        "daily_limit": "daily spend limit|limit per day",
        "time_zone": "timezone",
        "language": "lang",
        "country": "country code|home country",
        "loss_guard": "loss protection|profit guarantee",
    },
    dear=frozenset({"account", "balance", "credit_limit"}),
)
AMOUNTS = ("balance", "credit_limit", "daily_limit")
_ACTIVE = frozenset("active enabled open yes 1".split())
_BLOCKED = frozenset("blocked disabled suspended inactive closed no 0".split())
_YES = frozenset("yes on true 1".split())
_NO = frozenset("no off false 0".split())
_NOT_SAID = ("", None, ())
_WHOLE = re.compile(r"[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class AccountRow:
    """What a row says of an account; what it leaves open is not in `profile`, or None."""

    line: int
    account: str
    profile: Mapping[str, Any] = field(default_factory=dict, repr=False)
    sheet: str | None = None
    plan: str | None = None
    balance_micros: int | None = None
    credit_limit_micros: int | None = None
    daily_limit_micros: int | None = None
    max_callbacks: int | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class AccountReading:
    """How a file of accounts is read: columns mapped by hand (`exact`: no others are taken), the
    decimal mark, where numbers are at home whose row names no country, and how PINs are kept (None:
    they cannot be)."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    exact: bool = False
    decimal: DecimalMark | None = None
    country: str = "US"
    hash_pin: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class AccountFile:
    """What a file says. `names` are the file's names for our columns."""

    names: Mapping[str, str]
    ignored: tuple[str, ...]
    rows: tuple[AccountRow, ...]
    bad: tuple[BadRow, ...]


def read_accounts(worksheets: Iterable[Worksheet], how: AccountReading) -> AccountFile:
    """The rows of the first worksheet with a header that names an account. Malformed where there
    is none, or where a column contradicts itself."""
    _, header, below = find_table(worksheets, ACCOUNTS, how.mapping)
    if how.exact:
        header = header.only(how.mapping)
    found = list(records(header, below))
    reader = _Reader(how, _marks(header, found, how.decimal))
    rows: list[AccountRow] = []
    bad: list[BadRow] = []
    for record in found:
        try:
            if record.fault:
                raise Malformed(record.fault)
            rows.append(reader.row(record))
        except Malformed as refusal:
            bad.append(BadRow(record.line, refusal.message))
    if not found:
        raise Malformed("the file has no accounts")
    return AccountFile(header.names, header.ignored, tuple(rows), tuple(bad))


@dataclass(frozen=True, slots=True)
class Look:
    """What a file begins with: its columns, and those that are known to be one of our fields."""

    columns: tuple[str, ...]
    names: Mapping[str, str]


def look_at(worksheets: Iterable[Worksheet]) -> Look:
    """What the file calls its columns. Malformed where it is empty, or cannot be read."""
    heads = [
        Worksheet(worksheet.name, list(islice(worksheet.rows, MOST_LINES_ABOVE)))
        for worksheet in worksheets
    ]
    try:
        _, header, _ = find_table(heads, ACCOUNTS, {})
    except Malformed:
        rows = [row for head in heads for row in head.rows]
        if not rows:
            raise
        widest = max(rows, key=lambda row: len(row.cells))
        names = (" ".join(text_of(cell).split()) for cell in widest.cells)
        columns = tuple(dict.fromkeys(filter(None, names)))[:MOST_COLUMNS]
        known = {name: ACCOUNTS.field_named(name) for name in columns}
        return Look(columns, {field[0]: name for name, field in known.items() if field})
    return Look((*header.names.values(), *header.ignored)[:MOST_COLUMNS], header.names)


def write_account(account: Account, now: datetime) -> list[Cell]:
    """The cells of an account under the columns: no PIN, and no password."""
    profile, balance = account.profile, account.balance
    limit = balance.limits.get(ALL)
    cells: dict[str, Cell | None] = {
        "account": profile.account,
        "name": profile.name,
        "email": profile.email,
        "type": profile.type.value,
        "currency": balance.currency,
        "balance": _number(balance.posted_micros),
        "credit_limit": _number(balance.credit_limit_micros),
        "status": "active" if balance.active else "blocked",
        "sheet": profile.sheet_at(now),
        "plan": profile.plan_at(now) or profile.first_plan,
        "pin": None,
        "login": profile.login,
        "numbers": ", ".join(map(str, profile.numbers)),
        "default_number": None if profile.default_number is None else str(profile.default_number),
        "max_callbacks": Decimal(balance.max_callbacks),
        "daily_limit": None if limit is None else _number(limit),
        "time_zone": profile.time_zone,
        "language": profile.language,
        "country": profile.country,
        "loss_guard": "yes" if profile.loss_guard else "no",
    }
    return [cell if (cell := cells[column]) is not None else "" for column in COLUMNS]


def _number(micros: int) -> Decimal:
    return scaled(micros, 6)


def _marks(
    header: Header, found: Sequence[Record], told: DecimalMark | None
) -> dict[str, DecimalMark]:
    return {
        name: told
        or decimal_mark(
            f"the column “{header.names[name]}”",
            ((record.line, record.cells[name]) for record in found if record.cells),
        )
        for name in AMOUNTS
        if name in header.names
    }


class _Reader:
    """Reads rows whose columns are known."""

    def __init__(self, how: AccountReading, marks: Mapping[str, DecimalMark]) -> None:
        self._how = how
        self._marks = marks

    def row(self, record: Record) -> AccountRow:
        """What a row says. Malformed where one of its cells cannot be read."""
        texts = {name: text_of(cell) for name, cell in record.cells.items()}
        if not texts["account"]:
            raise Malformed("there is no account")
        status = texts.get("status", "").lower()
        if status and status not in _ACTIVE | _BLOCKED:
            raise Malformed(f"status: “{status[:20]}” is neither active nor blocked")
        return AccountRow(
            line=record.line,
            account=check_id("account", texts["account"]),
            profile={name: value for name, value in self._profile(texts) if value not in _NOT_SAID},
            sheet=texts.get("sheet") or None,
            plan=texts.get("plan") or None,
            balance_micros=self._micros(record, "balance"),
            credit_limit_micros=self._micros(record, "credit_limit"),
            daily_limit_micros=self._micros(record, "daily_limit"),
            max_callbacks=_whole(texts, "max_callbacks"),
            active=status in _ACTIVE if status else None,
        )

    def _profile(self, texts: Mapping[str, str]) -> Iterator[tuple[str, object]]:
        """Fields of a profile and their values; an empty one is not said."""
        country = check_country(texts["country"]) if texts.get("country") else ""
        yield "country", country
        yield "name", f"{texts.get('name', '')} {texts.get(LAST_NAME, '')}".strip()
        yield "type", _type(texts.get("type", ""))
        yield "currency", check_currency(texts["currency"]) if texts.get("currency") else ""
        for name in ("email", "login", "time_zone", "language"):
            yield name, texts.get(name, "")
        yield "numbers", self._numbers(texts, country or self._how.country)
        yield "pin_hash", self._pin_hash(texts.get("pin", ""))
        yield "loss_guard", _yes_or_no(texts, "loss_guard")

    def _numbers(self, texts: Mapping[str, str], home: str) -> tuple[PhoneNumber, ...]:
        """The numbers, the default one first."""
        listed = re.split(r"[,;|\n]", texts.get("numbers", ""))
        written = [texts.get("default_number", ""), *listed]
        numbers = (parse_number(text, home) for text in written if text.strip())
        return tuple(dict.fromkeys(numbers))

    def _pin_hash(self, pin: str) -> str:
        if not pin:
            return ""
        if self._how.hash_pin is None:
            raise Malformed("pin: there is no key that PINs are kept by")
        return self._how.hash_pin(pin)

    def _micros(self, record: Record, name: str) -> int | None:
        cell = record.cells.get(name, "")
        if cell == "":
            return None
        try:
            currency = text_of(record.cells.get("currency", "")).upper() or None
            return units_of(cell, self._marks[name], decimals=6, currency=currency)
        except Malformed as refusal:
            raise Malformed(f"{name}: {refusal.message}") from None


def _type(text: str) -> AccountType | None:
    if not text:
        return None
    try:
        return AccountType(text.lower())
    except ValueError:
        raise Malformed(f"type: “{text[:20]}” is neither prepaid nor postpaid") from None


def _yes_or_no(texts: Mapping[str, str], name: str) -> bool | None:
    text = texts.get(name, "").lower()
    if text and text not in _YES | _NO:
        raise Malformed(f"{name}: “{text[:20]}” is neither yes nor no")
    return text in _YES if text else None


def _whole(texts: Mapping[str, str], name: str) -> int | None:
    text = texts.get(name, "")
    if not text:
        return None
    if not _WHOLE.fullmatch(text):
        raise Malformed(f"{name}: “{text[:20]}” is not a whole number")
    return int(text)
