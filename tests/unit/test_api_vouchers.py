"""Vouchers by REST: redeemed once, and tried so often and no more."""

import pytest

from switchboard.desk.lockout import BY_SENDER
from tests.fakes.api import Api, signed_in_api
from tests.fakes.vouchers import a_voucher

PATH = "/api/v1/vouchers/redemptions"
WRONG = "1111 2222 33"


@pytest.fixture
def api() -> Api:
    return signed_in_api()


def redeem(api: Api, voucher: str):
    return api.send(PATH, {"voucher": voucher})


def test_a_voucher_tops_the_account_up_once(api):
    pin = a_voucher(api.ports)

    first, second = redeem(api, f"{pin[:5]} {pin[5:]}"), redeem(api, pin)

    assert (first.status_code, first.json_body["balance"]) == (200, "7.00")
    assert (second.status_code, second.json_body["code"]) == (422, "voucher_refused")
    assert api.ports.books.balance("alice").posted_micros == 7_000_000


def test_who_is_not_signed_in_redeems_nothing(api):
    del api.headers["authorization"]

    assert redeem(api, WRONG).status_code == 401


def test_a_blocked_account_redeems_nothing(api):
    api.ports.books.set_active("alice", active=False)

    assert redeem(api, a_voucher(api.ports)).status_code == 403


@pytest.mark.parametrize("voucher", ["", "x" * 65, "12", "abcdefgh"])
def test_what_is_no_number_of_a_voucher_is_malformed(api, voucher):
    answer = redeem(api, voucher)

    assert answer.status_code == 400
    assert voucher not in answer.json_body["message"] or not voucher


def test_who_tries_vouchers_is_locked_out_and_told_for_how_long(api):
    limit = BY_SENDER[0]
    pin = a_voucher(api.ports)
    answers = [redeem(api, WRONG) for _ in range(limit.most)]

    locked = redeem(api, pin)

    assert [answer.status_code for answer in answers] == [422] * limit.most
    assert (locked.status_code, locked.json_body["code"]) == (429, "too_often")
    wait_s = int(locked.headers["Retry-After"])
    assert 0 < wait_s <= limit.window.total_seconds()
    assert api.ports.books.balance("alice").posted_micros == 5_000_000
    api.ports.clock.at = limit.ends_at(api.ports.clock.now())
    assert redeem(api, pin).status_code == 200


def test_right_vouchers_are_no_tries(api):
    for number in range(BY_SENDER[1].most + 1):
        assert redeem(api, a_voucher(api.ports, f"promo-{number}")).status_code == 200
