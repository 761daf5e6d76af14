"""Accounts from a file: uploaded, its columns named, checked by a job, and imported by another."""

from collections.abc import Sequence

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.jobs import JOBS, go_to, path_of
from chalicelib.admin.uploads import UploadFor, ask_for_file, uploaded
from chalicelib.translation import mark
from switchboard.billing.account_file import COLUMNS, LAST_NAME, Look, look_at
from switchboard.desk.office import account_imports as office
from switchboard.desk.office.account_imports import FileOfAccounts
from switchboard.errors import Malformed
from switchboard.numbering import check_country
from switchboard.tables.amounts import DecimalMark

ACCOUNTS = (mark("Accounts"), "/admin/accounts")
PATH = "/admin/import-accounts"
TITLE = mark("Import accounts")
# What a column of a file can be.
FIELDS = {
    "account": mark("Account"),
    "name": mark("Name"),
    LAST_NAME: mark("Last name"),
    "email": mark("E-mail"),
    "type": mark("Type"),
    "currency": mark("Currency"),
    "balance": mark("Opening balance"),
    "credit_limit": mark("Credit limit"),
    "status": mark("Status"),
    "sheet": mark("Rate sheet"),
    "plan": mark("Plan"),
    "pin": mark("PIN"),
    "login": mark("Login"),
    "numbers": mark("Phones"),
    "default_number": mark("Default phone"),
    "max_callbacks": mark("Callbacks at once"),
    "daily_limit": mark("Daily limit"),
    "time_zone": mark("Time zone"),
    "language": mark("Language"),
    "country": mark("Country"),
    "loss_guard": mark("Loss guard"),
}
DECIMALS = (
    (DecimalMark.POINT.value, mark("Point: 1,234.50")),
    (DecimalMark.COMMA.value, mark("Comma: 1.234,50")),
)
assert FIELDS.keys() == {*COLUMNS, LAST_NAME}, "every column of a file has a name"


def add_to(pages: Pages) -> None:
    """The steps."""
    pages.show(PATH, upload)
    pages.ask(f"{PATH}/{{upload}}", name_columns)
    pages.ask("/admin/confirm-import/{check}", confirm)


def upload(console: Console) -> Response:
    office.sheets_for_import(console.ports, console.by)
    text = mark(
        "A row is an account, under a header that names the columns. Nothing is opened before you"
        " have seen what would be."
    )
    return ask_for_file(console, UploadFor(TITLE, PATH, text, ACCOUNTS[1], [ACCOUNTS]))


def name_columns(console: Console) -> Response:
    sheets = office.sheets_for_import(console.ports, console.by)
    name = console.part("upload")
    with uploaded(console, name) as worksheets:
        look = look_at(worksheets)

    def act(entered: Entered) -> Response:
        file = FileOfAccounts(
            name,
            _named(look, entered),
            entered["home_sheet"] or None,
            entered["home_country"],
            DecimalMark(entered["decimal"]) if entered["decimal"] else None,
        )
        return go_to(
            console,
            office.start_account_check(console.ports, console.by, file, token=entered[NONCE]),
        )

    text = mark("What is in which column of the file?")
    fields = (*_columns(look), *_for_all(sheets))
    form = AskFor(TITLE, mark("Check the file"), fields, text, back=PATH, crumbs=[ACCOUNTS])
    return ask(console, form, act)


def confirm(console: Console) -> Response:
    checked = office.find_account_check(console.ports, console.by, console.part("check"))

    def act(_entered: Entered) -> Response:
        job = office.start_account_import(console.ports, console.by, checked.id)
        return go_to(console, job)

    text = console.say(
        mark(
            "Accounts that are opened: %(opens)s. Rows that are not taken: %(bad)s. Opening"
            " balances are entered into the journal."
        ),
        opens=f"{checked.report.counts['opens']:,}",
        bad=f"{checked.report.bad:,}",
    )
    back = path_of(checked)
    form = AskFor(TITLE, mark("Import"), text=text, back=back, crumbs=[ACCOUNTS, JOBS])
    return ask(console, form, act)


def _columns(look: Look) -> tuple[Field, ...]:
    known = {column: name for name, column in look.names.items()}
    choices = tuple(FIELDS.items())
    unset = mark("Not imported")
    return tuple(
        Field(
            f"column-{place}", column, "select", known.get(column, ""), choices=choices, unset=unset
        )
        for place, column in enumerate(look.columns)
    )


def _named(look: Look, entered: Entered) -> dict[str, str]:
    """The columns that are imported, by their fields."""
    columns: dict[str, str] = {}
    for place, column in enumerate(look.columns):
        name = entered[f"column-{place}"]
        if name in columns:
            raise Malformed(f"“{columns[name]}” and “{column}” cannot both be the {name}")
        if name:
            columns[name] = column
    if "account" not in columns:
        raise Malformed("say which column is the account")
    return columns


def _for_all(sheets: Sequence[str]) -> tuple[Field, ...]:
    return (
        Field(
            "home_sheet",
            mark("Rate sheet of rows that name none"),
            "select",
            choices=[(one, one) for one in sheets],
        ),
        Field(
            "home_country",
            mark("Country of rows that name none"),
            value="US",
            required=True,
            longest=2,
            read=lambda text: check_country(text.upper()),
            hint=mark("Two letters, like GB: where phone numbers without a country are at home."),
        ),
        Field(
            "decimal",
            mark("Decimal mark"),
            "select",
            choices=DECIMALS,
            unset=mark("As the file shows"),
        ),
    )
