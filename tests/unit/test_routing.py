"""The order of a number's trunks: priority, the full price of the expected duration, a draw."""

from collections import Counter
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.ending import Party
from switchboard.calls.routing import Route, Routes, RoutingTerms, Way, route
from switchboard.calls.trunk import Trunk
from switchboard.errors import Malformed
from switchboard.rating.exchange import Exchange
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck
from tests.fakes.world import ALICE, NOON

COLUMNS = "prefix,rate,connection_fee,initial,increment,blocked\n"


def sheet(name: str, *rows: str, currency: str = "EUR", **terms) -> RateSheet:
    deck = read_deck(COLUMNS + "\n".join(rows))
    return RateSheet.of(name, "v1", SheetTerms(currency, **terms), deck)


def trunk(name: str, **fields) -> Trunk:
    return Trunk(name, "127.0.0.1", **{"cost_sheet": name, **fields})


def routed(
    trunks, *sheets: RateSheet, seconds: int = 180, exchange: Exchange | None = None, draw=None
) -> Route:
    terms = RoutingTerms(seconds, exchange or Exchange())
    by_name = {one.name: one for one in sheets}
    return route(ALICE, NOON, trunks, by_name, terms, currency="EUR", draw=draw)


def names(found: Route) -> list[str]:
    return [way.trunk.name for way in found.ways]


PER_SECOND = sheet("per-second", "44,0.012,0,1,1,")
WITH_FEE = sheet("with-fee", "44,0.009,0.008,1,1,")
IN_MINUTES = sheet("in-minutes", "44,0.010,0,60,60,")


@pytest.mark.parametrize(
    ("seconds", "order"),
    [
        # 0.0040, 0.0100, 0.0110
        (20, ["per-second", "in-minutes", "with-fee"]),
        # 0.0122, 0.0172, 0.0200
        (61, ["per-second", "with-fee", "in-minutes"]),
        # 0.0240, 0.0200, 0.0260
        (120, ["in-minutes", "per-second", "with-fee"]),
        # 0.1200, 0.0980, 0.1000
        (600, ["with-fee", "in-minutes", "per-second"]),
    ],
)
def test_the_full_price_of_the_expected_duration_decides_not_the_minute_rate(seconds, order):
    trunks = [trunk(one.name) for one in (PER_SECOND, WITH_FEE, IN_MINUTES)]

    found = routed(trunks, PER_SECOND, WITH_FEE, IN_MINUTES, seconds=seconds)

    assert names(found) == order


def test_a_price_is_told_in_full():
    found = routed([trunk("with-fee")], WITH_FEE, seconds=61)

    assert found.ways[0].micros == 17_200


def test_priority_comes_before_cost_and_unknown_cost_after_known():
    trunks = [
        trunk("unknown", cost_sheet=None),
        trunk("with-fee"),
        trunk("per-second"),
        trunk("dear", cost_sheet="dear", priority=1),
    ]

    found = routed(trunks, PER_SECOND, WITH_FEE, sheet("dear", "44,5,0,1,1,"))

    assert names(found) == ["dear", "with-fee", "per-second", "unknown"]


def test_a_trunk_that_does_not_carry_the_number_is_left_out_and_says_why():
    trunks = [
        trunk("blocks", cost_sheet="blocks"),
        trunk("elsewhere", cost_sheet="elsewhere"),
        trunk("off", enabled=False),
        trunk("lost", cost_sheet="nowhere"),
        trunk("dollars", cost_sheet="dollars"),
    ]
    sheets = (
        sheet("blocks", "44,0.01,0,1,1,", "4420,0.01,0,1,1,yes"),
        sheet("elsewhere", "1,0.01,0,1,1,"),
        sheet("dollars", "44,0.01,0,1,1,", currency="USD"),
    )

    found = routed(trunks, *sheets)

    assert found.ways == ()
    assert {left.trunk.name: left.why for left in found.left_out} == {
        "blocks": "calls to 4420 are not possible",
        "elsewhere": "calls to this number are not possible: there is no rate for it",
        "off": "it is disabled",
        "lost": "there is no rate sheet nowhere",
        "dollars": "there is no exchange rate between USD and EUR",
    }


def test_costs_in_other_currencies_are_compared_exactly():
    # 0.93 x 0.0129 is a hair less than 0.012.
    cheap, dear = (sheet(name, row, currency="USD") for name, row in CENTS)
    exchange = Exchange("EUR", {"USD": 930_000_000_000})
    trunks = [trunk("per-second"), trunk("cheap"), trunk("dear")]

    found = routed(trunks, PER_SECOND, cheap, dear, seconds=60, exchange=exchange)

    assert names(found) == ["cheap", "per-second", "dear"]
    assert found.ways[0].micros == Fraction(93, 100) * 12_900
    assert found.ways[0].price.cost(60, NOON).converted_micros == 11_997


