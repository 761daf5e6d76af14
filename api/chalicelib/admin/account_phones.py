"""The phone book of an account, a phone that is confirmed by a code, and the whole statement."""

from collections.abc import Callable, Mapping

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.admin.forms import Entered, Field, FormsOf, ask
from chalicelib.translation import mark
from switchboard.desk.callback_numbers import CodeMaker
from switchboard.desk.office import accounts
from switchboard.desk.office import phone_books as office
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber, parse_number

Lines = Mapping[str, PhoneNumber | None]


def add_to(pages: Pages) -> None:
    """The statement, and the forms."""
    pages.show("/admin/accounts/{id}/statement", show_statement)
    pages.ask("/admin/accounts/{id}/phone-book", change_phone_book)
    pages.ask("/admin/accounts/{id}/confirm-phone", confirm_phone)


def show_statement(console: Console) -> Response:
    ports, by, name = console.ports, console.by, console.part("id")
    balance = accounts.find_account(ports, by, name).balance
    return console.show(
        "admin/statement.html",
        title=mark("Statement"),
        crumbs=crumbs_of(name),
        currency=balance.currency,
        page=accounts.movements_of(ports, by, name, limit=ROWS, cursor=console.cursor),
    )


def change_phone_book(console: Console) -> Response:
    name = console.part("id")
    country = accounts.find_account(console.ports, console.by, name).profile.country
    kept = office.show_phone_book(console.ports, console.by, name).lines()

    def act(entered: Entered) -> Response:
        lines: Lines = {**dict.fromkeys(entered.get("remove", ())), **(entered["lines"] or {})}
        names = {line: number for line, number in lines.items() if not line.startswith("*")}
        dials = {_key(line): number for line, number in lines.items() if line.startswith("*")}
        office.set_lines(console.ports, console.by, name, names=names, dials=dials)
        return console.go(path_of(name), console.say(mark("The phone book was changed.")))

    added = Field(
        "lines",
        mark("Add or change"),
        "lines",
        longest=40_000,
        read=lambda text: _lines(text, country),
        hint=mark("One a line, like Mum=+442071234567, or *1=+442071234567 for a speed dial."),
    )
    choices = [(line, f"{line}: {number}") for line, number in kept.items()]
    removed = Field("remove", mark("Take away"), "checks", choices=choices)
    form = _forms(name, office.set_lines).form(
        mark("Phone book"), mark("Save"), fields=(added, removed) if kept else (added,)
    )
    return ask(console, form, act)


def confirm_phone(console: Console) -> Response:
    name = console.part("id")
    country = accounts.find_account(console.ports, console.by, name).profile.country

    def act(entered: Entered) -> Mapping[str, object]:
        maker = CodeMaker(console.wiring.settings.pin_key)
        call = office.call_for_code(console.ports, console.by, maker, name, entered["number"])
        return {"call": call}

    number = Field(
        "number",
        mark("Phone"),
        "tel",
        required=True,
        longest=40,
        read=lambda text: parse_number(text, country),
    )
    text = mark(
        "The phone is rung, at no cost to the account, and the customer keys in the code that is"
        " shown here then. After that it is one of the account's phones."
    )
    form = _forms(name, office.call_for_code).form(
        mark("Confirm a phone"), mark("Ring it"), text, (number,)
    )
    return ask(console, form, act, template="admin/confirm_phone.html", call=None)


def _forms(name: str, use_case: Callable[..., object]) -> FormsOf:
    return FormsOf(path_of(name), crumbs_of(name), use_case)


def _lines(text: str, country: str) -> Lines:
    """The lines of a text, each with its number."""
    lines = [line for line in text.splitlines() if line.strip()]
    return dict(_line(line.strip(), country) for line in lines)


def _line(line: str, country: str) -> tuple[str, PhoneNumber]:
    name, equals, number = line.rpartition("=")
    if not equals:
        raise Malformed(f"“{line[:40]}”: write it like Mum=+442071234567")
    if name.startswith("*"):
        name = f"*{_key(name.strip())}"
    return name.strip(), parse_number(number, country)


def _key(line: str) -> int:
    digits = line[1:]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 2):
        raise Malformed(f"“{line[:40]}” is no speed dial: they are *1 to *99")
    return int(digits)
