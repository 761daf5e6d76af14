"""A run that dies at any of its writes, or hears nothing of one, is made good by the next."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.billing.catalogue import Item, Unpaid
from switchboard.billing.periods import Anchor, Interval, Unit
from switchboard.billing.plans import Allowance
from switchboard.billing.recurring import Did
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.billing.subscriptions import Deal
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.catalogue import save_item
from switchboard.desk.check_books import check_books
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.recurring import run_recurring
from switchboard.desk.subscriptions import end_subscription, subscribe
from switchboard.ports import Ports
from tests.fakes.plans import offer_plan
from tests.fakes.recurring_world import alices_system, charges, pay, turn_to
from tests.fakes.world import ALICE, BOB
from tests.simulator.trouble import Crashed

WRITES = ("enter", "advance", "end_buckets")


@dataclass
class Fuse:
    """Ends the process at one of its writes, counted from 0: before it, or right after it."""

    at: int
    after: bool
    written: int = 0

    def around(self, write: Callable[[], Any]) -> Any:
        number, self.written = self.written, self.written + 1
        if number == self.at and not self.after:
            raise Crashed
        answer = write()
        if number == self.at:
            raise Crashed
        return answer


@dataclass
class Fused:
    """A port that goes with the fuse."""

    port: Any
    fuse: Fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.port, name)
        if name not in WRITES:
            return method
        return lambda *args, **named: self.fuse.around(lambda: method(*args, **named))


def rich() -> Ports:
    """Alice has a line, and plans that change."""
    ports = alices_system("2026-01-31", opening_micros=1_000_000_000)
    talk = Allowance("talk", "uk", 600, rollover=1)
    offer_plan(ports, "small", talk, price_micros=10_000_000)
    offer_plan(ports, "large", talk, price_micros=20_000_000)
    save_item(ports, Item("line", "EUR", 30_000_000, anchor=Anchor.ANNIVERSARY), new=True)
    subscribe(ports, "alice", Deal("line"))
    end_subscription(ports, "alice", "line", on=date(2026, 3, 10))
    for plan, month_day in (("small", (2, 5)), ("large", (2, 20)), ("", (3, 20))):
        from_at = datetime(2026, *month_day, tzinfo=UTC)
        change_profile(ports, "alice", Changes(plan=plan, from_at=from_at))
    return ports


def poor() -> Ports:
    """Alice has a DID, which she cannot pay for more than a month, and is blocked then."""
    ports = alices_system("2026-01-31", opening_micros=40_000_000)
    terms = {"setup_micros": 1_000_000, "unpaid": Unpaid.SUSPEND_ACCOUNT}
    save_item(ports, Item("did", "EUR", 30_000_000, anchor=Anchor.ANNIVERSARY, **terms), new=True)
    ports.accounts.add_service_number(ServiceNumber(BOB, ServiceMode.DID, "alice", ALICE))
    subscribe(ports, "alice", Deal("did"), number=BOB, on=date(2026, 2, 10))
    return ports


def lived(opened: Callable[[], Ports], run: Callable[[Ports], object]) -> Ports:
    """Some months in which a run was made now and then, at last with new money."""
    ports = opened()
    for day in ("2026-02-12", "2026-03-01", "2026-03-12", "2026-03-25", "2026-03-30"):
        turn_to(ports, day)
        run(ports)
    pay(ports, 200_000_000)
    turn_to(ports, "2026-04-02")
    run(ports)
    return ports


def state_of(ports: Ports) -> object:
    # What is over may be cleared away by a later run.
    drop_expired_buckets(ports, ports.accounts.get("alice"))
    alice = ports.accounts.get("alice")
    subscriptions = [replace(one, version=0) for one in ports.subscriptions.all()]
    due = ports.subscriptions.due_at
    return charges(ports), alice, subscriptions, due, ports.accounts.service_numbers()


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("opened", "writes", "last"),
    [(rich, 18, "plan#2026-03-01#credit"), (poor, 7, "did#setup")],
)
def test_a_run_that_dies_anywhere_is_made_good_by_the_next(opened, writes, last, after):
    counting = Fuse(at=-1, after=False)
    whole = state_of(lived(opened, lambda ports: run_recurring(fused(ports, counting))))

    for at in range(counting.written):
        fuse = Fuse(at, after)
        ports = lived(opened, lambda ports, fuse=fuse: run_until_done(ports, fuse))
        assert state_of(ports) == whole, f"write {at}"
        assert list(check_books(ports)) == []

    assert counting.written >= writes
    assert whole[0][-1][0] == last


def run_until_done(ports: Ports, fuse: Fuse) -> None:
    try:
        run_recurring(fused(ports, fuse))
    except Crashed:
        run_recurring(fused(ports, fuse))


def fused(ports: Ports, fuse: Fuse) -> Ports:
    return replace(
        ports, books=Fused(ports.books, fuse), subscriptions=Fused(ports.subscriptions, fuse)
    )


def test_a_resumption_that_broke_off_is_not_charged_again_on_another_day():
    ports = lived(poor, lambda ports: None if is_april(ports) else run_recurring(ports))
    with pytest.raises(Crashed):
        run_recurring(fused(ports, Fuse(0, after=True)))
    turn_to(ports, "2026-04-05")

    report = run_recurring(ports)

    assert [one.did for one in report.done] == [Did.RESUMED]
    assert charges(ports) == [
        ("did#2026-02-10", "-30.00"),
        ("did#2026-03-10", "-30.00"),
        ("did#setup", "-1.00"),
    ]


def is_april(ports: Ports) -> bool:
    return ports.clock.now().month == 4


def test_a_plan_that_ends_does_not_hide_what_a_run_had_entered():
    ports = alices_system("2026-06-20")
    offer_plan(ports, "small", price_micros=30_000_000)
    change_profile(ports, "alice", Changes(plan="small"))
    run_recurring(ports)
    turn_to(ports, "2026-07-01")
    with pytest.raises(Crashed):
        run_recurring(fused(ports, Fuse(0, after=True)))
    change_profile(ports, "alice", Changes(plan="", from_at=datetime(2026, 7, 1, tzinfo=UTC)))

    run_recurring(ports)

    assert charges(ports)[1:] == [
        ("plan#2026-07-01", "-30.00"),
        ("plan#2026-07-01#credit", "30.00"),
    ]


@settings(deadline=None)
@given(
    st.sampled_from(Unit),
    st.integers(1, 4),
    st.sampled_from(Anchor),
    st.dates(date(2026, 1, 1), date(2026, 3, 31)),
    st.lists(st.integers(1, 60), min_size=1, max_size=5),
    st.integers(1, 50_000_000),
)
def test_every_day_is_charged_once_however_rarely_it_runs(
    unit, count, anchor, begins_on, pauses, price
):
    ports = alices_system(str(begins_on), opening_micros=10**12)
    item = Item("line", "EUR", price, interval=Interval(unit, count), anchor=anchor)
    save_item(ports, item, new=True)
    subscribe(ports, "alice", Deal("line"))
    spans = [ports.subscriptions.find("alice", "line").paid.span]

    today = begins_on
    for pause in pauses:
        today = date.fromordinal(today.toordinal() + pause)
        turn_to(ports, str(today))
        spans += [done.after.paid.span for done in run_recurring(ports).done]

    assert spans[0].begins_on == begins_on
    assert all(one.ends_on == two.begins_on for one, two in pairwise(spans))
    assert spans[-1].begins_on <= today < spans[-1].ends_on
    assert [name for name, _ in charges(ports)] == [f"line#{one.begins_on}" for one in spans]
    assert list(check_books(ports)) == []
