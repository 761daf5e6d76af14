"""Calls as files for customers: spreadsheets, text, and a PDF."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from chalice.app import Response

from chalicelib.portal.customer import Customer
from chalicelib.progress import clock_face, reason
from chalicelib.readers import Reader
from chalicelib.refusals import Misentered
from chalicelib.translation import mark
from chalicelib.wiring import table_file
from switchboard.calls.cdr import Cdr
from switchboard.desk.history import MoreCalls, Sought, all_calls
from switchboard.errors import Malformed
from switchboard.tables.cells import Cell, scaled

# What a Lambda makes within a few seconds, and may send.
MOST_CALLS = 10_000
MOST_CALLS_IN_PDF = 5_000
TOO_MANY = mark(
    "There are more than %(most)s calls in these days: choose fewer days, and take the calls along"
    " part by part."
)
PDF = "pdf"
KINDS: Mapping[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    PDF: "application/pdf",
}


def call_file(customer: Customer, sought: Sought, kind: str, names: Mapping[str, str]) -> Response:
    """These calls as a file of this kind. Malformed where the kind is none of ours, Misentered
    where there are too many calls within their days."""
    if kind not in KINDS:
        raise Malformed("this kind of file is none of ours")
    most = MOST_CALLS_IN_PDF if kind == PDF else MOST_CALLS
    calls = all_calls(customer.ports, customer.id, sought, among=most)
    try:
        content = _content(customer, calls, kind, names)
    except MoreCalls:
        raise Misentered(customer.reader.say(TOO_MANY, most=f"{most:,}")) from None
    name = f"{customer.id}-calls.{kind}"
    headers: dict[str, str | list[str]] = {
        "Content-Type": KINDS[kind],
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(content, headers)


def _content(
    customer: Customer, calls: Iterator[Cdr], kind: str, names: Mapping[str, str]
) -> bytes:
    if kind == PDF:
        from chalicelib.portal.call_pdf import call_pdf  # 0.1 s that no other page needs

        return call_pdf(customer, calls)
    reader = customer.reader
    return table_file(kind, _header(reader), (_row(reader, names, cdr) for cdr in calls))


def _header(reader: Reader) -> Sequence[str]:
    return [
        reader.say("Time"),
        reader.say("Your phone"),
        reader.say("The other phone"),
        reader.say("Name"),
        reader.say("Talked"),
        reader.say("Seconds"),
        reader.say("How it ended"),
        reader.say("Cost"),
        reader.say("Currency"),
    ]


def _row(reader: Reader, names: Mapping[str, str], cdr: Cdr) -> Sequence[Cell]:
    customer = "" if cdr.customer is None else str(cdr.customer.number)
    destinations = list(_destinations(cdr))
    return [
        f"{reader.local(cdr.requested_at):%Y-%m-%d %H:%M:%S}",
        customer,
        ", ".join(destinations),
        ", ".join(names[number] for number in destinations if number in names),
        clock_face(cdr.talked_s),
        Decimal(cdr.talked_s),
        reader.say(reason(cdr.verdict)),
        scaled(cdr.settlement.total_micros, 6),
        cdr.currency,
    ]


def _destinations(cdr: Cdr) -> Iterator[str]:
    legs = [leg for leg in cdr.legs if leg is not cdr.customer]
    yield from dict.fromkeys(str(leg.number) for leg in legs)
