"""A new account, opened in the console."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.account import ACCOUNTS, path_of
from chalicelib.admin.account_fields import (
    limit_fields,
    profile_changes,
    profile_fields,
    sheet_field,
    sign_in_changes,
    sign_in_fields,
    type_field,
)
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import Entered, Field, FormsOf, ask
from chalicelib.translation import mark
from switchboard.billing.account import AccountType, Profile, check_id
from switchboard.desk.accounts import Terms
from switchboard.desk.office import accounts as office
from switchboard.desk.pins import currency_of
from switchboard.desk.profiles import changed
from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.numbering import check_country

USUAL = Terms()


def add_to(pages: Pages) -> None:
    """The form."""
    pages.ask("/admin/new-account", open_account)


def open_account(console: Console) -> Response:
    console.by.check(office.CHANGE_ACCOUNTS)
    blank = _blank(console)

    def act(entered: Entered) -> Response:
        account = _profile(console, blank, entered)
        office.open_account(console.ports, console.by, account, _terms(entered))
        said = console.say(mark("%(account)s was opened."), account=account.account)
        return console.go(path_of(account.account), said)

    forms = FormsOf(ACCOUNTS[1], [ACCOUNTS], office.open_account)
    form = forms.form(mark("New account"), mark("Open"), fields=_fields(console, blank))
    return ask(console, form, act)


def _blank(console: Console) -> Profile:
    """A profile of nobody, in the country that was entered: its phones are read as there."""
    blank = Profile("new", "", "USD", "")
    try:
        return replace(blank, country=check_country(console.form.text("country")))
    except Malformed:
        return blank


def _fields(console: Console, blank: Profile) -> tuple[Field, ...]:
    sheets = office.choices_for_accounts(console.ports, console.by).sheets
    name = Field(
        "account",
        mark("Id"),
        required=True,
        longest=64,
        read=lambda text: check_id("account", text),
        hint=mark("Small letters, digits, dots, dashes. It is never changed."),
    )
    terms: tuple[Field, ...] = (type_field(AccountType.PREPAID), sheet_field(sheets))
    if console.by.may(office.CHANGE_MONEY):
        terms += (
            Field(
                "balance",
                mark("Opening balance"),
                value="0.00",
                required=True,
                longest=20,
                read=lambda text: parse_units(text, decimals=6),
                hint=mark("In the currency of the rate sheet."),
            ),
            *limit_fields("0.00", USUAL.max_callbacks),
        )
    return (name, *profile_fields(console, blank), *terms, *sign_in_fields(blank))


def _profile(console: Console, blank: Profile, entered: Entered) -> Profile:
    now, sheet = console.ports.clock.now(), entered["sheet"]
    new = replace(
        blank,
        account=entered["account"],
        currency=currency_of(console.ports, sheet, None),
        sheet=sheet,
        type=AccountType(entered["type"]),
    )
    known = changed(new, profile_changes(new, entered), now)
    return changed(known, sign_in_changes(console, entered), now)


def _terms(entered: Entered) -> Terms:
    if "balance" not in entered:
        return USUAL
    return Terms(
        opening_micros=entered["balance"],
        credit_limit_micros=entered["credit_limit"],
        max_callbacks=entered["max_callbacks"],
    )
