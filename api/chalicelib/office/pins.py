"""Batches of PINs, and vouchers."""

from collections.abc import Callable, Iterable
from datetime import datetime
from secrets import randbelow
from typing import Annotated, Literal
from uuid import uuid4

from pydantic import Field

from chalicelib.bodies import Amount, Currency, Model
from chalicelib.office.bodies import Instant, Name, Part, Sum, Title, page_of
from chalicelib.office.request import OfficeRequest
from chalicelib.office.route import Route
from switchboard.billing import batches
from switchboard.billing.batches import BatchKind
from switchboard.desk.office import pins as office
from switchboard.desk.pins import Issued, Mint, currency_of
from switchboard.money import parse_units
from switchboard.wire import Body, batch_body, voucher_body

# What is made while a client waits; the command makes a million.
MOST_AT_ONCE = 1_000


class Batch(Model):
    """What holds for each account or voucher of a batch, without its PINs."""

    batch: str
    kind: Literal["accounts", "vouchers"]
    status: Literal["making", "ready", "blocked", "discarded"]
    """Only in a ready one PINs are good for anything."""
    count: int
    length: int
    """Digits of a PIN."""
    value: Amount
    currency: Currency
    sheet: str | None
    plan: str | None
    valid_until: datetime | None
    valid_days: int | None
    made_at: datetime


class Pin(Model):
    """An account or a voucher with its PIN."""

    member: str
    pin: str


class BatchWithPins(Batch):
    """A batch that was made, and its PINs: nothing else ever shows them."""

    pins: list[Pin]


class NewBatch(Model):
    """A batch to be made."""

    batch: Annotated[Name, Field(max_length=48)]
    """A name is never used twice."""
    kind: Literal["accounts", "vouchers"]
    count: Annotated[int, Field(ge=1, le=MOST_AT_ONCE)]
    length: Annotated[int, Field(ge=6, le=20)] = 12
    value: Sum = "0"
    """What an account opens with, or a voucher is worth."""
    currency: Currency | None = None
    """That of the sheet where it is left out."""
    sheet: Title | None = None
    plan: Title | None = None
    valid_until: Instant | None = None
    valid_days: Annotated[int | None, Field(ge=1, le=36_500)] = None
    """From the first use."""


class VoucherPin(Model):
    """The PIN of a voucher, which is in no address: those are logged."""

    pin: Annotated[str, Field(min_length=1, max_length=64)]


class Voucher(Model):
    """A voucher and its batch, without its PIN."""

    voucher: str
    redeemed_by: str | None
    """The account; null also where that is none of the user's."""
    redeemed_at: datetime | None
    batch: Batch


def list_batches(request: OfficeRequest) -> Body:
    page = office.list_batches(request.ports, request.by, **request.part_of_list)
    return request.listed(page, batch_body)


def make_batch(request: OfficeRequest) -> Body:
    pins: list[Issued] = []

    def hand_out(issued: Iterable[Issued]) -> None:
        pins.extend(issued)

    mint = Mint(request.wiring.settings.pin_key, randbelow)
    made = office.make_batch(request.ports, request.by, mint, _batch(request), hand_out)
    return {**batch_body(made), "pins": [{"member": one.member, "pin": one.pin} for one in pins]}


def show_batch(request: OfficeRequest) -> Body:
    return batch_body(office.find_batch(request.ports, request.by, request.part("batch")))


def block_batch(request: OfficeRequest) -> Body:
    return _move(request, office.block_batch)


def unblock_batch(request: OfficeRequest) -> Body:
    return _move(request, office.unblock_batch)


def discard_batch(request: OfficeRequest) -> Body:
    return _move(request, office.discard_batch)


def find_voucher(request: OfficeRequest) -> Body:
    key = request.wiring.settings.pin_key
    return voucher_body(*office.find_voucher(request.ports, request.by, key, request.body.pin))


def _move(request: OfficeRequest, use_case: Callable[..., batches.Batch]) -> Body:
    return batch_body(use_case(request.ports, request.by, request.part("batch")))


def _batch(request: OfficeRequest) -> batches.Batch:
    asked: NewBatch = request.body
    return batches.Batch(
        name=asked.batch,
        kind=BatchKind(asked.kind),
        count=asked.count,
        length=asked.length,
        currency=currency_of(request.ports, asked.sheet, asked.currency),
        made_at=request.ports.clock.now(),
        value_micros=parse_units(asked.value, decimals=6),
        sheet=asked.sheet,
        plan=asked.plan,
        valid_until=asked.valid_until,
        valid_days=asked.valid_days,
        run=uuid4().hex,
    )


ROUTES = (
    Route(
        "GET",
        "/batches",
        list_batches,
        (office.list_batches,),
        "List every batch, newest first",
        page_of(Batch),
        query=Part,
    ),
    Route(
        "POST",
        "/batches",
        make_batch,
        (office.make_batch,),
        "Make a small batch, and get its PINs this once",
        BatchWithPins,
        status=201,
        body=NewBatch,
        example={"batch": "spring", "kind": "vouchers", "count": 10, "value": "5.00"},
        refused_with=(404, 409, 422),
        also=(office.EXPORT_PINS,),
    ),
    Route(
        "GET",
        "/batches/{batch}",
        show_batch,
        (office.find_batch,),
        "Show a batch, without its PINs",
        Batch,
    ),
    Route(
        "POST",
        "/batches/{batch}/block",
        block_batch,
        (office.block_batch,),
        "Accept none of its PINs, accounts and vouchers any more",
        Batch,
        refused_with=(409,),
    ),
    Route(
        "POST",
        "/batches/{batch}/unblock",
        unblock_batch,
        (office.unblock_batch,),
        "Accept its PINs, accounts and vouchers again",
        Batch,
        refused_with=(409,),
    ),
    Route(
        "POST",
        "/batches/{batch}/discard",
        discard_batch,
        (office.discard_batch,),
        "Clear away a batch whose making broke off; its name stays used",
        Batch,
        refused_with=(409,),
    ),
    Route(
        "POST",
        "/vouchers/lookups",
        find_voucher,
        (office.find_voucher,),
        "Look a voucher up by its PIN",
        Voucher,
        body=VoucherPin,
        example={"pin": "1234 5678 9012"},
        refused_with=(404, 429),
    ),
)
