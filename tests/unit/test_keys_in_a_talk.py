"""Keys pressed in a talk: for the other party, or to drop it."""

from switchboard.calls.manners import Manners
from tests.fakes.exchange import Exchange
from tests.fakes.phone import FarEnd
from tests.unit.test_dialogue import talking
from tests.unit.test_two_stage_dialling import NUMBER, keys


def keys_got(exchange: Exchange, who: str = "destination") -> list[tuple[float, str]]:
    got = f"{who} gets key "
    return [
        (at_s, what.removeprefix(got)) for at_s, what in exchange.transcript if what.startswith(got)
    ]


def test_keys_pressed_in_a_talk_are_for_the_other_party():
    exchange = talking(keys(f"{NUMBER}# 12*", from_s=0.5))

    exchange.connect(destination=None)

    assert keys_got(exchange) == [(5.9, "1"), (6.0, "2"), (6.1, "*")]


def test_a_single_hash_in_a_talk_is_for_the_other_party_once_it_is_the_only_one():
    exchange = talking((*keys(f"{NUMBER}#"), *keys("1#2#", from_s=6)))

    cdr = exchange.connect(destination=None)

    assert keys_got(exchange) == [(8.0, "1"), (8.2, "#"), (8.2, "2"), (10.3, "#")]
    assert cdr.destination.seconds == 10


def test_two_hashes_are_not_for_the_other_party():
    exchange = talking((*keys(f"{NUMBER}#"), *keys("5##", from_s=6)))

    exchange.connect(destination=None)

    assert keys_got(exchange) == [(8.0, "5")]


def test_a_hash_comes_at_once_where_two_do_not_drop():
    manners = Manners(tell_limit=False, ask_next=False)
    exchange = talking((*keys(f"{NUMBER}#"), *keys("##", from_s=6)), manners)

    exchange.connect(destination=None)

    assert keys_got(exchange) == [(8.0, "#"), (8.1, "#")]


def test_the_customer_gets_the_keys_of_the_other_party():
    exchange = talking((), bob=FarEnd(answers_s=1, presses=keys("42#"), hangs_up_s=10))

    exchange.connect()

    assert [key for _, key in keys_got(exchange, "customer")] == ["4", "2", "#"]


def test_keys_that_the_other_party_has_heard_are_not_sent_as_well():
    pressed = (*keys(f"{NUMBER}#"), *keys("12", from_s=6), *keys("##", from_s=7))
    exchange = talking((), alice=FarEnd(presses=pressed, keys_in_audio=True))

    cdr = exchange.connect(destination=None)

    assert keys_got(exchange) == []
    assert cdr.destination.seconds == 5


def test_keys_pressed_while_it_rings_are_for_nobody():
    exchange = talking((*keys(f"{NUMBER}#"), *keys("#7", from_s=2)))

    exchange.connect(destination=None)

    assert keys_got(exchange) == []


def test_a_key_pressed_before_the_bridge_stands_reaches_who_has_answered():
    # Bob answers at 4.8.
    exchange = talking((*keys(f"{NUMBER}#"), *keys("712", from_s=2.75)))
    exchange.phone.joining_s = 0.5

    exchange.connect(destination=None)

    assert keys_got(exchange) == [(5.3, "1"), (5.3, "2")]
