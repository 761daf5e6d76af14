"""Callbacks in the console: priced, placed, planned, watched, cancelled."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.calls.callback import State
from switchboard.desk.profiles import Changes, change_profile
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import end_after_a_minute, readable
from tests.fakes.console import console_of
from tests.fakes.vouchers import a_voucher

CALL = "/admin/accounts/alice/call"
PHONES = {"customer": "020 7123 4567", "destination": "+1 415 555 0100"}


@pytest.fixture
def console():
    return console_of()


def hidden(response, name: str) -> str:
    return re.search(f'name="{name}" value="([^"]*)"', response.body.decode())[1]


def place(console, **fields):
    """The price is asked for, and then the callback."""
    priced = console.fill(CALL, **PHONES, **fields)
    assert priced.status_code == 200, readable(priced)
    return console.submit(priced.body.decode(), CALL, **PHONES, **fields, do="place")


def only_callback(console):
    [callback] = console.ports.callbacks.placed.values()
    return callback


def test_the_price_of_both_legs_is_shown_before_anything_is_placed(console):
    shown = readable(console.fill(CALL, **PHONES))

    assert "The first phone 0.02 EUR a minute United Kingdom" in shown
    assert "The other party 0.03 EUR a minute plus 0.01 to connect USA and Canada" in shown
    assert "Both 0.05 EUR a minute" in shown
    assert "They can talk for 1:39" in shown
    assert console.ports.callbacks.placed == {}


def test_a_callback_is_placed_watched_and_over(console):
    placed = place(console, confirm="yes")
    callback = only_callback(console)
    page = placed.headers["Location"]
    waits = readable(console.get(page))
    now = console.ports.clock.now()
    console.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))
    console.ports.callbacks.advance(callback.id, "w1", State.CALLING_CUSTOMER, now)
    rings = readable(console.get(f"{page}/progress"))
    end_after_a_minute(console.ports, console.ports.callbacks.find(callback.id))
    over = console.get(f"{page}/progress")

    assert page == f"/admin/accounts/alice/callbacks/{callback.id}"
    assert (callback.account, callback.trigger, callback.manners.confirm) == (
        "alice",
        "console",
        True,
    )
    assert console.ports.queue.sent == [callback.id]
    assert "waits" in waits
    assert "calling customer" in rings
    assert "over" in readable(over)
    assert "1:00" in readable(over)
    assert "hx-get" not in over.body.decode()
    log = readable(console.get("/admin/audit?about=account+alice"))
    assert "place callback account alice callback" in log
    assert "to – → +14155550100" in re.sub("[\N{EN DASH}]", "–", log)  # noqa: RUF001  as shown


def test_the_same_form_posted_twice_is_one_callback_and_one_entry(console):
    priced = console.fill(CALL, **PHONES).body.decode()
    first = console.submit(priced, CALL, **PHONES, do="place")
    second = console.submit(priced, CALL, **PHONES, do="place")

    assert first.headers["Location"] == second.headers["Location"]
    assert readable(console.get("/admin/audit")).count("place callback") == 1


def test_what_was_changed_since_its_price_was_shown_is_priced_anew(console):
    priced = console.fill(CALL, **PHONES).body.decode()
    other = {**PHONES, "destination": "+33142685300"}

    shown = console.submit(priced, CALL, **other, do="place")

    assert (shown.status_code, "0.60 EUR" in readable(shown)) == (200, True)
    assert console.ports.callbacks.placed == {}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"customer": ""}, "This is needed"),
        ({"destination": "home"}, "is not a phone number"),
        ({"destination": "+1 900 555 0100"}, "are not possible"),
        ({"at": "tomorrow"}, "is no time"),
        ({"at": "9999-12-31T23:59"}, "for the next 60 days"),
    ],
)
def test_what_cannot_be_called_is_told_and_nothing_placed(console, changes, told):
    response = console.fill(CALL, **{**PHONES, **changes})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert console.ports.callbacks.placed == {}


def test_a_callback_is_planned_by_the_clocks_of_the_account_and_cancelled(console):
    change_profile(console.ports, "alice", Changes(time_zone="America/New_York"))
    placed = place(console, at="2026-01-02T12:30")
    [planned] = console.ports.schedule.of("alice")
    page = placed.headers["Location"]
    shown = readable(console.get(page))
    account = readable(console.get("/admin/accounts/alice"))

    console.fill(f"{page}/cancel")

    assert planned.at == datetime(2026, 1, 2, 17, 30, tzinfo=UTC)
    assert "planned" in shown
    assert "Rings at 2026-01-02 17:30 UTC" in shown
    assert "Planned callbacks" in account
    assert console.ports.schedule.of("alice") == []
    assert "cancelled" in readable(console.get(page))
    assert "cancel callback" in readable(console.get("/admin/audit"))


def test_a_planned_callback_in_the_past_is_refused(console):
    response = console.fill(CALL, **PHONES, at="2020-01-01T12:00", do="place")

    assert response.status_code == 400
    assert "for the next 60 days" in readable(response)


def test_who_has_own_accounts_only_places_and_sees_only_theirs():
    role = Role("reseller", rights_of("calls:*", "accounts:see"), own_accounts_only=True)
    console = console_of(role)
    assert console.get(CALL).status_code == 404

    change_profile(console.ports, "alice", Changes(owner="jane"))
    priced = console.fill(CALL, **PHONES)

    assert "These two can be connected." in readable(priced)
    assert "EUR" not in readable(priced)
    page = place(console).headers["Location"]
    assert console.get(page).status_code == 200
    change_profile(console.ports, "alice", Changes(owner=""))
    for path in (page, f"{page}/progress", f"{page}/cancel"):
        assert console.get(path).status_code == 404


def test_a_callback_of_another_account_is_not_found(console):
    callback = place(console).headers["Location"].rpartition("/")[2]

    assert console.get(f"/admin/accounts/bob/callbacks/{callback}").status_code == 404
    assert console.get("/admin/accounts/alice/callbacks/nothing").status_code == 404


def test_a_voucher_tops_an_account_up_once(console):
    pin = a_voucher(console.ports)

    done = console.go(console.fill("/admin/accounts/alice/voucher", pin=pin))
    again = console.fill("/admin/accounts/alice/voucher", pin=pin)

    assert "the balance is 7.00 EUR now" in readable(done)
    assert (again.status_code, pin in readable(console.get("/admin/audit"))) == (422, False)
    assert "redeem voucher account alice" in readable(console.get("/admin/audit"))


def test_who_tries_many_vouchers_is_locked_out(console):
    for number in range(3):
        console.fill("/admin/accounts/alice/voucher", pin=f"000000000{number}")

    response = console.fill("/admin/accounts/alice/voucher", pin=a_voucher(console.ports))

    assert response.status_code == 429
