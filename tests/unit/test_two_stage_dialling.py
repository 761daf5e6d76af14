"""The customer is asked for the destination, and dials it."""

import pytest

from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.manners import Manners
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.world import ALICE, BOB

NUMBER = "0014155550100"
# Told nothing, and asked for no other number.
CURT = Manners(tell_limit=False, ask_next=False)


def keys(text: str, *, from_s: float = 0.5) -> tuple[tuple[float, str], ...]:
    """A key every tenth of a second after the answer; a space is two seconds without one."""
    presses, now_s = [], from_s
    for key in text:
        if key == " ":
            now_s += 2
        else:
            presses.append((round(now_s, 3), key))
            now_s += 0.1
    return tuple(presses)


def dialling(text: str, **exchange) -> Exchange:
    customer = FarEnd(presses=keys(text))
    far_ends = {ALICE: customer, BOB: FarEnd(hangs_up_s=10)}
    return Exchange(far_ends, **{"manners": CURT} | exchange)


def heard(exchange: Exchange) -> list[tuple[float, str]]:
    """What the customer heard, and when the destination was dialled."""
    return [
        (at_s, what)
        for at_s, what in exchange.transcript
        if what.startswith(("customer hears", "destination is dialled"))
    ]


def test_a_number_that_is_ended_by_a_hash_is_called_at_once():
    exchange = dialling(f"{NUMBER}#", deck=CENT_A_SECOND)

    cdr = exchange.connect(destination=None)

    hash_s = 2.5 + 0.1 * len(NUMBER)
    assert heard(exchange) == [
        (2, "customer hears enter-destination"),
        (hash_s, f"destination is dialled at {BOB}"),
        (hash_s, "customer hears ringback"),
    ]
    assert exchange.transcript[-2:] == [
        (hash_s + 12, "destination hangs up"),
        (hash_s + 12, "customer is hung up"),
    ]
    assert (cdr.destination.number, cdr.destination.seconds) == (BOB, 10)
    assert cdr.cost.micros == 140_000 + 100_000
    assert exchange.balance.posted_micros == 5_000_000 - 240_000
    assert exchange.breaches == []
    assert exchange.callback().destination == BOB


def test_a_number_ends_by_a_pause_too():
    exchange = dialling(NUMBER)

    exchange.connect(destination=None)

    last_key_s = 2.5 + 0.1 * (len(NUMBER) - 1)
    assert heard(exchange)[1] == (round(last_key_s + 4, 3), f"destination is dialled at {BOB}")


def test_a_star_takes_back_what_was_dialled():
    exchange = dialling(f"0044*{NUMBER}#")

    cdr = exchange.connect(destination=None)

    assert cdr.destination.number == BOB


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("12#", "invalid-number"),
        ("#", "nothing-entered"),
        ("0019005550100#", "not-allowed"),
        (f"{ALICE}#".replace("+", "00"), "same-number"),
        ("0081312345678#", "not-allowed"),
    ],
)
def test_a_number_that_cannot_be_called_is_asked_for_again(wrong, why):
    exchange = dialling(f"{wrong} {NUMBER}#")

    cdr = exchange.connect(destination=None)

    assert [what for _, what in heard(exchange)] == [
        "customer hears enter-destination",
        f"customer hears {why}",
        "customer hears enter-destination",
        f"destination is dialled at {BOB}",
        "customer hears ringback",
    ]
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def test_after_three_tries_it_is_goodbye():
    exchange = dialling("")

    cdr = exchange.connect(destination=None)

    assert heard(exchange) == [
        (2, "customer hears enter-destination"),
        (11, "customer hears nothing-entered"),
        (12, "customer hears enter-destination"),
        (21, "customer hears nothing-entered"),
        (22, "customer hears enter-destination"),
        (31, "customer hears nothing-entered"),
        (32, "customer hears goodbye"),
    ]
    assert exchange.transcript[-1] == (33, "customer is hung up")
    assert cdr.verdict == Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)
    assert (cdr.customer.seconds, cdr.destination) == (31, None)
    assert exchange.breaches == []


def test_a_destination_that_the_money_does_not_reach_is_not_called():
    exchange = dialling(f"{NUMBER}#", opening_micros=20_000)

    cdr = exchange.connect(destination=None)

    assert heard(exchange)[-1][1] == "customer hears no-credit"
    assert cdr.verdict == Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
    assert cdr.destination is None
    assert cdr.cost.micros == 1000
    assert exchange.balance.posted_micros == 19_000
    assert exchange.breaches == []


def test_the_customer_is_hung_up_when_the_money_ends_before_a_number_is_dialled():
    exchange = dialling("", opening_micros=70_000, deck=CENT_A_SECOND)

    cdr = exchange.connect(destination=None)

    assert exchange.transcript[-2:] == [
        (9, "customer hears credit-ended"),
        (10, "customer is hung up"),
    ]
    assert cdr.verdict == Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_money_is_held_for_the_destination_once_it_is_dialled():
    exchange = dialling(f"{NUMBER}#", deck=CENT_A_SECOND)
    held = []

    exchange.connect(
        destination=None,
        events={at_s: lambda _: held.append(exchange.balance.held_micros) for at_s in (3, 5)},
    )

    # A quantum, the margin and one ring for the customer; as much talk for both after two seconds.
    assert held == [3_750_000, 5_000_000]


def test_the_states_of_a_callback_that_asks():
    exchange = dialling(f"{NUMBER}#")

    exchange.connect(destination=None)

    assert list(exchange.callback().reached) == [
        State.QUEUED,
        State.CLAIMED,
        State.CALLING_CUSTOMER,
        State.CUSTOMER_ANSWERED,
        State.COLLECTING,
        State.CALLING_DESTINATION,
        State.CONNECTED,
        State.ENDED,
    ]
