"""The money of accounts: payments, corrections and the statement."""

from chalicelib.office.account_bodies import Correction, Movement, OfficeAccount, Payment
from chalicelib.office.accounts import account_shown, known_account
from chalicelib.office.bodies import Part, page_of
from chalicelib.office.request import OfficeRequest
from chalicelib.office.route import Route
from switchboard.desk import statement
from switchboard.desk.office import accounts as office
from switchboard.money import Money, format_micros
from switchboard.wire import Body, instant


def top_up(request: OfficeRequest) -> Body:
    name, asked = known_account(request).profile.account, request.body
    amount = Money.parse(asked.amount, asked.currency)
    account = office.top_up(
        request.ports, request.by, name, amount, reference=request.key, note=asked.note
    )
    return account_shown(request, account)


def correct(request: OfficeRequest) -> Body:
    name, asked = known_account(request).profile.account, request.body
    amount = Money.parse(asked.amount, asked.currency)
    account = office.correct(
        request.ports, request.by, name, amount, reference=request.key, note=asked.note
    )
    return account_shown(request, account)


def show_statement(request: OfficeRequest) -> Body:
    name = request.part("account")
    currency = office.find_account(request.ports, request.by, name).balance.currency
    page = office.movements_of(request.ports, request.by, name, **request.part_of_list)
    return request.listed(page, lambda movement: _movement_shown(movement, currency))


def _movement_shown(movement: statement.Movement, currency: str) -> Body:
    entry, call = movement.entry, movement.call
    return {
        "at": instant(movement.at),
        "kind": "call" if entry is None else entry.kind.value,
        "amount": format_micros(movement.micros),
        "balance": format_micros(movement.after_micros),
        "currency": currency,
        "note": "" if entry is None else entry.note,
        "entry": None if entry is None else entry.identity,
        "callback": None if call is None else call.callback,
    }


ROUTES = (
    Route(
        "POST",
        "/accounts/{account}/top-ups",
        top_up,
        (office.find_account, office.top_up),
        "Credit a payment",
        OfficeAccount,
        body=Payment,
        example={"amount": "25.00", "currency": "EUR", "note": "bank transfer"},
        refused_with=(409,),
        key=True,
    ),
    Route(
        "POST",
        "/accounts/{account}/corrections",
        correct,
        (office.find_account, office.correct),
        "Correct a balance, up or down, by an entry of its own",
        OfficeAccount,
        body=Correction,
        example={"amount": "-0.50", "currency": "EUR", "note": "entered twice"},
        refused_with=(402, 409),
        key=True,
    ),
    Route(
        "GET",
        "/accounts/{account}/statement",
        show_statement,
        (office.find_account, office.movements_of),
        "List what moved a balance, newest first",
        page_of(Movement),
        query=Part,
    ),
)
