"""What API clients send and get, as models: requests are validated by them, and the OpenAPI
document is made of them. `switchboard.wire` makes the answers."""

from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from chalice.app import Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.routes import CALLBACK_ID, query_of
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending
from switchboard.calls.planned import PlanState
from switchboard.errors import Malformed

# Longer than any number that people type, shorter than a novel.
Number = Annotated[
    str,
    Field(max_length=64, examples=["+442071234567"], json_schema_extra={"format": "phone-number"}),
]
INTERNATIONAL = r"^\+[1-9][0-9]{4,14}$"
E164 = Annotated[str, Field(pattern=INTERNATIONAL, examples=["+442071234567"])]
SPEED_DIAL = "^[1-9][0-9]?$"
CODE = "^[0-9]{6}$"
ID = f"^{CALLBACK_ID.pattern}$"
Amount = Annotated[str, Field(pattern=r"^-?[0-9]+\.[0-9]{2,}$", examples=["4.9375"])]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["EUR"])]
Seconds = Annotated[int, Field(ge=0)]
# What an error tells in the place of the library's words, by its type or by the pattern.
NOT_A_TIME = "write a time like 2026-11-23T18:30:00+01:00"
WORDS = {
    INTERNATIONAL: "write a number like +442071234567",
    SPEED_DIAL: "speed dials are 1 to 99",
    CODE: "a code has six digits",
    "datetime_parsing": NOT_A_TIME,
    "datetime_type": NOT_A_TIME,
    "timezone_aware": f"{NOT_A_TIME}: the offset from UTC is missing",
}


class Model(BaseModel):
    """What is not named here is refused."""

    # Built with the first request that needs it: a cold start needs few.
    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, defer_build=True
    )


class SignIn(Model):
    """Whose token is asked for."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: Annotated[str, Field(min_length=1, max_length=256)]


class CallbackOrder(Model):
    """Two phones to connect. Local numbers are read in the account's country."""

    customer: Annotated[Number | None, Field(alias="from")] = None
    """The phone that is rung first; the account's default number where it is left out."""
    destination: Annotated[Number, Field(alias="to")]
    """The phone that it is connected with."""


class QuoteQuery(CallbackOrder):
    """Two phones whose connection has a price."""


class PlannedOrder(CallbackOrder):
    """Two phones to connect, now or at a time to come."""

    at: datetime | None = None
    """When; now where it is left out. Without an offset from UTC it is by the account's clocks."""
    confirm: bool | None = None
    """Whether the phone that is rung first must press 1 before the other one is rung, so that a
    voicemail box does not; as the account has it where it is left out."""


class ListQuery(Model):
    """Which part of a list."""

    cursor: Annotated[str | None, Field(max_length=2048)] = None
    """The cursor of the part before; the newest where it is left out."""
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class CallbacksQuery(ListQuery):
    """Which callbacks."""

    planned: bool = False
    """Those that are planned for a time to come, all of them."""


class NoQuery(Model):
    """Nothing is asked beside the path."""


class Error(Model):
    """Why a request was not met."""

    code: str
    """Stable, for programs."""
    message: str
    """For people."""


class Health(Model):
    """The API and its store answer."""

    status: Literal["ok"]


class Token(Model):
    """To be sent as `Authorization: Bearer`."""

    token: str
    expires_at: datetime


class Verdict(Model):
    """Why a callback ended, and whose doing it was."""

    reason: Ending
    culprit: Culprit


class Callback(Model):
    """An order to connect two phones, and what became of it so far."""

    id: Annotated[str, Field(pattern=ID)]
    status: State | PlanState
    """Those of a callback that is planned for a time to come are planned, started (its time has
    come), cancelled, missed and refused; placed: it became the callback of the same id."""
    customer: Annotated[E164, Field(alias="from")]
    destination: Annotated[E164 | None, Field(alias="to")]
    """Null until the customer has dialled it."""
    at: datetime | None
    """What time it is planned for; null for one that was ordered at once, or was placed."""
    requested_at: datetime
    expires_at: datetime
    """When it is given up, if nothing could ring by then."""
    reached: dict[State, datetime]
    """When it came into each state."""
    ending: Verdict | None


