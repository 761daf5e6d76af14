"""The REST interface to what customers do for themselves: phones, names, speed dials, vouchers."""

from collections.abc import Iterable

from chalice.app import Request, Response

from chalicelib import self_bodies as bodies
from chalicelib.bearer import read_phone, signed_in
from chalicelib.bodies import Account as AccountShown
from chalicelib.bodies import read_body
from chalicelib.openapi import Operation
from chalicelib.routes import answer, source_of
from chalicelib.wiring import Wiring
from switchboard.billing.account import Account
from switchboard.desk.callback_numbers import (
    By,
    Code,
    arrange_numbers,
    confirm_number,
    text_code,
)
from switchboard.desk.code_calls import call_for_code
from switchboard.desk.phone_books import set_names, set_speed_dials, show_phone_book
from switchboard.desk.vouchers import redeem_online
from switchboard.numbering import PhoneNumber
from switchboard.wire import account_body, instant, numbers_body, phone_book_body, speed_dials_body


@signed_in
def show_names(wiring: Wiring, _request: Request, account_id: str) -> Response:
    return answer(phone_book_body(show_phone_book(wiring.ports, account_id)))


@signed_in
def put_names(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.NamesOrder, request)
    profile = wiring.ports.accounts.get(account_id).profile
    names = {name: read_phone(name[:40], text, profile) for name, text in asked.names.items()}
    return answer(phone_book_body(set_names(wiring.ports, account_id, names)))


@signed_in
def show_speed_dials(wiring: Wiring, _request: Request, account_id: str) -> Response:
    return answer(speed_dials_body(show_phone_book(wiring.ports, account_id)))


@signed_in
def put_speed_dials(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.SpeedDialsOrder, request)
    profile = wiring.ports.accounts.get(account_id).profile
    dials = {int(key): read_phone(key, text, profile) for key, text in asked.speed_dials.items()}
    return answer(speed_dials_body(set_speed_dials(wiring.ports, account_id, dials)))


@signed_in
def show_numbers(wiring: Wiring, _request: Request, account_id: str) -> Response:
    return _numbers(wiring.ports.accounts.get(account_id), ())


@signed_in
def put_numbers(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.NumbersOrder, request)
    account = wiring.ports.accounts.get(account_id)
    known = account.profile.numbers
    wanted = [read_phone("numbers", text, account.profile) for text in asked.numbers]
    new = [number for number in dict.fromkeys(wanted) if number not in known]
    for number in new:
        _text_code(wiring, request, account, number)
    kept = [number for number in wanted if number in known]
    return _numbers(arrange_numbers(wiring.ports, account_id, kept), new)


@signed_in
def create_code(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.CodeRequest, request)
    account = wiring.ports.accounts.get(account_id)
    number = read_phone("number", asked.number, account.profile)
    callback = shown = None
    if asked.by is By.CALL:
        maker, address = wiring.text_keys.codes, source_of(request)
        call = call_for_code(wiring.ports, maker, account, number, address=address)
        code, callback, shown = call.code, call.callback.id, call.code.digits
    else:
        code = _text_code(wiring, request, account, number)
    return answer(
        {
            "number": str(number),
            "by": asked.by.value,
            "expires_at": instant(code.expires_at),
            "code": shown,
            "callback": callback,
        },
        202,
    )


@signed_in
def confirm_code(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.CodeOrder, request)
    profile = wiring.ports.accounts.get(account_id).profile
    number = read_phone("number", asked.number, profile)
    key = wiring.settings.pin_key
    return _numbers(confirm_number(wiring.ports, key, number, asked.code, account=account_id), ())


@signed_in
def redeem_voucher(wiring: Wiring, request: Request, account_id: str) -> Response:
    asked = read_body(bodies.VoucherOrder, request)
    key, address = wiring.settings.pin_key, source_of(request)
    account = redeem_online(wiring.ports, key, account_id, asked.voucher, address)
    return answer(account_body(account, wiring.ports.clock.now()))


def _text_code(wiring: Wiring, request: Request, account: Account, number: PhoneNumber) -> Code:
    keys, address = wiring.text_keys, source_of(request)
    return text_code(wiring.ports, keys.codes, keys.texts, account, number, address=address)


def _numbers(account: Account, pending: Iterable[PhoneNumber]) -> Response:
    return answer({**numbers_body(account.profile), "pending": [str(one) for one in pending]})


SELF_SERVICE = (
    Operation(
        "POST",
        "/api/v1/vouchers/redemptions",
        redeem_voucher,
        "Top the account up with a voucher",
        AccountShown,
        body=bodies.VoucherOrder,
        refused_with=(400, 403, 409, 422, 429),
    ),
    Operation(
        "GET", "/api/v1/phonebook", show_names, "Show the account's phone book", bodies.Names
    ),
    Operation(
        "PUT",
        "/api/v1/phonebook",
        put_names,
        "Replace the account's phone book",
        bodies.Names,
        body=bodies.NamesOrder,
        refused_with=(400, 409),
    ),
    Operation(
        "GET",
        "/api/v1/speed-dials",
        show_speed_dials,
        "Show the account's speed dials",
        bodies.SpeedDials,
    ),
    Operation(
        "PUT",
        "/api/v1/speed-dials",
        put_speed_dials,
        "Replace the account's speed dials",
        bodies.SpeedDials,
        body=bodies.SpeedDialsOrder,
        refused_with=(400, 409),
    ),
    Operation("GET", "/api/v1/numbers", show_numbers, "Show the account's phones", bodies.Numbers),
    Operation(
        "PUT",
        "/api/v1/numbers",
        put_numbers,
        "Arrange and remove the account's phones; new ones are sent a code",
        bodies.Numbers,
        body=bodies.NumbersOrder,
        refused_with=(400, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/api/v1/numbers/codes",
        create_code,
        "Have a new phone confirmed: by a text to it, or by a call in which a code is keyed in",
        bodies.CodeSent,
        status=202,
        body=bodies.CodeRequest,
        refused_with=(400, 402, 403, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/api/v1/numbers/confirmations",
        confirm_code,
        "Add a phone by the code that was texted to it",
        bodies.Numbers,
        body=bodies.CodeOrder,
        refused_with=(400, 409, 422),
    ),
)
