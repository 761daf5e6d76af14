"""Recurring charges in any order of events: no day is charged twice, and the books are in order."""

import re
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.billing.catalogue import Proration, Unpaid
from switchboard.billing.periods import Anchor, Interval
from switchboard.desk.check_books import check_books
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.recurring import run_recurring
from switchboard.ports import Ports
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import alices_system, pay
from tests.simulator.trouble import Crashed
from tests.unit.test_recurring_crashes import Fuse, fused

SPAN = re.compile(r"(\d{4}-\d\d-\d\d) to (\d{4}-\d\d-\d\d)( not used)?$")
PLANS = ("one", "two", "")

plan_changes = st.tuples(
    st.just("plan"), st.sampled_from(PLANS), st.integers(min_value=-10, max_value=40)
)
runs = st.tuples(st.just("run"), st.integers(0, 45), st.integers(-1, 4))
payments = st.tuples(st.just("pay"), st.integers(1, 100), st.just(0))
prorations = st.sets(st.sampled_from(Proration)).map(tuple)


def offer(ports: Ports, name: str, interval: str, anchor: Anchor, proration, unpaid) -> None:
    offer_plan(
        *(ports, name),
        interval=Interval.parse(interval),
        anchor=anchor,
        proration=proration,
        unpaid=unpaid,
    )


def charged_days(ports: Ports) -> Counter[date]:
    """How often each day is charged, by the journal's own words."""
    days: Counter[date] = Counter()
    for entry in ports.books.entries("alice"):
        found = SPAN.search(entry.note)
        if found is not None:
            first, last = map(date.fromisoformat, found.group(1, 2))
            sign = -1 if found[3] else 1
            for number in range((last - first).days + 1):
                days[first + timedelta(days=number)] += sign
    return days


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(["week", "month", "10 days"]),
    st.sampled_from(Anchor),
    prorations,
    st.sampled_from(Unpaid),
    st.integers(0, 60),
    st.lists(plan_changes | runs | payments, min_size=3, max_size=14),
)
def test_no_day_is_charged_twice_whatever_happens(
    interval, anchor, proration, unpaid, opening, events
):
    ports = alices_system("2026-01-15", opening_micros=opening * 1_000_000)
    offer(ports, "one", interval, anchor, proration, unpaid)
    offer(ports, "two", "month", anchor, proration, unpaid)

    for number, (event, what, extra) in enumerate(events):
        if event == "pay":
            pay(ports, what * 1_000_000, str(number))
        elif event == "plan":
            on = ports.clock.now().date() + timedelta(days=extra)
            from_at = datetime.combine(on, time(), UTC)
            change_profile(ports, "alice", Changes(plan=what, from_at=from_at))
        else:
            ports.clock.pass_by(timedelta(days=what))
            try:
                run_recurring(fused(ports, Fuse(extra, after=number % 2 == 0)))
            except Crashed:
                continue
    run_recurring(ports)

    if Proration.END in proration:
        # Else what ends early and begins again is paid for twice: nothing is given back.
        assert set(charged_days(ports).values()) <= {0, 1}
    assert list(check_books(ports)) == []
    if unpaid is not Unpaid.GO_NEGATIVE:
        assert ports.books.balance("alice").posted_micros >= 0
    assert run_recurring(ports).done == ()
