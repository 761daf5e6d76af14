"""How long money lasts is the exact inverse of what both legs cost."""

from hypothesis import given
from hypothesis import strategies as st

from switchboard.rating.quote import LONGEST_TALK_S, Quote
from switchboard.rating.rate import LegPrice
from tests.fakes.world import ALICE, BOB, retail_sheet
from tests.unit.test_rating import PRICES

QUOTES = st.builds(
    Quote, st.just("s"), st.just("v"), st.just("EUR"), PRICES, st.one_of(st.none(), PRICES)
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


@given(QUOTES, MONEY)
def test_waiting_leaves_the_money_for_a_second_of_the_destination(quote, micros):
    waiting_s = quote.waiting_s(micros)
    kept_back = 0 if quote.destination is None else quote.destination.cost_micros(1)

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


@given(QUOTES)
def test_less_than_the_least_pays_for_no_second(quote):
    assert quote.talk_s(quote.least_micros) >= 1
    if quote.least_micros:
        assert quote.talk_s(quote.least_micros - 1) < 1


def test_a_free_call_ends_after_a_day():
    quote = retail_sheet(customer_leg_percent=0).quote(ALICE, None)

    assert quote.talk_s(0) == LONGEST_TALK_S


def test_five_euros_last_for_a_hundred_minutes():
    quote = retail_sheet().quote(ALICE, BOB)

    talk_s = quote.talk_s(5_000_000)

    assert (talk_s, quote.cost_micros(talk_s, talk_s)) == (5_988, 5_000_000)
    assert quote.least_micros == 25_400
    assert isinstance(quote.destination, LegPrice)
