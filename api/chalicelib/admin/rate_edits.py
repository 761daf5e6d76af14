"""Rates of a sheet, edited: those of one prefix, or many at once."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import uuid4

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.rate_compare import price
from chalicelib.admin.rate_deeds import ON, publish, put_into_draft
from chalicelib.admin.rate_fields import (
    USUAL,
    amount_field,
    percent_field,
    read_prefix,
    row_fields,
    row_of,
    since_field,
)
from chalicelib.admin.reading import lines_of, whole
from chalicelib.admin.sheet_paths import crumbs_of, path_of, sheet_in
from chalicelib.translation import mark
from switchboard.desk.office import rates as office
from switchboard.desk.office.rate_deeds import EditRates
from switchboard.desk.office.rate_drafts import drafted_rates, find_draft, preview_change
from switchboard.errors import Malformed, NotFound
from switchboard.rating.columns import CHARGE_COLUMNS
from switchboard.rating.editing import Block, Close, Drop, Edit, Put, Reprice, place_of, row_at
from switchboard.rating.row import RATE_DECIMALS, RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.wire.forms import Body
from switchboard.wire.rates import rate_body

FOLDED = (*(name for name in CHARGE_COLUMNS if name not in USUAL), "weight", "step_from")
# Posted by whoever has seen what will change; and by whoever does not want it in a draft.
SURE, NOW = "sure", "publish"
MOST_BEGINNINGS = 200
# Of what will change, so many are shown before it is published.
MOST_SHOWN = 100


def add_to(pages: Pages) -> None:
    """The rates of a prefix, the forms that edit them, and the one that changes many."""
    pages.ask("/admin/rates/{sheet}/new-rate", add)
    pages.ask("/admin/rates/{sheet}/change-many", change_many)
    pages.show("/admin/rates/{sheet}/prefix/{prefix}", show_prefix)
    pages.ask("/admin/rates/{sheet}/prefix/{prefix}/{place}/edit", edit)
    pages.ask("/admin/rates/{sheet}/prefix/{prefix}/{place}/drop", drop)
    pages.ask("/admin/rates/{sheet}/prefix/{prefix}/close", close)
    pages.ask("/admin/rates/{sheet}/prefix/{prefix}/block", block)
    pages.ask("/admin/rates/{sheet}/prefix/{prefix}/unblock", unblock)


def show_prefix(console: Console) -> Response:
    name, prefix = sheet_in(console), _prefix(console)
    sheet, rows = office.rates_of_prefix(console.ports, console.by, name, prefix)
    draft, drafted = drafted_rates(console.ports, console.by, sheet, prefix)

    def bodies(rows: Sequence[RateRow]) -> list[tuple[str, RateRow, Body]]:
        return [(place_of(row), row, rate_body(row, sheet.terms)) for row in rows]

    return console.show(
        "admin/rate_prefix.html",
        title=f"+{prefix}",
        crumbs=crumbs_of(name),
        sheet=sheet,
        prefix=prefix,
        draft=draft,
        drafted=None if drafted is None else bodies(drafted),
        rates=bodies(rows),
        path_of=path_of,
    )


def add(console: Console) -> Response:
    name, prefix = sheet_in(console), console.query.get("prefix", "")[:15]
    sheet, rows = _rates(console, name, prefix)
    # A further period or step of a prefix is called and charged as the others are, mostly.
    model = replace(rows[0], rate_picos=0) if rows else RateRow("0", 0)
    fields = row_fields(model, sheet.terms, prefix=True)
    fields = tuple(_emptied(one, prefix) for one in fields)

    def made(entered: Entered) -> Edit:
        return Put(row_of(entered, entered["prefix"]))

    text = mark(
        "Several rates of one prefix are its periods, by days, hours or dates, or the steps of a"
        " period, by the second from which they count."
    )
    form = AskFor(mark("Add a rate"), mark("Put into the draft"), fields, text)
    return _edit(console, sheet, form, made, back=path_of(name))


def edit(console: Console) -> Response:
    name, prefix, place = sheet_in(console), _prefix(console), console.part("place")
    sheet, rows = _rates(console, name, prefix)
    row = row_at(rows, prefix, place)
    hint = mark("Empty: at once. With a time, the rate of now counts until then.")
    fields = (since_field(sheet.terms, hint), *row_fields(row, sheet.terms))

    def made(entered: Entered) -> Edit:
        return Put(row_of(entered, prefix), place, entered["since"] or None)

    form = AskFor(mark("Change this rate"), mark("Put into the draft"), fields)
    return _edit(console, sheet, form, made, back=_back(name, prefix))


def drop(console: Console) -> Response:
    name, prefix, place = sheet_in(console), _prefix(console), console.part("place")
    sheet, rows = _rates(console, name, prefix)
    row_at(rows, prefix, place)
    text = mark(
        "At its time the other rates of the prefix count; where there are none, those of a shorter"
        " prefix."
    )
    form = AskFor(mark("Take this rate away"), mark("Put into the draft"), text=text, danger=True)
    return _edit(console, sheet, form, lambda _: Drop(prefix, place), back=_back(name, prefix))


def close(console: Console) -> Response:
    hint = mark("Empty: at once.")
    text = mark(
        "All rates of the prefix end. Its numbers are charged by a shorter prefix then, if there is"
        " one: to have nobody call them, block the prefix."
    )
    return _of_prefix(
        console,
        AskFor(mark("Close this prefix"), mark("Put into the draft"), text=text, danger=True),
        lambda prefix, entered: Close(prefix, entered["since"] or None),
        hint,
    )


def block(console: Console) -> Response:
    text = mark(
        "Once it is published, nobody can call its numbers; a shorter prefix does not count for"
        " them."
    )
    form = AskFor(mark("Block this prefix"), mark("Put into the draft"), text=text, danger=True)
    return _of_prefix(console, form, lambda prefix, _: Block(prefix))


def unblock(console: Console) -> Response:
    text = mark("Its numbers can be called again, at the rates that stand there.")
    form = AskFor(mark("Unblock this prefix"), mark("Put into the draft"), text=text)
    return _of_prefix(console, form, lambda prefix, _: Block(prefix, blocked=False))


def change_many(console: Console) -> Response:
    name = sheet_in(console)
    known = office.find_sheet(console.ports, console.by, name)
    sheet, draft = known.sheet, find_draft(console.ports, console.by, name)

    def act(entered: Entered) -> Response:
        made = Reprice(
            beginnings=entered["beginnings"],
            now=console.ports.clock.now(),
            percent_millionths=entered["percent"] or 0,
            addition_picos=entered["addition"] or 0,
            decimals=RATE_DECIMALS if entered["decimals"] == "" else entered["decimals"],
            since=entered["since"] or None,
        )
        ports, by, on, seen = (
            console.ports,
            console.by,
            console.form.text(ON),
            draft.mark if draft else "",
        )
        if console.form.text(SURE):
            return _do(console, name, made, entered[NONCE], path_of(name))
        return console.show(
            "admin/rate_changes.html",
            title=form.title,
            crumbs=[*crumbs_of(name), (form.title, path_of(name, "change-many"))],
            entered=[(field.name, console.form.text(field.name)) for field in form.fields],
            on=on,
            nonce=uuid4().hex,
            report=(report := preview_change(ports, by, name, made, on=on, mark=seen)),
            moves=list(report.moves)[:MOST_SHOWN],
            price=price,
            derived=known.derived,
            draft=draft,
            sheet=sheet,
        )

    text = mark("What will change is shown before it is done.")
    form = AskFor(
        mark("Change many rates"),
        mark("Show what changes"),
        _many_fields(sheet),
        text,
        back=path_of(name),
        crumbs=crumbs_of(name),
        use_case=office.edit_rates,
    )
    return ask(console, form, act, template="admin/rate_form.html", on=sheet.version, folded=())


def _many_fields(sheet: RateSheet) -> tuple[Field, ...]:
    terms = sheet.terms
    return (
        Field(
            "beginnings",
            mark("Prefixes that begin with"),
            "lines",
            required=True,
            longest=4_000,
            read=_beginnings,
            hint=mark("Like 44 for all of the United Kingdom, one a line."),
        ),
        percent_field("percent", mark("Percent"), mark("Like 5 or -2.5.")),
        amount_field("addition", mark("Plus, a minute"), terms.currency, mark("Like 0.001.")),
        Field(
            "decimals",
            mark("Decimals"),
            "number",
            longest=2,
            read=whole,
            hint=mark("The new rates are rounded up to so many; empty: not rounded."),
        ),
        since_field(terms, mark("Empty: at once. With a time, the rates of now count until then.")),
    )


def _beginnings(text: str) -> tuple[str, ...]:
    found = tuple(map(read_prefix, lines_of(text.replace(",", "\n"))))
    if len(found) > MOST_BEGINNINGS:
        raise Malformed(f"at most {MOST_BEGINNINGS}: import a deck for more")
    return found


def _of_prefix(
    console: Console,
    form: AskFor,
    made: Callable[[str, Entered], Edit],
    since: str = "",
) -> Response:
    name, prefix = sheet_in(console), _prefix(console)
    sheet = office.open_sheet(console.ports, console.by, name)
    fields = (since_field(sheet.terms, since),) if since else ()
    form = replace(form, fields=fields)
    return _edit(
        console, sheet, form, lambda entered: made(prefix, entered), back=_back(name, prefix)
    )


def _edit(
    console: Console,
    sheet: RateSheet,
    form: AskFor,
    made: Callable[[Entered], Edit],
    *,
    back: str,
) -> Response:
    def act(entered: Entered) -> Response:
        return _do(console, sheet.name, made(entered), entered[NONCE], back)

    form = replace(form, back=back, crumbs=crumbs_of(sheet.name), use_case=office.edit_rates)
    return ask(
        console,
        form,
        act,
        template="admin/rate_edit.html",
        sheet=sheet,
        on=sheet.version,
        draft=find_draft(console.ports, console.by, sheet.name),
        path_of=path_of,
        folded=FOLDED,
    )


def _do(console: Console, name: str, edit: Edit, token: str, back: str) -> Response:
    """An edit, put into the draft, or published, where that is asked for."""
    if console.form.text(NOW):
        return publish(console, name, EditRates(edit), token, back)
    return put_into_draft(console, name, edit, token, back)


def _rates(console: Console, name: str, prefix: str) -> tuple[RateSheet, Sequence[RateRow]]:
    """A sheet, and its rates of a prefix as its draft has them."""
    sheet, rows = office.rates_of_prefix(console.ports, console.by, name, prefix)
    _, drafted = drafted_rates(console.ports, console.by, sheet, prefix)
    return sheet, rows if drafted is None else drafted


def _emptied(field: Field, prefix: str) -> Field:
    if field.name == "prefix":
        return replace(field, value=prefix)
    return replace(field, value="") if field.name == "rate" else field


def _prefix(console: Console) -> str:
    """The prefix of the path. NotFound where it can be none."""
    try:
        return read_prefix(console.part("prefix"))
    except Malformed:
        raise NotFound("there is no such page") from None


def _back(name: str, prefix: str) -> str:
    return path_of(name, "prefix", prefix)