class Charge(Model):
    """What a finished callback cost."""

    amount: Amount
    currency: Currency
    talked_seconds: Seconds


class CallbackWithCharge(Callback):
    """A callback, and what it cost."""

    charge: Charge | None
    """Null until it is settled, and where no phone rang."""


class CallbackPage(Model):
    """A part of a list, newest first."""

    items: list[Callback]
    cursor: str | None
    """Asks for the next part; null at the end."""


class Since(Model):
    """A sheet or a plan, and from when it counts; no name is no plan."""

    name: str | None
    since: Annotated[datetime, Field(alias="from")]


class AccountTerms(Model):
    """Who pays, and what holds for their callbacks."""

    account: str
    name: str
    type: Literal["prepaid", "postpaid"]
    status: Literal["active", "blocked"]
    currency: Currency
    max_callbacks: int
    """How many may be under way at once."""
    sheet: str
    """The rate sheet that prices its callbacks now."""
    plan: str | None
    sheets: list[Since]
    """The rate sheets that followed its first one, or will."""
    plans: list[Since]
    numbers: list[E164]
    default_number: E164 | None
    allowed_prefixes: list[str]
    """Where there are any, nothing else may be called; of all prefixes, the longest decides."""
    forbidden_prefixes: list[str]
    allowed_classes: list[str]
    """Classes of destinations that are blocked for others."""
    country: str
    language: str
    time_zone: str
    """By IANA's names."""
    email: str | None
    tax_id: str | None
    login: str | None
    has_pin: bool
    batch: str | None
    """The batch of PINs that it was made in."""
    first_plan: str | None
    """The plan that begins with its first use, while it was not used."""
    valid_until: datetime | None
    valid_days: Annotated[int | None, Field(ge=1)]
    """For how many days it is valid from its first use, while it was not used."""


class Account(AccountTerms):
    """Who pays, and with what."""

    balance: Amount
    """All that was paid, less all that was charged."""
    held: Amount
    """Set aside for running callbacks."""
    available: Amount
    """What can still be spent: the balance and the credit limit, less what is held."""
    credit_limit: Amount
    daily_limits: dict[str, Amount]
    """What may be spent a day: in `all`, and on classes of destinations."""
    spent_today: dict[str, Amount]
    """What was charged or is held of each limit today, by the account's time zone."""


class LegPrice(Model):
    """How one leg is charged."""

    number: E164
    prefix: str
    destination: str
    per_minute: Amount
    connection_fee: Amount
    initial_seconds: Seconds
    increment_seconds: Seconds


class Quote(Model):
    """The price of a callback: both legs together, and each."""

    currency: Currency
    per_minute: Amount
    connection_fee: Amount
    talk_seconds: Seconds
    """How long the two could talk on what is available now, money and included minutes; a day at
    most."""
    customer: Annotated[LegPrice, Field(alias="from")]
    destination: Annotated[LegPrice, Field(alias="to")]


Asked = TypeVar("Asked", bound=Model)


def read_body(model: type[Asked], request: Request) -> Asked:
    """The JSON body of a request. Malformed names the field that is wrong."""
    try:
        return model.model_validate_json(request.raw_body, strict=True)
    except ValidationError as error:
        raise _malformed(error) from error


def read_query(model: type[Asked], request: Request) -> Asked:
    """The query of a request. Malformed names the parameter that is wrong."""
    try:
        return model.model_validate(query_of(request))
    except ValidationError as error:
        raise _malformed(error) from error


def _malformed(error: ValidationError) -> Malformed:
    first: Any = error.errors(include_url=False, include_input=False)[0]
    # A key of a map stands there twice, the second time as [key].
    field = ".".join(str(part) for part in first["loc"] if part != "[key]")[:60]
    if first["type"] == "extra_forbidden":
        return Malformed(f"there is no field “{field}”")
    if first["type"] == "missing":
        return Malformed(f"“{field}” is missing")
    what = f"“{field}”" if field else "the body"
    broken = first.get("ctx", {}).get("pattern", first["type"])
    words = WORDS.get(broken, first["msg"])
    return Malformed(f"{what}: {words[:1].lower()}{words[1:]}")
