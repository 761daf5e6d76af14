"""What is done with subscriptions is foretold by what does it: to the cent, and without a trace."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.billing.catalogue import Item, Proration
from switchboard.billing.periods import Interval
from switchboard.billing.subscriptions import Deal, State
from switchboard.desk.catalogue import save_item
from switchboard.desk.foretelling import End, Rearrange, Subscribe, TakePlan, foretell
from switchboard.errors import Conflict, Malformed, NotFound
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import alices_system, charges, run_on, take, turn_to

LINE = Item("line", "EUR", 30_000_000, description="A line", setup_micros=5_000_000)


def amounts(entries) -> list[int]:
    return [entry.amount_micros for entry in entries]


def in_euros(entries) -> list[tuple[str, str]]:
    return [(one.note, str(one.amount_micros / 1_000_000)) for one in entries]


@pytest.fixture
def ports():
    ports = alices_system("2026-06-16")
    save_item(ports, LINE, new=True)
    return ports


def test_what_is_foretold_of_a_subscription_is_what_is_charged(ports):
    deed = Subscribe("alice", Deal("line"))

    foretold = foretell(ports, deed)

    assert charges(ports) == []
    assert ports.subscriptions.of("alice") == []
    assert in_euros(foretold.at_once) == [
        ("A line, set-up", "-5.0"),
        ("A line, 2026-06-16 to 2026-06-30", "-15.0"),
    ]
    assert deed.do(ports) == foretold.after
    assert ports.accounts.get("alice").balance.posted == foretold.balance
    assert [amount for _, amount in charges(ports)] == ["-15.00", "-5.00"]


def test_what_is_given_back_is_foretold(ports):
    Subscribe("alice", Deal("line")).do(ports)
    turn_to(ports, "2026-06-21")

    foretold = foretell(ports, End("alice", "line"))

    assert in_euros(foretold.at_once) == [("A line, 2026-06-21 to 2026-06-30 not used", "10.0")]
    assert (foretold.after.state, foretold.later) == (State.ENDED, None)


def test_what_counts_from_a_later_day_is_foretold_for_that_day(ports):
    Subscribe("alice", Deal("line")).do(ports)

    end = foretell(ports, End("alice", "line", date(2026, 8, 16)))
    twice = foretell(
        ports,
        Rearrange("alice", "line", lambda deal: replace(deal, quantity=2), date(2026, 7, 16)),
    )

    # July and August are charged in between: they are none of what the deed does.
    assert (end.at_once, end.later) == ((), date(2026, 8, 16))
    assert in_euros(end.then) == [("A line, 2026-08-16 to 2026-08-31 not used", "15.48")]
    assert amounts(twice.then) == [15_480_000, -30_970_000]
    assert len(charges(ports)) == 2


def test_a_daily_item_is_foretold_for_a_year(ports):
    take(ports, name="daily", interval=Interval.parse("day"), price_micros=10_000)

    foretold = foretell(ports, End("alice", "daily", date(2027, 6, 10)))

    assert foretold.then == ()
    with pytest.raises(Malformed, match="more than a year ahead"):
        foretell(ports, End("alice", "daily", date(2027, 7, 1)))


def test_what_cannot_be_paid_is_foretold_as_unpaid():
    ports = alices_system("2026-06-16", opening_micros=1_000_000)
    save_item(ports, replace(LINE, setup_micros=0), new=True)

    foretold = foretell(ports, Subscribe("alice", Deal("line")))

    assert (foretold.at_once, foretold.after.state) == ((), State.UNPAID)


def test_a_plan_is_foretold_given_and_taken_away(ports):
    offer_plan(ports, proration=tuple(Proration))
    take_it = TakePlan("alice", "world")

    foretold = foretell(ports, take_it)
    before = ports.accounts.get("alice").profile.plans
    after = take_it.do(ports)

    assert before == ()
    assert (after.deal, foretold.after.deal) == (Deal("world"), Deal("world"))
    assert amounts(foretold.at_once) == [-5_000_000]
    assert [bucket.name for bucket in ports.accounts.get("alice").buckets] == ["talk"]
    with pytest.raises(Conflict, match="has the plan world already"):
        foretell(ports, take_it)
    gone = foretell(ports, TakePlan("alice", None))
    assert (amounts(gone.at_once), gone.after.state) == ([5_000_000], State.ENDED)


def test_what_is_refused_is_refused_when_it_is_foretold(ports):
    Subscribe("alice", Deal("line")).do(ports)

    for deed, refusal in [
        (Subscribe("alice", Deal("moon")), NotFound),
        (Subscribe("nobody", Deal("line")), NotFound),
        (End("alice", "moon"), NotFound),
        (End("alice", "plan"), Malformed),
        (End("alice", "line", date(2026, 6, 1)), Malformed),
        (TakePlan("alice", None), Conflict),
        (TakePlan("alice", "moon"), NotFound),
    ]:
        with pytest.raises(refusal):
            foretell(ports, deed)


@given(
    price=st.integers(1, 50_000_000),
    quantity=st.integers(1, 9),
    unit=st.sampled_from(["day", "week", "month", "year", "10 days"]),
    proration=st.sets(st.sampled_from(list(Proration))),
    begun=st.dates(date(2026, 5, 1), date(2026, 6, 16)),
    deed=st.sampled_from(["end", "change"]),
)
def test_it_is_always_charged_what_was_foretold(price, quantity, unit, proration, begun, deed):
    ports = alices_system("2026-06-16")
    item = replace(
        LINE, price_micros=price, interval=Interval.parse(unit), proration=tuple(proration)
    )
    save_item(ports, item, new=True)
    run_on(ports, "2026-06-16")
    Subscribe("alice", Deal("line"), on=begun).do(ports)
    known = len(charges(ports))
    wanted = (
        End("alice", "line")
        if deed == "end"
        else Rearrange("alice", "line", lambda old: replace(old, quantity=quantity))
    )

    foretold = foretell(ports, wanted)
    after = wanted.do(ports)

    assert after == foretold.after
    assert ports.accounts.get("alice").balance.posted == foretold.balance
    assert len(charges(ports)) == known + len(foretold.at_once)
