"""The history of calls: looked through, searched, and taken along as a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.portal.files import KINDS, call_file
from chalicelib.progress import reason
from chalicelib.refusals import Misentered
from chalicelib.routes import query_of
from switchboard.billing.periods import midnight
from switchboard.desk.history import Sought, find_calls
from switchboard.errors import Refusal

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filters:
    """What a customer looks for, as it was entered: the first day, the last one, a number."""

    first: str = ""
    last: str = ""
    number: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        return cls(*(asked.get(name, "").strip()[:40] for name in ("from", "to", "number")))

    @property
    def query(self) -> str:
        """The same in an address."""
        fields = {"from": self.first, "to": self.last, "number": self.number}
        return urlencode({name: text for name, text in fields.items() if text})

    def sought(self, customer: Customer) -> Sought:
        """Malformed where a day is none, or a number has no digits."""
        zone = customer.account.profile.time_zone
        first, last = (_day(customer, text) for text in (self.first, self.last))
        digits = "".join(one for one in self.number if one.isascii() and one.isdigit())
        if self.number and not digits:
            raise Misentered(customer.reader.say("Write digits of the number that you look for."))
        # Local numbers are written with a zero that has no place in E.164.
        return Sought(
            None if first is None else _midnight(first, zone),
            None if last is None else _midnight(last + timedelta(days=1), zone),
            digits.lstrip("0"),
        )


@for_customer
def show_calls(customer: Customer) -> Response:
    return _page(customer)


@for_customer
def export_calls(customer: Customer) -> Response:
    asked = query_of(customer.request)
    try:
        sought = Filters.of(asked).sought(customer)
        return call_file(customer, sought, asked.get("kind", ""), names_of(customer))
    except Misentered as refusal:
        return _page(customer, refusal)


def _page(customer: Customer, refusal: Refusal | None = None) -> Response:
    """The calls that are looked for, and why they cannot be had as a file."""
    asked = query_of(customer.request)
    filters = Filters.of(asked)
    shown: dict[str, object] = {"filters": filters, "reason": reason, "kinds": KINDS}
    none: dict[str, object] = {"calls": [], "older": None, "names": {}}
    try:
        sought = filters.sought(customer)
        cursor = asked.get("cursor")
        page = find_calls(customer.ports, customer.id, sought, limit=PAGE, cursor=cursor)
    except Refusal as wrong:
        return customer.page("portal/calls.html", {**shown, **none}, refusal=wrong)
    names = names_of(customer)
    found: dict[str, object] = {"calls": page.items, "older": page.cursor, "names": names}
    return customer.page("portal/calls.html", {**shown, **found}, refusal=refusal)


def names_of(customer: Customer) -> Mapping[str, str]:
    """What the phone book calls a number."""
    book = customer.ports.phone_books.get(customer.id)
    return {str(number): name for name, number in book.names.items()}


def _day(customer: Customer, text: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if not 1970 <= day.year < 3000:
        raise Misentered(customer.reader.say("Write a day like 2026-01-31."))
    return day


def _midnight(on: date, zone: str) -> datetime:
    return midnight(on, zone).astimezone(UTC)
