"""What is asked for of a service number, part by part, and what it means."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta

from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.admin.reading import international, lines_of, seconds, whole
from chalicelib.translation import mark
from switchboard.billing.account import check_language, check_time_zone
from switchboard.billing.opening_hours import OpeningHours, format_opening, parse_opening
from switchboard.billing.service_number import RingsBack, ServiceMode, ServiceNumber, WhenClosed
from switchboard.calls.manners import Manners

MODES: Choices = (
    ("ani", mark("By caller ID")),
    ("did", mark("By the number: a DID of one account")),
    ("pin", mark("By a PIN")),
    ("ani-or-pin", mark("By caller ID, or by a PIN where that is not known")),
)
RINGS_BACK: Choices = (
    ("caller", mark("The phone that rang")),
    ("default-number", mark("The first phone of the account")),
)
WHEN_CLOSED: Choices = (
    ("queue", mark("They are called when it opens")),
    ("refuse", mark("Nothing: nobody is called")),
)
MANNERS = {
    "confirm": mark("The customer presses 1 first"),
    "tell_balance": mark("The balance is told"),
    "tell_limit": mark("How long they can talk is told"),
    "ask_next": mark("The next number is asked for"),
    "show_number": mark("The destination sees who calls"),
}
SAID = {None: "", True: "yes", False: "no"}
YES_NO: Choices = (("yes", mark("yes")), ("no", mark("no")))


@dataclass(frozen=True, slots=True)
class Part:
    """One part of what can be said of a number: its form, and what is made of it."""

    title: str
    fields: Callable[[ServiceNumber], tuple[Field, ...]]
    changed: Callable[[Entered, ServiceNumber], ServiceNumber]


def payer_fields(service: ServiceNumber) -> tuple[Field, ...]:
    """Who pays, who is rung, and when."""
    rings = "" if service.rings is None else str(service.rings)
    return (
        _select("mode", mark("Who pays is known"), service.mode.value, MODES),
        Field(
            "account",
            mark("Account"),
            value=service.account or "",
            longest=64,
            hint=mark("Whose DID it is; else who pays until a PIN is known. None by caller ID."),
        ),
        Field(
            "rings",
            mark("Phone that a DID rings"),
            "tel",
            value=rings,
            longest=40,
            read=international,
            hint=mark("Like +442071234567."),
        ),
        _select("rings_back", mark("Who is called back"), service.rings_back.value, RINGS_BACK),
        _seconds("delay", mark("Seconds before the call"), service.delay, _DELAY),
        _seconds("quiet", mark("Seconds of quiet"), service.quiet, _QUIET),
        Field(
            "retries",
            mark("Tried again"),
            "number",
            value=str(service.retries),
            required=True,
            longest=2,
            read=whole,
            hint=mark("Times, where the customer is not reached."),
        ),
        _seconds("retry_after", mark("Seconds before each retry"), service.retry_after),
    )


def with_payer(entered: Entered, service: ServiceNumber) -> ServiceNumber:
    """The number with what those fields say."""
    return replace(
        service,
        mode=ServiceMode(entered["mode"]),
        account=entered["account"] or None,
        rings=entered["rings"] or None,
        rings_back=RingsBack(entered["rings_back"]),
        delay=entered["delay"],
        quiet=entered["quiet"],
        retries=entered["retries"],
        retry_after=entered["retry_after"],
    )


def opening_fields(hours: OpeningHours | None) -> tuple[Field, ...]:
    """When something is open, by whose clocks."""
    windows = () if hours is None else tuple(map(format_opening, hours.windows))
    return (
        Field(
            "hours",
            mark("Opening hours"),
            "lines",
            value="\n".join(windows),
            longest=2000,
            read=lambda text: tuple(map(parse_opening, lines_of(text))),
            hint=mark("Like mon-fri 09:00-17:00, one a line; empty: always open."),
        ),
        Field(
            "time_zone",
            mark("Time zone"),
            value="UTC" if hours is None else hours.time_zone,
            required=True,
            longest=64,
            read=check_time_zone,
            hint=mark("By whose clocks, like Europe/London."),
        ),
    )


def opening_of(entered: Entered) -> OpeningHours | None:
    """What those fields say; None is always."""
    windows = entered["hours"]
    return OpeningHours(windows, entered["time_zone"]) if windows else None


def hour_fields(service: ServiceNumber) -> tuple[Field, ...]:
    """When it takes orders."""
    return (
        *opening_fields(service.hours),
        _select(
            "when_closed",
            mark("Who rings out of hours"),
            service.when_closed.value,
            WHEN_CLOSED,
        ),
    )


def with_hours(entered: Entered, service: ServiceNumber) -> ServiceNumber:
    """The number with what those fields say."""
    when_closed = WhenClosed(entered["when_closed"])
    return replace(service, hours=opening_of(entered), when_closed=when_closed)


def speech_fields(service: ServiceNumber) -> tuple[Field, ...]:
    """How customers are spoken to."""
    return (
        Field(
            "language",
            mark("Language"),
            value=service.language or "",
            longest=8,
            read=check_language,
            hint=mark("Like fr; empty: that of the account."),
        ),
        Field(
            "languages",
            mark("Languages that callers choose by key"),
            value=", ".join(service.languages),
            read=lambda text: tuple(text.replace(",", " ").split()),
            hint=mark("Like en, fr, es, in this order; empty: they are not asked."),
        ),
        switch(
            "asks_account", mark("An account number is asked for with a PIN"), service.asks_account
        ),
        *manner_fields(service.manners),
    )


def with_speech(entered: Entered, service: ServiceNumber) -> ServiceNumber:
    """The number with what those fields say."""
    return replace(
        service,
        language=entered["language"] or None,
        languages=entered["languages"] or (),
        asks_account=entered["asks_account"],
        manners=manners_of(entered),
    )


def manner_fields(manners: Manners) -> tuple[Field, ...]:
    """What customers are asked and told: yes, no or as usual."""
    said = asdict(manners)
    return tuple(
        Field(name, label, "select", value=SAID[said[name]], choices=YES_NO, unset=_USUAL)
        for name, label in MANNERS.items()
    )


def manners_of(entered: Entered) -> Manners:
    """What those fields say."""
    return Manners(**{name: entered[name] == "yes" for name in MANNERS if entered[name]})


PAYER = Part(mark("Payer and rings"), payer_fields, with_payer)
HOURS = Part(mark("Opening hours"), hour_fields, with_hours)
SPEECH = Part(mark("Speech"), speech_fields, with_speech)
_DELAY = mark("The caller's line becomes free in them.")
_QUIET = mark("Another ring of the same caller within them is the same.")
_USUAL = mark("as usual")


def _select(name: str, label: str, value: str, choices: Choices) -> Field:
    return Field(name, label, "select", value=value, choices=choices, required=True)


def _seconds(name: str, label: str, span: timedelta, hint: str = "") -> Field:
    value = f"{span.total_seconds():g}"
    return Field(name, label, value=value, required=True, longest=10, read=seconds, hint=hint)
