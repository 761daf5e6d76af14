"""What customers hear and press, by transcript: codes, speed dials, the next number, warnings."""

from contextlib import suppress
from datetime import timedelta

import pytest

from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.manners import Manners
from switchboard.desk.lockout import BY_SENDER, one_try
from switchboard.desk.phone_books import set_speed_dials
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT, CENT_A_SECOND, Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.vouchers import a_voucher
from tests.fakes.world import ALICE, BOB
from tests.unit.test_two_stage_dialling import NUMBER, keys

CAROL = PhoneNumber("+14155550199")
CAROLS = "0014155550199"
ASKS_NEXT = Manners(tell_limit=False)
HUNG_UP_BY_BOB = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def talking(
    presses: tuple[tuple[float, str], ...], manners: Manners = ASKS_NEXT, **exchange
) -> Exchange:
    """A customer who presses keys; Bob hangs up after ten seconds, Carol after twenty."""
    far_ends = {
        ALICE: exchange.pop("alice", None) or FarEnd(presses=presses),
        BOB: exchange.pop("bob", None) or FarEnd(answers_s=1, hangs_up_s=10),
        CAROL: FarEnd(answers_s=1, hangs_up_s=20),
    }
    return Exchange(far_ends, **{"deck": CENT_A_SECOND} | exchange, manners=manners)


def heard(exchange: Exchange) -> list[str]:
    """What the customer heard, in order, and who was dialled."""
    told = [
        what.removeprefix("customer hears ").removeprefix("destination is ")
        for _, what in exchange.transcript
        if what.startswith(("customer hears", "destination is dialled"))
    ]
    return [what for what in told if what != "ringback"]


def test_after_a_destination_the_next_number_is_asked_for():
    # Bob is dialled at 3.8, answers at 4.8, and hangs up at 14.8.
    exchange = talking((*keys(f"{NUMBER}#"), *keys(f"{CAROLS}#", from_s=14)))

    cdr = exchange.connect(destination=None)

    assert heard(exchange)[:6] == [
        "enter-destination",
        f"dialled at {BOB}",
        "destination-hung-up",
        "enter-next-destination",
        f"dialled at {CAROL}",
        "destination-hung-up",
    ]
    assert heard(exchange)[-1] == "goodbye"
    assert [leg.number for leg in cdr.legs] == [ALICE, BOB, CAROL]
    assert [leg.seconds for leg in cdr.legs][1:] == [10, 20]
    assert cdr.cost.micros == sum(leg.seconds for leg in cdr.legs) * CENT
    assert cdr.verdict == HUNG_UP_BY_BOB
    assert exchange.balance.posted_micros == 5_000_000 - cdr.cost.micros
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


@pytest.mark.parametrize(
    ("bob", "why"),
    [
        (FarEnd(refuses_with=486, answers_s=1), "destination-busy"),
        (FarEnd(refuses_with=480, answers_s=1), "destination-no-answer"),
        (FarEnd(refuses_with=404, answers_s=1), "destination-unreachable"),
    ],
)
def test_a_destination_that_is_not_reached_is_followed_by_the_next(bob, why):
    exchange = talking((*keys(f"{NUMBER}#"), *keys(f"{CAROLS}#", from_s=5)), bob=bob)

    cdr = exchange.connect(destination=None)

    assert heard(exchange)[1:5] == [
        f"dialled at {BOB}",
        why,
        "enter-next-destination",
        f"dialled at {CAROL}",
    ]
    assert [leg.seconds for leg in cdr.legs][1:] == [0, 20]
    assert exchange.breaches == []


def test_two_hashes_drop_the_destination_and_ask_again():
    exchange = talking((*keys(f"{NUMBER}#"), *keys("5##", from_s=6), *keys(f"{CAROLS}#", from_s=8)))

    cdr = exchange.connect(destination=None)

    assert heard(exchange)[1:4] == [
        f"dialled at {BOB}",
        "enter-next-destination",
        f"dialled at {CAROL}",
    ]
    assert (8.2, "destination is hung up") in exchange.transcript
    bob = cdr.earlier[0]
    assert (bob.number, bob.seconds, bob.hung_up_by_far_end) == (BOB, 4, False)
    assert bob.verdict == Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
    assert exchange.breaches == []


