"""Money by the API of the office: entered once, corrected, told movement by movement."""

from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from tests.fakes.history import past_call
from tests.fakes.office import everything, office_of, refusal

ALICES = "/accounts/alice"
PAYMENT = {"amount": "5.00", "currency": "EUR", "note": "bank"}


def test_a_payment_is_credited_once_by_its_key():
    client = office_of()
    path = f"{ALICES}/top-ups"

    answers = [client.write("POST", path, PAYMENT, idempotency_key="r1") for _ in range(3)]

    assert [one.json_body["balance"] for one in answers] == ["10.00"] * 3
    other = client.write("POST", path, PAYMENT, idempotency_key="r2")
    assert other.json_body["balance"] == "15.00"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"amount": "6.00"}, (409, "conflict")),
        ({"note": "cash"}, (409, "conflict")),
        ({"currency": "USD"}, (400, "malformed")),
    ],
)
def test_a_key_is_not_taken_with_another_body(change, code):
    client = office_of()
    path = f"{ALICES}/top-ups"
    client.write("POST", path, PAYMENT, idempotency_key="r1")

    other = client.write("POST", path, {**PAYMENT, **change}, idempotency_key="r1")

    assert refusal(other) == code
    assert client.read(ALICES).json_body["balance"] == "10.00"


@pytest.mark.parametrize("key", ["", "x" * 201, "\u00e9", "a\tb"])
def test_money_is_not_moved_without_a_key(key):
    client = office_of()

    for path in ("top-ups", "corrections"):
        answers = [client.write("POST", f"{ALICES}/{path}", PAYMENT)]
        answers.append(client.write("POST", f"{ALICES}/{path}", PAYMENT, idempotency_key=key))
        assert {refusal(one) for one in answers} == {(400, "malformed")}


def test_a_correction_takes_no_more_than_there_is():
    client = office_of()
    path = f"{ALICES}/corrections"
    wrong = {"amount": "-5.01", "currency": "EUR", "note": "twice"}

    refused = client.write("POST", path, wrong, idempotency_key="c1")
    done = client.write("POST", path, {**wrong, "amount": "-5"}, idempotency_key="c1")

    assert refusal(refused) == (402, "not_enough_credit")
    assert done.json_body["balance"] == "0.00"


def test_a_statement_goes_from_balance_to_balance():
    client = office_of()
    for number in range(5):
        client.ports.clock.pass_by(timedelta(minutes=1))
        client.write("POST", f"{ALICES}/top-ups", PAYMENT, idempotency_key=f"r{number}")
    past_call(client.ports, "e" * 32, 1_250_000)

    for limit in (1, 3, 100):
        found = everything(client, f"{ALICES}/statement", limit)

        assert len(found) == 8
        for later, earlier in pairwise(found):
            moved = Decimal(later["balance"]) - Decimal(earlier["balance"])
            assert moved == Decimal(later["amount"])
        assert {one["kind"] for one in found} == {"opening", "topup", "call"}
