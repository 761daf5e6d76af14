"""Service numbers and DIDs: listed, added, changed, removed."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.bodies import E164
from chalicelib.office.account_bodies import Manners
from chalicelib.office.bodies import Name, Part, Patch, Version, page_of
from chalicelib.office.request import OfficeRequest, versioned
from chalicelib.office.route import Route
from switchboard.billing.opening_hours import OpeningHours, parse_opening
from switchboard.billing.service_number import RingsBack, ServiceMode, ServiceNumber, WhenClosed
from switchboard.calls import manners
from switchboard.desk.office import numbers as office
from switchboard.errors import Malformed, NotANumber, NotFound
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.wire import Body, service_number_body

Mode = Literal["ani", "did", "pin", "ani-or-pin"]
Span = Annotated[float, Field(ge=0, le=3600)]
Opening = Annotated[str, Field(max_length=60, examples=["mon-fri 09:00-17:00"])]
Language = Annotated[str, Field(min_length=1, max_length=8, examples=["en"])]


class NumberSearch(Part):
    """Which numbers."""

    q: Annotated[str, Field(max_length=80)] = ""
    """Some of the digits, or the beginning of an account."""


class OfficeNumber(Manners):
    """A number that customers ring or text."""

    number: E164
    mode: Mode
    """Who pays is known by caller ID, by the number itself, by a PIN, or by one of both."""
    account: str | None
    """Whose DID it is; else who pays until a PIN is known."""
    rings: E164 | None
    """The phone that a DID rings."""
    rings_back: Literal["caller", "default-number"]
    delay_seconds: float
    language: str | None
    hours: list[str] | None
    """Null: always open."""
    time_zone: str | None
    when_closed: Literal["queue", "refuse"]
    retries: int
    retry_after_seconds: float
    suspended: bool
    quiet_seconds: float
    languages: list[str]
    asks_account: bool
    version: Version


class NumberWithRefused(OfficeNumber):
    """A number, and what was refused there."""

    refused_today: dict[str, int]
    """How many rings, by reason (UTC)."""


class NumberChanges(Patch, Manners):
    """What to change of a number."""

    mode: Mode | None = None
    account: Name | None = None
    rings: E164 | None = None
    rings_back: Literal["caller", "default-number"] | None = None
    delay_seconds: Span | None = None
    language: Language | None = None
    hours: Annotated[list[Opening] | None, Field(max_length=50)] = None
    time_zone: Annotated[
        str | None, Field(min_length=1, max_length=64, examples=["Europe/London"])
    ] = None
    """By whose clocks the hours are."""
    when_closed: Literal["queue", "refuse"] | None = None
    retries: Annotated[int | None, Field(ge=0, le=10)] = None
    retry_after_seconds: Span | None = None
    quiet_seconds: Span | None = None
    languages: Annotated[list[Language] | None, Field(max_length=9)] = None
    """Callers choose among them by key."""
    asks_account: bool | None = None


class NewNumber(NumberChanges):
    """A number to be added."""

    number: E164


MAY_MISS = ("account", "language")
ENUMS = {"mode": ServiceMode, "rings_back": RingsBack, "when_closed": WhenClosed}
SPANS = ("delay", "retry_after", "quiet")


def number_shown(service: ServiceNumber) -> Body:
    """A number with its version."""
    return versioned(service_number_body(service))


def list_numbers(request: OfficeRequest) -> Body:
    text = request.query.q.strip()
    page = office.list_numbers(request.ports, request.by, text, **request.part_of_list)
    return request.listed(page, number_shown)


def add_number(request: OfficeRequest) -> Body:
    asked: NewNumber = request.body
    service = _changed(asked, ServiceNumber(parse_number(asked.number, "US")))
    office.add_number(request.ports, request.by, service)
    return number_shown(service)


def show_number(request: OfficeRequest) -> Body:
    service = _known(request)
    refused = office.refused_today(request.ports, request.by, service.number)
    return {**number_shown(service), "refused_today": dict(refused)}


def change_number(request: OfficeRequest) -> Body:
    old = _known(request)
    new = _changed(request.body, old)
    office.change_number(request.ports, request.by, old, new)
    return number_shown(new)


def remove_number(request: OfficeRequest) -> None:
    office.remove_number(request.ports, request.by, _known(request).number)


def _known(request: OfficeRequest) -> ServiceNumber:
    """The number in the path, if it is still what whoever asks knows of it."""
    service = office.find_number(request.ports, request.by, _number(request.part("number")))
    request.check_version(number_shown(service))
    return service


def _number(text: str) -> PhoneNumber:
    try:
        return parse_number(f"+{text.removeprefix('+')}", "US")
    except NotANumber:
        raise NotFound(f"{text} is not a service number") from None


def _changed(asked: NumberChanges, old: ServiceNumber) -> ServiceNumber:
    """The number with what is said of it."""
    said = asked.said()
    given: dict[str, Any] = {name: said[name] for name in MAY_MISS if name in said}
    if "rings" in said:
        given["rings"] = None if asked.rings is None else parse_number(asked.rings, "US")
    for name, kind in ENUMS.items():
        if said.get(name) is not None:
            given[name] = kind(said[name])
    for name in SPANS:
        if said.get(f"{name}_seconds") is not None:
            given[name] = timedelta(milliseconds=round(1000 * said[f"{name}_seconds"]))
    for name in ("retries", "asks_account"):
        if said.get(name) is not None:
            given[name] = said[name]
    if asked.languages is not None:
        given["languages"] = tuple(asked.languages)
    known = asdict(old.manners)
    given["manners"] = manners.Manners(**{name: said.get(name, known[name]) for name in known})
    return replace(old, **given, hours=_hours(asked, old.hours))


def _hours(asked: NumberChanges, old: OpeningHours | None) -> OpeningHours | None:
    if "hours" not in asked.model_fields_set:
        if asked.time_zone is None:
            return old
        if old is None:
            raise Malformed("a time zone is that of opening hours: write them, too")
        return replace(old, time_zone=asked.time_zone)
    if asked.hours is None:
        return None
    zone = asked.time_zone or ("UTC" if old is None else old.time_zone)
    return OpeningHours(tuple(map(parse_opening, asked.hours)), zone)


ROUTES = (
    Route(
        "GET",
        "/numbers",
        list_numbers,
        (office.list_numbers,),
        "List service numbers, or find some",
        page_of(OfficeNumber),
        query=NumberSearch,
    ),
    Route(
        "POST",
        "/numbers",
        add_number,
        (office.add_number,),
        "Add a number that customers ring or text",
        OfficeNumber,
        status=201,
        body=NewNumber,
        example={"number": "+442079460999", "hours": ["mon-fri 09:00-17:00"], "retries": 1},
        refused_with=(404, 409, 422),
    ),
    Route(
        "GET",
        "/numbers/{number}",
        show_number,
        (office.find_number, office.refused_today),
        "Show a number, and what was refused there today",
        NumberWithRefused,
    ),
    Route(
        "PATCH",
        "/numbers/{number}",
        change_number,
        (office.find_number, office.change_number),
        "Change what is named of a number",
        OfficeNumber,
        body=NumberChanges,
        example={"language": "fr", "delay_seconds": 2.5, "confirm": True},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "DELETE",
        "/numbers/{number}",
        remove_number,
        (office.find_number, office.remove_number),
        "Take no more orders through a number",
        None,
        versioned=True,
    ),
)
