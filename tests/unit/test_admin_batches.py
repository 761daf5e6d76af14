"""Batches of PINs and vouchers in the console: made, handed out once, blocked, looked up."""

import csv
import io

import pytest

from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.desk.vouchers import redeem
from switchboard.staff.rights import Role, rights_of
from tests.fakes.api import SETTINGS, readable
from tests.fakes.console import console_of
from tests.fakes.world import NOON

VOUCHERS = {"kind": "vouchers", "name": "winter", "count": "3", "length": "12", "value": "2.50"}


@pytest.fixture
def console():
    return console_of()


def pins_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.body.decode("utf-8-sig"))))


def test_vouchers_are_made_handed_out_as_a_file_and_redeemed(console):
    response = console.fill("/admin/new-batch", **VOUCHERS, valid_until="2027-01-31")

    assert response.headers["Content-Disposition"] == 'attachment; filename="winter.csv"'
    rows = pins_of(response)
    assert [row["voucher"] for row in rows] == ["winter-000001", "winter-000002", "winter-000003"]
    assert {len(row["pin"]) for row in rows} == {12}
    [batch] = console.ports.pins.batches()
    assert (batch.state, batch.currency, batch.value_micros) == (BatchState.READY, "EUR", 2_500_000)
    account = redeem(console.ports, SETTINGS.pin_key, "alice", rows[0]["pin"])
    assert account.balance.posted_micros == 7_500_000
    shown = readable(console.get("/admin/batches/winter"))
    assert "2.50 EUR" in shown
    log = readable(console.get("/admin/audit"))
    assert "make batch winter" in log
    assert not any(row["pin"] in shown + log for row in rows)


def test_accounts_are_made_on_a_sheet(console):
    fields = {**VOUCHERS, "kind": "accounts", "sheet": "retail", "valid_days": "90"}
    rows = pins_of(console.fill("/admin/new-batch", **fields))

    assert console.ports.accounts.get(rows[0]["account"]).profile.sheet == "retail"
    assert console.ports.pins.batch("winter").valid_days == 90


def test_a_form_that_is_posted_twice_makes_one_batch(console):
    page = console.get("/admin/new-batch").body.decode()
    console.submit(page, "/admin/new-batch", **VOUCHERS)

    again = console.submit(page, "/admin/new-batch", **VOUCHERS)

    assert again.status_code == 409
    assert "there was a batch winter before" in readable(again).lower()


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"count": "2001"}, "1 to 2,000 are made at once"),
        ({"count": "x"}, "is not a whole number"),
        ({"length": "3"}, "6 to 20"),
        ({"value": "0"}, "A voucher has a value"),
        ({"value": "1,5"}, "1,5"),
        ({"name": "No Such Name!"}, "No Such"),
        ({"currency": "XX"}, "XX"),
        ({"kind": "accounts"}, "Accounts need a sheet"),
        ({"valid_until": "2001-01-01"}, "over already"),
        ({"valid_until": "tomorrow"}, "is no date"),
        ({"plan": "gold"}, "none of the choices"),
    ],
)
def test_what_is_wrong_with_a_batch_is_told(console, fields, told):
    response = console.fill("/admin/new-batch", **{**VOUCHERS, **fields})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert console.ports.pins.batches() == []


def test_a_batch_is_blocked_and_unblocked(console):
    console.fill("/admin/new-batch", **VOUCHERS)
    assert "no voucher of it is redeemed" in readable(console.get("/admin/batches/winter/block"))

    console.fill("/admin/batches/winter/block")
    assert console.ports.pins.batch("winter").state is BatchState.BLOCKED
    assert "blocked" in readable(console.get("/admin/batches"))
    console.fill("/admin/batches/winter/unblock")

    assert console.ports.pins.batch("winter").state is BatchState.READY
    assert "state blocked → ready" in readable(console.get("/admin/audit?about=batch+winter"))


def test_a_batch_whose_making_broke_off_is_discarded(console):
    broken = Batch("broken", BatchKind.VOUCHERS, 5, 12, "EUR", NOON, 1)
    console.ports.pins.start(broken)

    console.fill("/admin/batches/broken/discard")

    assert console.ports.pins.batch("broken").state is BatchState.DISCARDED


def test_a_voucher_is_looked_up_by_its_pin(console):
    rows = pins_of(console.fill("/admin/new-batch", **VOUCHERS))
    redeem(console.ports, SETTINGS.pin_key, "alice", rows[1]["pin"])

    page = readable(console.fill("/admin/voucher", pin=rows[1]["pin"]))

    assert "winter-000002" in page
    assert "alice" in page
    assert rows[1]["pin"] not in page
    log = readable(console.get("/admin/audit"))
    assert "look up voucher winter-000002" in log
    assert rows[1]["pin"] not in log


def test_who_searches_for_pins_is_told_to_wait(console):
    statuses = [console.fill("/admin/voucher", pin=f"00000{n}").status_code for n in range(4)]

    assert statuses == [404, 404, 404, 429]


def test_who_may_not_take_pins_away_makes_none():
    console = console_of(Role("maker", rights_of("pins:see,change")))

    response = console.fill("/admin/new-batch", **VOUCHERS)

    assert response.status_code == 403
    assert console.ports.pins.batches() == []
    assert "/admin/new-batch" not in console.get("/admin/batches").body.decode()