def test_who_hangs_up_instead_of_dialling_again_ends_it_as_the_last_talk_ended():
    customer = FarEnd(presses=keys(f"{NUMBER}#"), hangs_up_s=16)
    exchange = talking((), alice=customer)

    cdr = exchange.connect(destination=None)

    assert exchange.transcript[-1] == (18, "customer hangs up")
    assert cdr.verdict == HUNG_UP_BY_BOB
    assert exchange.callback().state is State.ENDED
    assert exchange.breaches == []


def test_a_destination_that_came_with_the_order_is_the_only_one():
    exchange = talking(())

    exchange.connect()

    assert heard(exchange) == ["one-moment", f"dialled at {BOB}"]


@pytest.mark.parametrize(("ask_next", "wanted"), [(None, False), (False, False), (True, True)])
def test_keys_of_a_talk_are_wanted_where_two_hashes_drop_the_destination(ask_next, wanted):
    exchange = talking((), Manners(ask_next=ask_next))

    exchange.connect()

    assert exchange.phone.keys_wanted == [wanted]


def test_after_a_destination_of_an_order_the_next_is_asked_for_where_that_is_wanted():
    exchange = talking(keys(f"{CAROLS}#", from_s=13), Manners(ask_next=True, tell_limit=False))

    cdr = exchange.connect()

    assert heard(exchange)[1:5] == [
        f"dialled at {BOB}",
        "destination-hung-up",
        "enter-next-destination",
        f"dialled at {CAROL}",
    ]
    assert [leg.number for leg in cdr.legs] == [ALICE, BOB, CAROL]


@pytest.mark.parametrize("entered", ["*7#", "*7 "])
def test_a_speed_dial_is_a_star_and_its_number(entered):
    exchange = talking(keys(entered))
    set_speed_dials(exchange.ports, "alice", {7: CAROL})

    exchange.connect(destination=None)

    assert heard(exchange)[1] == f"dialled at {CAROL}"


def test_a_speed_dial_that_is_not_set_says_so():
    exchange = talking(keys("*8#"))

    exchange.connect(destination=None)

    assert heard(exchange)[1:3] == ["speed-dial-empty", "enter-destination"]


def test_zero_and_star_dial_the_last_number_at_once():
    exchange = talking((*keys(f"{NUMBER}#"), *keys("0*", from_s=14)))

    cdr = exchange.connect(destination=None)

    assert heard(exchange)[4] == f"dialled at {BOB}"
    assert [leg.number for leg in cdr.legs] == [ALICE, BOB, BOB]


def test_zero_and_star_dial_the_last_number_of_an_earlier_callback():
    exchange = talking(keys("0*"))
    earlier = {1: lambda _: exchange.order(CAROL, identity="earlier")}

    exchange.connect(destination=None, events=earlier)

    assert heard(exchange)[1] == f"dialled at {CAROL}"


def test_nothing_is_dialled_again_where_nothing_was_dialled():
    exchange = talking(keys("0*"))

    exchange.connect(destination=None)

    assert heard(exchange)[1] == "no-redial"


def test_a_code_tells_the_balance_and_costs_no_try():
    exchange = talking(
        keys(f"*0# *0# *0# *0# {NUMBER}#"), Manners(tell_limit=False, ask_next=False)
    )

    exchange.connect(destination=None)

    told = ["enter-destination", "balance-is 5.00 EUR"]
    assert heard(exchange) == [*told * 4, "enter-destination", f"dialled at {BOB}"]


def test_the_customer_is_told_for_how_long_they_can_talk():
    exchange = talking(keys(f"{NUMBER}#"), Manners())

    exchange.connect(destination=None)

    # 5.00 less two seconds of dialling, ten of talk about it and sixty in which the other phone
    # may ring, for two legs of a cent a second.
    assert heard(exchange)[1] == "you-can-talk-for 0:03:34"


