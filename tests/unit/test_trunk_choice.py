"""Which trunk carries a leg: the cheapest that has room, the next where one fails."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.desk.trunks import set_exchange
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.trunks import add_trunk
from tests.fakes.weather import Outage
from tests.fakes.world import ALICE, BOB
from workers.channels import Channels

TALKS = FarEnd(hangs_up_s=60)
FAILS = FarEnd(trying_s=0.0, rings_s=None, answers_s=0.2, refuses_with=503)


def an_exchange(**trunks: FarEnd) -> Exchange:
    """Legs sold for a cent a second; `a` costs 0.05 a minute, `b` 0.06, `c` 0.07."""
    exchange = Exchange({BOB: TALKS}, deck=CENT_A_SECOND)
    exchange.ports.trunks.remove("carrier")
    exchange.phone.trunks |= trunks
    for name, rate in (("a", "0.05"), ("b", "0.06"), ("c", "0.07")):
        add_trunk(exchange.ports, name, rate)
    return exchange


def trunks_of(cdr) -> list[str]:
    return [leg.trunk for leg in cdr.legs]


def test_both_legs_go_over_the_cheapest_trunk():
    exchange = an_exchange()

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a", "a"]
    assert trunks_of(cdr) == ["a", "a"]
    assert [leg.trunk_cost.prefix for leg in cdr.legs] == ["44", "1"]
    # 63 seconds and 60 at 0.05 a minute, up to the next of four decimals.
    assert [leg.trunk_cost.micros for leg in cdr.legs] == [52_500, 50_000]
    assert cdr.margin_micros == cdr.cost.micros - 102_500


@pytest.mark.parametrize(
    "fails",
    [
        FAILS,
        replace(FAILS, refuses_with=500),
        replace(FAILS, refuses_with=408),
        replace(FAILS, refuses_with=407),
        replace(FAILS, refuses_with=488),
        replace(FAILS, refuses_with=302),
        replace(FAILS, trying_s=None, answers_s=None, refuses_with=None),
        FarEnd(line_is_dead=True),
    ],
    ids=["503", "500", "408", "407", "488", "302", "no reply", "cannot be dialled"],
)
def test_where_a_carrier_fails_before_it_rings_the_next_trunk_is_tried(fails):
    exchange = an_exchange(a=fails)

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a", "b", "a", "b"]
    assert trunks_of(cdr) == ["b", "b"]
    assert [leg.sip_code for leg in cdr.legs] == [200, 200]
    assert [leg.trunk_cost.sheet for leg in cdr.legs] == ["cost-b", "cost-b"]
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert exchange.balance.holds == {}


def test_a_trunk_has_its_own_time_to_reply():
    silent = replace(FAILS, trying_s=None, answers_s=None, refuses_with=None)
    exchange = an_exchange(a=silent)
    add_trunk(exchange.ports, "a", "0.05", reply_limit=timedelta(seconds=3))

    exchange.connect()

    assert exchange.transcript[:4] == [
        (0, f"customer is dialled at {ALICE}"),
        (3, "customer is given up"),
        (3, f"customer is dialled at {ALICE}"),
        (3.1, "customer rings"),
    ]


@pytest.mark.parametrize("sip_code", [404, 480, 484, 486, 487, 600, 603, 604, 403])
def test_an_answer_about_the_number_is_not_asked_for_twice(sip_code):
    exchange = an_exchange(a=replace(FAILS, refuses_with=sip_code))

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a"]
    assert (cdr.customer.trunk, cdr.customer.sip_code) == ("a", sip_code)
    assert cdr.customer.trunk_cost.micros == 0


def test_nothing_is_tried_again_once_it_has_rung():
    exchange = an_exchange(a=replace(FAILS, rings_s=0.1))

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a"]
    assert (cdr.customer.trunk, cdr.customer.sip_code) == ("a", 503)


def test_where_every_trunk_fails_the_record_names_the_last():
    exchange = an_exchange(a=FAILS, b=FAILS, c=replace(FAILS, refuses_with=502))

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a", "b", "c"]
    assert (cdr.customer.trunk, cdr.customer.sip_code) == ("c", 502)
    assert cdr.verdict == Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)


def test_a_customer_who_hangs_up_is_not_followed_by_another_trunk():
    silent = replace(FAILS, trying_s=None, answers_s=None, refuses_with=None)
    exchange = an_exchange()
    exchange.phone.trunks["b"] = silent
    exchange.phone.far_ends[ALICE] = FarEnd(hangs_up_s=2)
    add_trunk(exchange.ports, "a", "0.05", prefixes=("44",))

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a", "b"]
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
    assert exchange.phone.transcript[-1][1] == "destination is given up"


def test_a_full_trunk_is_passed_over():
    exchange = an_exchange()
    add_trunk(exchange.ports, "a", "0.05", capacity=1)

    cdr = exchange.connect()

    assert trunks_of(cdr) == ["a", "b"]


@pytest.mark.parametrize(
    ("stale_s", "carries"), [(15, ["b", "b"]), (-1, ["a", "a"])], ids=["alive", "lost"]
)
def test_the_legs_of_other_workers_count_while_they_live(stale_s, carries):
    exchange = an_exchange()
    add_trunk(exchange.ports, "a", "0.05", capacity=2)
    now = exchange.ports.clock.start
    calls = {"x": LiveCall("a", 7, 3), "y": LiveCall("b", 7, 3, "c")}
    stale_at = now + timedelta(seconds=stale_s)
    exchange.ports.workers.beat(Beat("w2", now, stale_at, 2, calls))

    assert trunks_of(exchange.connect()) == carries


@pytest.mark.parametrize(("capacity", "has_room"), [(2, False), (20, True)])
def test_what_others_have_placed_since_is_asked_for_where_a_trunk_is_nearly_full(
    capacity, has_room
):
    exchange = an_exchange()
    trunk = add_trunk(exchange.ports, "a", "0.05", capacity=capacity)
    reads: list[float] = []

    class Workers(Outage):
        def all(self) -> list[Beat]:
            reads.append(asyncio.get_running_loop().time())
            return self._port.all()

    async def story() -> bool:
        channels = Channels(Workers(exchange.ports.workers), exchange.ports.clock, "w1")
        async with channels.taken(trunk):
            await asyncio.sleep(1)
            now = exchange.ports.clock.now()
            calls = {"x": LiveCall("a", 0)}
            beat = Beat("w2", now, now + timedelta(seconds=15), 2, calls)
            exchange.ports.workers.beat(beat)
            async with channels.taken(trunk) as found:
                return found

    assert run_simulated(story()) is has_room
    assert reads == ([0] if has_room else [0, 1])


def test_its_own_heartbeat_does_not_count_twice():
    exchange = an_exchange()
    add_trunk(exchange.ports, "a", "0.05", capacity=2)
    now = exchange.ports.clock.start
    own = Beat("w1", now, now + timedelta(seconds=15), 2, {"x": LiveCall("a", 7, 3)})
    exchange.ports.workers.beat(own)

    assert trunks_of(exchange.connect()) == ["a", "a"]


def test_where_every_trunk_is_full_the_destination_is_not_there():
    exchange = an_exchange()
    for name in "bc":
        exchange.ports.trunks.remove(name)
    add_trunk(exchange.ports, "a", "0.05", capacity=1)

    cdr = exchange.connect()

    assert cdr.verdict == Verdict(Ending.CARRIER_FAILED, Culprit.US)
    assert (trunks_of(cdr), cdr.destination) == (["a"], None)
    assert "customer hears destination-unreachable" in [what for _, what in exchange.transcript]


def test_the_worker_takes_only_trunks_that_the_loss_guard_allows():
    # Three minutes are sold for 0.06 and 0.10. The destination costs 0.09, so that the customer
    # may cost 0.07, and costs 0.03, 0.06 and 0.15.
    exchange = Exchange({BOB: TALKS})
    exchange.ports.trunks.remove("carrier")
    exchange.phone.trunks |= {"a": FAILS, "b": FAILS}
    add_trunk(exchange.ports, "far", "0.03", prefixes=("1",))
    for name, rate in (("a", "0.01"), ("b", "0.02"), ("dear", "0.05")):
        add_trunk(exchange.ports, name, rate, prefixes=("44",))

    cdr = exchange.connect()

    assert exchange.phone.tried == ["a", "b"]
    assert cdr.verdict == Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)


def test_a_cost_in_another_currency_is_kept_with_the_rate_of_its_moment():
    exchange = an_exchange()
    set_exchange(exchange.ports, "USD", "EUR", 920_000_000_000)
    add_trunk(exchange.ports, "dollars", "0.01", currency="USD")

    def later(_session) -> None:
        set_exchange(exchange.ports, "USD", "EUR", 1)
        add_trunk(exchange.ports, "dollars", "9", currency="USD")

    cdr = exchange.connect(events={20.0: later})

    cost = cdr.destination.trunk_cost
    assert (cost.currency, cost.micros, cost.version) == ("USD", 10_000, "v-0.01")
    assert cost.converted_micros == 9_200
    assert cdr.destination.margin_micros == cdr.destination.cost_micros - 9_200


def test_a_leg_says_over_which_trunk_it_goes():
    call = LiveCall("a", 5, None)

    assert [call.trunk_of(party) for party in Party] == ["a", "a"]
    assert (call.legs_on("a"), call.legs_on("b")) == (1, 0)
    assert LiveCall("a", 5, 3).legs_on("a") == 2
    assert LiveCall("a", 5, 3, "b").trunk_of(Party.DESTINATION) == "b"
    assert LiveCall("a", 5, 3, "b").legs_on("b") == 1
