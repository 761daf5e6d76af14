"""Rate sheets: the list, the page of one with its rates, its terms, and what a call costs by it."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.rate_deeds import publish
from chalicelib.admin.rate_fields import (
    charge_fields,
    charges_of,
    derivation_fields,
    read_instant,
    terms_change,
    terms_fields,
)
from chalicelib.admin.reading import international, whole
from chalicelib.admin.sheet_paths import SHEETS, crumbs_of, path_of, sheet_in
from chalicelib.translation import mark
from switchboard.desk.office import rates as office
from switchboard.desk.office.rate_deeds import ChangeTerms, DeriveSheet
from switchboard.desk.office.rate_drafts import find_draft
from switchboard.desk.office.rates import Known
from switchboard.desk.rates import TermsChange
from switchboard.errors import Refusal
from switchboard.money import check_currency
from switchboard.rating.quote import LONGEST_TALK_S
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import Derivation, SheetTerms, check_sheet_name
from switchboard.wire.forms import exact
from switchboard.wire.rates import rate_body, sheet_body

LONGEST_SOUGHT = 80


def add_to(pages: Pages) -> None:
    """The list of sheets, the page of one, and the forms of its terms."""
    pages.show("/admin/rates", show_sheets)
    pages.ask("/admin/new-sheet", add)
    pages.show("/admin/rates/{sheet}", show_sheet)
    pages.ask("/admin/rates/{sheet}/terms", edit_terms)
    pages.ask("/admin/rates/{sheet}/defaults", edit_defaults)
    pages.ask("/admin/rates/{sheet}/derive", derive)
    pages.ask("/admin/rates/{sheet}/derivation", edit_derivation)
    pages.show("/admin/rates/{sheet}/quote", show_quote)


def show_sheets(console: Console) -> Response:
    page = office.list_sheets(console.ports, console.by, limit=ROWS, cursor=console.cursor)
    return console.show("admin/rate_sheets.html", title=SHEETS[0], page=page, path_of=path_of)


def show_sheet(console: Console) -> Response:
    known = find_sheet(console)
    sheet, sought = known.sheet, console.query.get("q", "")[:LONGEST_SOUGHT]
    ports, by, cursor = console.ports, console.by, console.cursor
    page = office.rates_of(ports, by, sheet.name, sought, limit=ROWS, cursor=cursor)
    return console.show(
        "admin/rate_sheet.html",
        title=sheet.name,
        crumbs=[SHEETS],
        known=known,
        draft=find_draft(ports, by, sheet.name),
        terms=sheet_body(sheet),
        sought=sought,
        page=page,
        rates=[(found, rate_body(found.row, sheet.terms)) for found in page.items],
        path_of=path_of,
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        name = entered["name"]
        terms = terms_change(entered).over(SheetTerms(entered["currency"]))
        office.add_sheet(console.ports, console.by, name, terms)
        return console.go(path_of(name), console.say(mark("%(name)s was added."), name=name))

    fields = (
        Field("name", mark("Name"), required=True, longest=100, read=check_sheet_name),
        Field(
            "currency",
            mark("Currency"),
            required=True,
            longest=3,
            read=check_currency,
            hint=mark("Like EUR; it never changes."),
        ),
        *terms_fields(SheetTerms("USD")),
    )
    text = mark("It has no rates at first: import a deck, or add them one by one.")
    form = AskFor(
        mark("New rate sheet"),
        mark("Add"),
        fields,
        text,
        back=SHEETS[1],
        crumbs=[SHEETS],
        use_case=office.add_sheet,
    )
    return ask(console, form, act)


def edit_terms(console: Console) -> Response:
    sheet = open_sheet(console)
    fields = terms_fields(sheet.terms)
    if sheet.terms.derivation is not None:
        # Inherited windows go by the clocks of the base.
        fields = tuple(one for one in fields if one.name not in {"time_zone", "holidays"})

    def change(entered: Entered) -> TermsChange:
        kept = {"time_zone": sheet.terms.time_zone, "holidays": sheet.terms.holidays}
        return terms_change({**kept, **entered})

    return _change_terms(console, sheet, mark("Terms"), fields, change)


def edit_defaults(console: Console) -> Response:
    sheet = open_sheet(console)
    terms = sheet.terms
    fields = tuple(charge_fields(terms.defaults, terms.currency))

    def change(entered: Entered) -> TermsChange:
        return TermsChange(all_defaults=charges_of(entered))

    title = mark("What rates charge that do not say so themselves")
    return _change_terms(console, sheet, title, fields, change)


def derive(console: Console) -> Response:
    base = open_sheet(console)

    def act(entered: Entered) -> Response:
        name = entered["name"]
        derivation = Derivation(base.name, entered["multiplier"], entered["addition"])
        change = TermsChange(customer_leg_percent=entered["customer_leg_percent"])
        return publish(console, name, DeriveSheet(derivation, change), entered[NONCE])

    percent = base.terms.customer_leg_percent
    fields = (
        Field("name", mark("Name"), required=True, longest=100, read=check_sheet_name),
        *derivation_fields(Derivation(base.name), base.terms.currency),
        Field(
            "customer_leg_percent",
            mark("Customer's own phone, percent"),
            "number",
            str(percent),
            required=True,
            longest=4,
            read=whole,
        ),
    )
    text = mark(
        "The new sheet takes its rates from this one, now and whenever this one is published. Rates"
        " of its own stand above them. A sheet that is there already keeps its own rates and terms."
    )
    form = _form(base.name, mark("Derive a sheet"), mark("Publish"), fields, text)
    return ask(console, replace(form, use_case=office.derive_sheet), act)


def edit_derivation(console: Console) -> Response:
    sheet = open_sheet(console)
    derivation = sheet.terms.derivation or Derivation("")
    names = [name for name in office.sheet_names(console.ports, console.by) if name != sheet.name]

    def act(entered: Entered) -> Response:
        new = Derivation(entered["base"], entered["multiplier"], entered["addition"])
        return publish(console, sheet.name, DeriveSheet(new, TermsChange()), entered[NONCE])

    base = Field(
        "base",
        mark("Derives from"),
        "select",
        derivation.base,
        choices=[(name, name) for name in names],
        required=True,
    )
    fields = (base, *derivation_fields(derivation, sheet.terms.currency))
    text = mark("Its own rates stand above those of the base, which are taken anew.")
    form = _form(sheet.name, mark("Derivation"), mark("Publish"), fields, text)
    return ask(console, replace(form, use_case=office.derive_sheet), act)


def show_quote(console: Console) -> Response:
    sheet = open_sheet(console)
    asked, found, problem = console.query, None, ""
    if asked.get("number"):
        try:
            found = office.quote(
                console.ports,
                console.by,
                sheet.name,
                international(asked["number"]),
                min(whole(asked.get("seconds") or "60"), LONGEST_TALK_S),
                read_instant(asked["at"], sheet.terms) if asked.get("at") else None,
            )
        except Refusal as refusal:
            problem = refusal.message
    return console.show(
        "admin/rate_quote.html",
        title=mark("What a call costs"),
        crumbs=crumbs_of(sheet.name),
        sheet=sheet,
        found=found,
        problem=problem,
        exact=exact,
        units=lambda amount, price: exact(Fraction(amount, 10**price.decimals)),
    )


def find_sheet(console: Console) -> Known:
    """The sheet of the path. NotFound where there is none."""
    return office.find_sheet(console.ports, console.by, sheet_in(console))


def open_sheet(console: Console) -> RateSheet:
    """The sheet of the path, and nothing of what uses it. NotFound where there is none."""
    return office.open_sheet(console.ports, console.by, sheet_in(console))


def _change_terms(
    console: Console,
    sheet: RateSheet,
    title: str,
    fields: tuple[Field, ...],
    change: Callable[[Entered], TermsChange],
) -> Response:

    def act(entered: Entered) -> Response:
        return publish(console, sheet.name, ChangeTerms(change(entered)), entered[NONCE])

    form = _form(sheet.name, title, mark("Publish"), fields)
    form = replace(form, use_case=office.change_terms)
    return ask(console, form, act, template="admin/rate_form.html", on=sheet.version, folded=())


def _form(name: str, title: str, button: str, fields: tuple[Field, ...], text: str = "") -> AskFor:
    return AskFor(title, button, fields, text, back=path_of(name), crumbs=crumbs_of(name))