CENTS = [("cheap", "44,0.0129,0,1,1,"), ("dear", "44,0.0130,0,1,1,")]


def test_the_share_of_a_sell_sheet_for_customers_does_not_lower_a_cost():
    halved = sheet("halved", "44,0.012,0,1,1,", customer_leg_percent=50)

    found = routed([trunk("halved")], halved, seconds=60)

    assert found.ways[0].micros == 12_000


def test_equal_trunks_share_the_calls_by_weight_and_a_draw_is_repeated():
    equals = [
        replace(trunk(name, cost_sheet="per-second"), weight=weight)
        for name, weight in (("a", 6), ("b", 3), ("c", 1))
    ]
    draws = [names(routed(equals, PER_SECOND, draw=f"callback-{n}")) for n in range(1000)]

    first = Counter(order[0] for order in draws)

    assert draws == [
        names(routed(equals[::-1], PER_SECOND, draw=f"callback-{n}")) for n in range(1000)
    ]
    assert all(sorted(order) == ["a", "b", "c"] for order in draws)
    assert (first["a"], first["b"], first["c"]) == pytest.approx((600, 300, 100), abs=50)
    assert names(routed(equals[::-1], PER_SECOND)) == ["a", "b", "c"]


RATES = st.integers(0, 99).map(lambda cents: f"44,0.{cents:02d},0,1,1,")
TRUNKS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(1, 5), st.booleans(), st.none() | RATES), max_size=6
)


@given(TRUNKS, st.integers(1, 4000), st.text(max_size=3))
def test_every_trunk_is_a_way_or_left_out_and_ways_are_in_order(drawn, seconds, draw):
    trunks, sheets = [], []
    for number, (priority, weight, enabled, row) in enumerate(drawn):
        name = f"t{number}"
        known = {"cost_sheet": None if row is None else name}
        trunks.append(trunk(name, priority=priority, weight=weight, enabled=enabled, **known))
        sheets += [sheet(name, row)] if row is not None else []

    found = routed(trunks, *sheets, seconds=seconds, draw=draw)

    ranks = [(w.trunk.priority, w.micros is None, w.known_micros) for w in found.ways]
    assert ranks == sorted(ranks)
    placed = names(found) + [left.trunk.name for left in found.left_out]
    assert sorted(placed) == [one.name for one in trunks]
    assert all(way.trunk.enabled for way in found.ways)


def way(name: str, micros: int | None) -> Way:
    return Way(trunk(name), micros=None if micros is None else Fraction(micros))


def test_the_guard_allows_a_pair_that_is_sold_for_what_it_costs():
    customer = Route((way("a", 40), way("b", 61)))
    destination = Route((way("a", 60), way("b", 40)))
    routes = Routes(customer, destination, most_micros=100)

    assert not routes.lose
    assert routes.ways(Party.CUSTOMER) == customer.ways[:1]
    assert routes.ways(Party.DESTINATION, customer.ways[0]) == destination.ways
    assert replace(routes, most_micros=79).lose
    assert replace(routes, most_micros=79).ways(Party.CUSTOMER) == ()
    assert not replace(routes, most_micros=None).lose


def test_a_cost_that_is_not_known_does_not_count_against_the_guard():
    routes = Routes(Route((way("a", None),)), Route((way("a", 60), way("b", 110))), most_micros=100)

    assert not routes.lose
    assert routes.ways(Party.DESTINATION, routes.customer.ways[0]) == routes.destination.ways[:1]


COSTS = st.lists(st.none() | st.integers(0, 100), min_size=1, max_size=4)


@given(COSTS, COSTS, st.integers(0, 200))
def test_whatever_way_the_customer_takes_the_destination_has_one(mine, theirs, most):
    customer, destination = (
        Route(tuple(way(f"{n}", cost) for n, cost in enumerate(costs))) for costs in (mine, theirs)
    )
    routes = Routes(customer, destination, most_micros=most)

    allowed = routes.ways(Party.CUSTOMER)

    assert routes.lose == (allowed == ())
    for taken in allowed:
        beside = routes.ways(Party.DESTINATION, taken)
        assert beside
        assert all(taken.known_micros + other.known_micros <= most for other in beside)


def test_while_the_destination_is_not_known_nothing_is_guarded():
    routes = Routes(Route((way("a", 10**9),)))

    assert not routes.lose
    assert not routes.guardable
    assert routes.ways(Party.CUSTOMER) == routes.customer.ways


@pytest.mark.parametrize("seconds", [0, -1, 86_401])
def test_an_expected_duration_is_that_of_a_call(seconds):
    with pytest.raises(Malformed):
        RoutingTerms(seconds)
