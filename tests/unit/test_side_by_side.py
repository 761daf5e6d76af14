"""For all rates, phones and balances: callbacks of one prepaid account never overspend it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.calls.cdr import Cdr
from switchboard.desk.purse import PurseTerms
from switchboard.errors import Refusal
from switchboard.ledger.entries import SettlementKind
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from workers.session import Session

PAIRS = [
    (PhoneNumber(f"+44207123456{digit}"), PhoneNumber(f"+1415555010{digit}")) for digit in range(3)
]


@dataclass(frozen=True)
class Plan:
    """One callback: when it is asked for, and what both phones do."""

    at_s: float
    customer: FarEnd
    destination: FarEnd


def spans(least: float, most: float):
    return st.integers(int(least * 10), int(most * 10)).map(lambda tenths: tenths / 10)


far_ends = st.builds(
    FarEnd,
    answers_s=spans(0.2, 20),
    refuses_with=st.sampled_from([None, None, None, 486, 503]),
    hangs_up_s=spans(0, 400),
)
plans = st.builds(Plan, at_s=spans(0, 60), customer=far_ends, destination=far_ends)
rates = st.tuples(
    st.integers(0, 30_000).map(lambda units: f"{units / 10_000:.4f}"),
    st.sampled_from(["0", "0.01", "0.25"]),
    st.sampled_from([1, 6, 30, 60]),
    st.sampled_from([1, 6, 60]),
)
terms = st.builds(
    PurseTerms,
    quantum=st.sampled_from([1, 7, 30, 300]).map(lambda seconds: timedelta(seconds=seconds)),
    ring_limit=st.sampled_from([5, 60]).map(lambda seconds: timedelta(seconds=seconds)),
    margin=st.sampled_from([1, 5, 15]).map(lambda seconds: timedelta(seconds=seconds)),
)


def serve_all(exchange: Exchange, planned: list[Plan]) -> list[Cdr]:
    """The CDRs of those that were not refused."""

    async def one(number: int, plan: Plan) -> Cdr | None:
        await asyncio.sleep(plan.at_s)
        customer, destination = PAIRS[number]
        with suppress(Refusal):
            callback = exchange.order(destination, customer=customer, identity=str(number))
            return await Session(exchange.desk, callback.id).serve()
        return None

    async def all_of_them() -> list[Cdr | None]:
        return await asyncio.gather(*(one(*numbered) for numbered in enumerate(planned)))

    return [cdr for cdr in run_simulated(all_of_them()) if cdr is not None]


@settings(max_examples=300, deadline=None)
@given(
    cents=st.integers(0, 1000),
    customer_rate=rates,
    destination_rate=rates,
    purse=terms,
    planned=st.lists(plans, min_size=1, max_size=len(PAIRS)),
)
def test_callbacks_side_by_side_never_overspend(
    cents, customer_rate, destination_rate, purse, planned
):
    rows = [",".join(map(str, row)) for row in (("44", *customer_rate), ("1", *destination_rate))]
    deck = "\n".join(["prefix,rate,connection_fee,initial,increment", *rows])
    phones = {
        number: far_end
        for pair, plan in zip(PAIRS, planned, strict=False)
        for number, far_end in zip(pair, (plan.customer, plan.destination), strict=True)
    }
    exchange = Exchange(phones, opening_micros=cents * 10_000, deck=deck, terms=purse)

    cdrs = serve_all(exchange, planned)

    assert exchange.balance.posted_micros >= 0
    assert exchange.balance.holds == {}
    assert exchange.breaches == []
    assert exchange.balance.posted_micros == cents * 10_000 - sum(cdr.cost.micros for cdr in cdrs)
    assert all(cdr.settlement.kind is not SettlementKind.EXPIRE for cdr in cdrs)


def test_two_that_talk_at_once_share_the_money_to_the_last_cent():
    purse = PurseTerms(
        quantum=timedelta(seconds=10), ring_limit=timedelta(seconds=5), margin=timedelta(seconds=2)
    )
    exchange = Exchange(opening_micros=2_060_000, deck=CENT_A_SECOND, terms=purse)
    talk_for_ever = Plan(0, FarEnd(), FarEnd())

    one, other = serve_all(exchange, [talk_for_ever, talk_for_ever])

    # Each of them waited for three cents; two hundred cents are left to talk for, two a second.
    assert one.talked_s + other.talked_s == 100
    assert min(one.talked_s, other.talked_s) >= 12
    assert exchange.balance.posted_micros == 0
    assert exchange.breaches == []


def test_the_second_of_two_is_refused_where_the_first_holds_all_the_money():
    exchange = Exchange(opening_micros=1_000_000, deck=CENT_A_SECOND)
    talk_for_ever = Plan(0, FarEnd(), FarEnd())

    cdrs = serve_all(exchange, [talk_for_ever, Plan(10, FarEnd(), FarEnd())])

    assert len(cdrs) == 1
    dialled = [what for _, what in exchange.transcript if "dialled" in what]
    customer, destination = PAIRS[0]
    assert dialled == [
        f"customer is dialled at {customer}",
        f"destination is dialled at {destination}",
    ]