@pytest.mark.parametrize("cents", [80, 131, 500, 4_000])
@pytest.mark.parametrize("rings_s", [1, 30, 59.9])
def test_nobody_talks_for_less_than_they_were_told(cents, rings_s):
    bob = FarEnd(answers_s=rings_s)
    exchange = talking(keys(f"{NUMBER}#"), Manners(), opening_micros=cents * CENT, bob=bob)

    cdr = exchange.connect(destination=None)

    told = heard(exchange)[1].removeprefix("you-can-talk-for ")
    assert str(timedelta(seconds=cdr.destination.seconds)) >= told
    assert cdr.cost.micros >= (cents - 1) * CENT
    assert exchange.breaches == []


def test_who_could_not_talk_after_a_long_ring_is_told_nothing():
    exchange = talking(keys(f"{NUMBER}#"), Manners(), opening_micros=70 * CENT)

    exchange.connect(destination=None)

    assert heard(exchange)[1] == f"dialled at {BOB}"


def test_a_talk_that_comes_to_its_limit_is_announced_to_the_customer_only():
    exchange = talking((), opening_micros=2_000_000, bob=FarEnd())

    cdr = exchange.connect()

    ended_s = exchange.transcript[-2][0]
    warnings = [
        (round(ended_s - at_s), what)
        for at_s, what in exchange.transcript
        if what.endswith(("one-minute-left", "beep"))
    ]
    assert warnings == [(60, "customer hears one-minute-left"), (30, "customer hears beep")]
    assert cdr.verdict == Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)


def test_a_top_up_before_the_last_minute_puts_the_warning_off():
    exchange = talking((), opening_micros=2_000_000, bob=FarEnd(hangs_up_s=110))

    exchange.connect(events={20: lambda _: exchange.top_up(2_000_000)})

    assert heard(exchange) == ["one-moment", f"dialled at {BOB}"]


def test_nobody_is_called_before_a_person_has_pressed_1():
    exchange = talking(((3.5, "1"),), Manners(confirm=True))

    exchange.connect()

    assert heard(exchange) == ["press-one", "press-one", "one-moment", f"dialled at {BOB}"][1:]


def test_a_voicemail_box_starts_no_destination_leg():
    exchange = talking((), Manners(confirm=True))

    cdr = exchange.connect()

    assert heard(exchange) == ["press-one"] * 3
    assert cdr.verdict == Verdict(Ending.NOT_CONFIRMED, Culprit.CUSTOMER)
    assert (cdr.customer.seconds, cdr.destination) == (27, None)
    assert cdr.customer.party is Party.CUSTOMER
    assert cdr.cost.micros == 27 * CENT
    assert exchange.breaches == []


def test_a_voucher_is_redeemed_by_a_code():
    exchange = talking(())
    presses = keys(f"*01# {a_voucher(exchange.ports)}# *0#")
    exchange.phone.far_ends[ALICE] = FarEnd(presses=presses, hangs_up_s=10)

    exchange.connect(destination=None)

    assert heard(exchange)[:5] == [
        "enter-destination",
        "enter-voucher",
        "voucher-redeemed",
        "enter-destination",
        "balance-is 7.00 EUR",
    ]
    assert exchange.breaches == []


def test_a_voucher_that_is_none_is_refused_and_counts_as_a_try():
    exchange = talking(keys("*01# 12# *01# 12345678# *01# 12345678#"))

    exchange.connect(destination=None)

    refused = ["enter-destination", "enter-voucher", "voucher-refused"]
    assert heard(exchange) == [*refused * 3, "goodbye"]


def test_who_tries_vouchers_in_calls_is_locked_out():
    exchange = talking(())
    presses = keys(f"*01# {a_voucher(exchange.ports)}#")
    exchange.phone.far_ends[ALICE] = FarEnd(presses=presses, hangs_up_s=10)

    def try_wrong_ones(_session) -> None:
        for _ in range(BY_SENDER[0].most):
            with suppress(KeyError), one_try(exchange.ports, ALICE, ALICE):
                raise KeyError

    exchange.connect(destination=None, events={0: try_wrong_ones})

    assert heard(exchange)[:3] == ["enter-destination", "enter-voucher", "voucher-refused"]
