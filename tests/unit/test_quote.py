"""How long money lasts is the exact inverse of what both legs cost."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.quote import LONGEST_TALK_S, Quote
from tests.fakes.world import ALICE, BOB, NOON, retail_sheet
from tests.unit.prices import PRICES, plain_prices, price

QUOTES = st.builds(
    Quote, st.just("s"), st.just("v"), st.just("EUR"), PRICES, st.one_of(st.none(), PRICES)
)
PLAIN = plain_prices()
PLAIN_QUOTES = st.builds(
    Quote, st.just("s"), st.just("v"), st.just("EUR"), PLAIN, st.one_of(st.none(), PLAIN)
)
MONEY = st.one_of(st.integers(-10, 10_000), st.integers(0, 10**10))
SO_FAR = st.integers(0, 4_000)


@given(QUOTES, MONEY, SO_FAR, SO_FAR)
def test_talk_time_is_the_longest_that_the_money_pays(quote, micros, customer_s, destination_s):
    talk_s = quote.talk_s(micros, customer_s=customer_s, destination_s=destination_s)

    def cost_after(seconds: int) -> int:
        return quote.cost_micros(customer_s + seconds, destination_s + seconds)

    assert -1 <= talk_s <= LONGEST_TALK_S
    assert talk_s == -1 or cost_after(talk_s) <= micros
    assert talk_s == LONGEST_TALK_S or cost_after(talk_s + 1) > micros


@given(QUOTES, MONEY, st.lists(st.integers(1, 900), max_size=5))
def test_a_hold_that_grows_by_quanta_ends_at_the_same_second(quote, micros, quanta):
    in_one_piece_s = quote.talk_s(micros)
    talked_s = 0

    for quantum_s in quanta:
        if talked_s + quantum_s <= in_one_piece_s < LONGEST_TALK_S:
            talked_s += quantum_s
            more_s = quote.talk_s(micros, customer_s=talked_s, destination_s=talked_s)

            assert talked_s + more_s == in_one_piece_s


@given(QUOTES, MONEY)
def test_waiting_leaves_the_money_for_an_increment_of_the_destination(quote, micros):
    waiting_s = quote.waiting_s(micros)
    kept_back = 0 if quote.destination is None else quote.destination.least_micros

    def cost_after(seconds: int) -> int:
        return quote.customer.cost_micros(seconds) + kept_back

    assert -1 <= waiting_s <= LONGEST_TALK_S
    assert waiting_s == -1 or cost_after(waiting_s) <= micros
    assert waiting_s == LONGEST_TALK_S or cost_after(waiting_s + 1) > micros


@given(QUOTES, SO_FAR, SO_FAR)
def test_both_legs_are_rounded_each_by_itself(quote, customer_s, destination_s):
    alone = 0 if quote.destination is None else quote.destination.cost_micros(destination_s)

    assert quote.cost_micros(customer_s, destination_s) == (
        quote.customer.cost_micros(customer_s) + alone
    )


@given(QUOTES, SO_FAR)
def test_who_can_begin_can_talk(quote, customer_s):
    micros = quote.start_micros(customer_s)

    assert quote.talk_s(micros, customer_s=customer_s) >= 1
    assert quote.least_micros == quote.start_micros(0)


@given(PLAIN_QUOTES)
def test_less_than_the_least_pays_for_no_second(quote):
    assert quote.talk_s(quote.least_micros) >= 1
    if quote.least_micros:
        assert quote.talk_s(quote.least_micros - 1) < 1


def test_free_seconds_are_not_for_those_who_cannot_pay_for_what_follows():
    free_at_first = price("0: 0.6/60", free_s=30)
    quote = Quote("s", "v", "EUR", free_at_first, replace(free_at_first, grace_s=40))

    assert quote.talk_s(0) == 30
    assert quote.least_micros == 1_200_000


def test_a_free_call_ends_after_a_day():
    quote = retail_sheet(customer_leg_percent=0).quote(ALICE, None, NOON)

    assert quote.talk_s(0) == LONGEST_TALK_S


def test_five_euros_last_for_a_hundred_minutes():
    quote = retail_sheet().quote(ALICE, BOB, NOON)

    talk_s = quote.talk_s(5_000_000)

    assert (talk_s, quote.cost_micros(talk_s, talk_s)) == (5_988, 5_000_000)
    assert quote.least_micros == 25_400
