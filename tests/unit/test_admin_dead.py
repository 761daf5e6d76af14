"""Dead orders in the console: what stands how, offered again, forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.profiles import Changes, change_profile
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import ConsoleBrowser, console_of
from tests.fakes.world import a_callback

WAITS, LOST = f"{1:032x}", f"{2:032x}"
OWN = Role("reseller", rights_of("calls:*"), own_accounts_only=True)


def with_dead(role: Role | None = None) -> ConsoleBrowser:
    """One that still waits, and one of a callback that is not there."""
    console = console_of(*filter(None, [role]))
    ports, now = console.ports, console.ports.clock.now()
    waits = replace(a_callback(), id=WAITS, requested_at=now, expires_at=now + timedelta(minutes=9))
    ports.callbacks.place(waits)
    for order in (WAITS, LOST):
        ports.dead_orders.died(order, now)
    return console


@pytest.fixture
def console():
    return with_dead()


def left(console) -> set[str]:
    return {order.callback for order in console.ports.dead_orders.dead}


def test_dead_orders_are_listed_and_shown_as_they_stand(console):
    page = readable(console.get("/admin/dead"))

    assert f"{WAITS} still waits alice +442071234567 +14155550100" in page
    assert f"{LOST} no such callback" in page
    assert "still waits" in readable(console.get(f"/admin/dead/{WAITS}"))
    assert console.get("/admin/dead/nothing").status_code == 404


def test_where_no_order_is_dead_nobody_looks_into_the_queue(monkeypatch):
    console = console_of()
    monkeypatch.setattr(console.ports.dead_orders, "taken", None)

    assert "No order is dead." in readable(console.get("/admin/dead"))


def test_an_order_is_offered_again_and_what_is_unknown_stays(console):
    done = console.go(console.fill(f"/admin/dead/{WAITS}/replay"))
    still = console.go(console.fill("/admin/replay-dead"))

    assert "Done: 1 still waits." in readable(done)
    assert console.ports.queue.sent == [WAITS]
    assert "Done: 1 no such callback." in readable(still)
    assert left(console) == {LOST}
    assert console.fill(f"/admin/dead/{WAITS}/replay").status_code == 404
    log = readable(console.get(f"/admin/audit?about=dead+order+{WAITS}"))
    assert f"replay dead order {WAITS} standing waits" in log


def test_orders_are_forgotten(console):
    console.fill(f"/admin/dead/{LOST}/drop")
    assert left(console) == {WAITS}
    console.fill("/admin/drop-dead")

    assert left(console) == set()
    assert console.ports.queue.sent == []


def test_who_has_own_accounts_only_sees_and_touches_their_own_orders():
    console = with_dead(OWN)
    profile = Profile("bob", name="Bob", currency="EUR", sheet="retail", owner="jane")
    open_account(console.ports, profile, Terms())
    assert "No order is dead." in readable(console.get("/admin/dead"))
    assert console.get(f"/admin/dead/{WAITS}").status_code == 404
    assert console.fill("/admin/drop-dead").status_code == 303
    assert left(console) == {WAITS, LOST}

    change_profile(console.ports, "alice", Changes(owner="jane"))

    assert console.fill(f"/admin/dead/{LOST}/drop").status_code == 404
    assert console.fill("/admin/drop-dead").status_code == 303
    assert left(console) == {LOST}
