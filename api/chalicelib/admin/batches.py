"""Batches of PINs, and vouchers: made and handed out once, blocked, looked up."""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.exports import file_kind_field
from chalicelib.admin.forms import NONCE, AskFor, Choices, Entered, Field, ask
from chalicelib.admin.jobs import go_to
from chalicelib.admin.reading import day, whole
from chalicelib.translation import mark
from switchboard.billing.batches import Batch, BatchKind
from switchboard.desk.office import pins as office
from switchboard.desk.office.batch_jobs import start_batch
from switchboard.desk.pins import currency_of
from switchboard.errors import Malformed
from switchboard.money import parse_units

BATCHES = (mark("PINs and vouchers"), "/admin/batches")
# What a Lambda makes within minutes; the command makes a million.
MOST_AT_ONCE = 100_000
KINDS: Choices = (("vouchers", mark("Vouchers")), ("accounts", mark("Accounts")))
# The colour of each state that a batch can be in.
STATES = {
    mark("making"): "orange",
    mark("ready"): "green",
    mark("blocked"): "red",
    mark("discarded"): "secondary",
}


def add_to(pages: Pages) -> None:
    """The list of batches, the page of one, its forms, and the search for a voucher."""
    pages.show("/admin/batches", show_batches)
    pages.ask("/admin/new-batch", make)
    pages.show("/admin/batches/{batch}", show_batch)
    pages.ask("/admin/batches/{batch}/block", block)
    pages.ask("/admin/batches/{batch}/unblock", unblock)
    pages.ask("/admin/batches/{batch}/discard", discard)
    pages.ask("/admin/voucher", find_voucher)


def show_batches(console: Console) -> Response:
    page = office.list_batches(console.ports, console.by, limit=ROWS, cursor=console.cursor)
    return console.show("admin/batches.html", title=BATCHES[0], page=page, states=STATES)


def show_batch(console: Console) -> Response:
    batch = office.find_batch(console.ports, console.by, console.part("batch"))
    title, crumbs = batch.name, [BATCHES]
    return console.show("admin/batch.html", title=title, crumbs=crumbs, batch=batch, states=STATES)


def make(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        batch, kind, token = _batch(console, entered), entered["file"], entered[NONCE]
        return go_to(console, start_batch(console.ports, console.by, batch, kind, token=token))

    text = mark(
        "The PINs come in a file, for you alone and for a day: nothing else ever shows them. Delete"
        " it as soon as you have it. Should it be lost, block the batch and make another."
    )
    form = AskFor(
        mark("New batch"),
        mark("Make"),
        _fields(console),
        text,
        back=BATCHES[1],
        crumbs=[BATCHES],
        use_case=office.make_batch,
    )
    return ask(console, form, act)


def block(console: Console) -> Response:
    text = mark(
        "None of its PINs is accepted, no voucher of it is redeemed, and no account of it can call."
        " What was redeemed before stays with its accounts."
    )
    title, button = mark("Block this batch"), mark("Block")
    return _move(console, office.block_batch, title, button, text, danger=True)


def unblock(console: Console) -> Response:
    text = mark("Its PINs, vouchers and accounts are accepted again.")
    title, button = mark("Unblock this batch"), mark("Unblock")
    return _move(console, office.unblock_batch, title, button, text)


def discard(console: Console) -> Response:
    text = mark(
        "Only for a batch whose making broke off: what was made of it is removed. Its name stays"
        " used."
    )
    title, button = mark("Discard this batch"), mark("Discard")
    return _move(console, office.discard_batch, title, button, text, danger=True)


def find_voucher(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        key = console.wiring.settings.pin_key
        voucher, batch = office.find_voucher(console.ports, console.by, key, entered["pin"])
        return console.show(
            "admin/voucher.html",
            title=voucher.voucher,
            crumbs=[BATCHES],
            voucher=voucher,
            batch=batch,
            states=STATES,
        )

    text = mark("Whether it was redeemed, by whom, and whether it still can be.")
    form = AskFor(
        mark("Look up a voucher"),
        mark("Look up"),
        (Field("pin", mark("PIN"), required=True, longest=40),),
        text,
        back=BATCHES[1],
        crumbs=[BATCHES],
        use_case=office.find_voucher,
    )
    return ask(console, form, act)


def _fields(console: Console) -> tuple[Field, ...]:
    ports, by = console.ports, console.by
    sheets, plans = office.sheets_for_pins(ports, by), office.plans_for_pins(ports, by)
    name = f"{ports.clock.now():%Y%m%d-%H%M%S}"
    return (
        Field("kind", mark("Of what"), "select", "vouchers", choices=KINDS, required=True),
        Field("name", mark("Name"), value=name, required=True, longest=48, hint=_NAME),
        Field(
            "count", mark("How many"), "number", required=True, longest=6, read=_count, hint=_MOST
        ),
        _number("length", mark("Digits of a PIN"), "12", mark("6 to 20."), required=True),
        Field("value", mark("Value"), required=True, longest=20, read=_micros, hint=_VALUE),
        Field("currency", mark("Currency"), longest=3, hint=mark("Empty: that of the sheet.")),
        Field(
            "sheet",
            mark("Rate sheet"),
            "select",
            choices=[(one, one) for one in sheets],
            hint=mark("Of the accounts, or that a voucher moves an account to."),
        ),
        Field("plan", mark("Plan"), "select", choices=[(one, one) for one in plans]),
        Field("valid_until", mark("Valid until"), "date", read=day, hint=_UNTIL),
        _number("valid_days", mark("Valid for days"), "", mark("From the first use.")),
        file_kind_field("csv"),
    )


_NAME = mark("A name is never used twice.")
_MOST = mark("At most 100,000 at once; the command makes more.")
_VALUE = mark("What an account opens with, or a voucher is worth, like 10.00.")
_UNTIL = mark("To the beginning of that day (UTC).")


def _number(name: str, label: str, value: str, hint: str, *, required: bool = False) -> Field:
    return Field(name, label, "number", value, hint=hint, required=required, longest=5, read=whole)


def _count(text: str) -> int:
    count = whole(text)
    if not 1 <= count <= MOST_AT_ONCE:
        raise Malformed(f"1 to {MOST_AT_ONCE:,} are made at once")
    return count


def _micros(text: str) -> int:
    return parse_units(text, decimals=6)


def _batch(console: Console, entered: Entered) -> Batch:
    sheet = entered["sheet"] or None
    valid_until: datetime | None = entered["valid_until"] or None
    return Batch(
        name=entered["name"],
        kind=BatchKind(entered["kind"]),
        count=entered["count"],
        length=entered["length"],
        currency=currency_of(console.ports, sheet, entered["currency"].upper()),
        made_at=console.ports.clock.now(),
        value_micros=entered["value"],
        sheet=sheet,
        plan=entered["plan"] or None,
        valid_until=valid_until,
        valid_days=entered["valid_days"] or None,
        run=uuid4().hex,
    )


def _move(
    console: Console,
    use_case: Callable[..., Batch],
    title: str,
    button: str,
    text: str,
    *,
    danger: bool = False,
) -> Response:
    name = office.find_batch(console.ports, console.by, console.part("batch")).name
    back = f"/admin/batches/{name}"

    def act(_entered: Entered) -> Response:
        use_case(console.ports, console.by, name)
        return console.go(back, console.say(mark("%(name)s was changed."), name=name))

    crumbs = [BATCHES, (name, back)]
    form = AskFor(
        title, button, text=text, danger=danger, back=back, crumbs=crumbs, use_case=use_case
    )
    return ask(console, form, act)
