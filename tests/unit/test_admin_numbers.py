"""Service numbers in the console: found, added, changed part by part, removed."""

from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.opening_hours import OpeningHours, parse_opening
from switchboard.billing.service_number import ServiceMode, ServiceNumber, WhenClosed
from switchboard.calls.manners import Manners
from switchboard.desk.accounts import Terms, open_account
from switchboard.numbering import PhoneNumber
from switchboard.staff.rights import READY_MADE, Role, rights_of
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.world import BOB, SERVICE

OWN = f"/admin/numbers/{SERVICE.digits}"
NEW = PhoneNumber("+442079460001")
PAYER = {
    "mode": "ani",
    "rings_back": "caller",
    "delay": "2.5",
    "quiet": "30",
    "retries": "0",
    "retry_after": "60",
}
DID = {**PAYER, "mode": "did", "account": "alice", "rings": "+14155550100"}


@pytest.fixture
def console():
    return console_of()


def number(console, which=SERVICE) -> ServiceNumber:
    found = console.ports.accounts.look_up(None, which).service
    assert found is not None
    return found


def test_a_did_is_added(console):
    response = console.fill("/admin/new-number", number=str(NEW), **DID)

    page = readable(console.go(response))
    did = number(console, NEW)
    assert f"{NEW} was added." in page
    assert (did.mode, did.account, str(did.rings)) == (ServiceMode.DID, "alice", "+14155550100")
    assert did.delay == timedelta(seconds=2.5)
    assert f"add number {NEW}" in readable(console.get("/admin/audit"))


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"number": "020 7946 0001"}, "write it with the plus"),
        ({"number": "+4420"}, "+4420"),
        ({"number": str(SERVICE)}, "is in use already"),
        ({"account": "nobody"}, "no account nobody"),
        ({"account": ""}, "A DID has an account"),
        ({"mode": "ani"}, "only a DID"),
        ({"mode": "magic"}, "none of the choices"),
        ({"delay": "soon"}, "is not a number of seconds"),
        ({"delay": "9999"}, "The delay is 0 to 600 seconds"),
        ({"retries": "11"}, "tried again 0 to 10 times"),
    ],
)
def test_what_is_wrong_with_a_number_is_told(console, fields, told):
    response = console.fill("/admin/new-number", **{"number": str(NEW), **DID, **fields})

    assert response.status_code in {400, 404, 409, 422}
    assert told.lower() in readable(response).lower()
    assert len(console.ports.accounts.service_numbers()) == 1


def test_every_part_of_a_number_is_changed_by_its_own_form(console):
    console.fill(f"{OWN}/edit", **{**PAYER, "mode": "pin", "account": "alice", "retries": "2"})
    hours = {"hours": "mon-fri 09:00-17:00\r\nsat", "time_zone": "Europe/London"}
    console.fill(f"{OWN}/hours", **hours, when_closed="refuse")
    console.fill(
        f"{OWN}/speech", language="fr", languages="fr, en es", confirm="yes", tell_limit="no"
    )

    new = number(console)
    windows = tuple(map(parse_opening, ("mon-fri 09:00-17:00", "sat")))
    assert (new.mode, new.account, new.retries) == (ServiceMode.PIN, "alice", 2)
    assert new.hours == OpeningHours(windows, "Europe/London")
    assert (new.when_closed, new.language) == (WhenClosed.REFUSE, "fr")
    assert new.languages == ("fr", "en", "es")
    assert new.manners == Manners(confirm=True, tell_limit=False)
    shown = readable(console.get(OWN))
    assert "mon-fri 09:00-17:00, sat (Europe/London)" in shown
    log = readable(console.get(f"/admin/audit?about=number+%2B{SERVICE.digits}"))
    assert "mode ani → pin" in log
    assert "→ mon-fri 09:00-17:00, sat (Europe/London)" in log
    assert "confirm" in log


def test_a_form_that_is_sent_back_as_it_is_changes_nothing(console):
    console.fill(f"{OWN}/hours", time_zone="UTC", when_closed="queue")
    console.fill(f"{OWN}/speech")

    assert number(console) == ServiceNumber(SERVICE)
    assert "change number" not in readable(console.get("/admin/audit"))


def test_a_number_is_removed_after_it_was_said_what_that_does(console):
    assert "is not called any more" in readable(console.get(f"{OWN}/remove"))

    response = console.fill(f"{OWN}/remove")

    assert f"{SERVICE} is gone." in readable(console.go(response))
    assert console.get(OWN).status_code == 404
    assert console.get("/admin/numbers/x").status_code == 404


def test_numbers_are_found_by_digits_and_account_and_read_on(console):
    for serial in range(100, 160):
        did = {"mode": ServiceMode.DID, "account": "alice", "rings": BOB}
        console.ports.accounts.add_service_number(
            ServiceNumber(PhoneNumber(f"+442079461{serial}"), **did)
        )

    first = console.get("/admin/numbers")
    assert "+442079461148" in readable(first)
    assert "+442079461149" not in readable(first)
    following = console.get("/admin/numbers?cursor=%2B442079461148")
    assert "+442079461149" in readable(following)
    assert "+442079461148" not in readable(following)
    assert str(SERVICE) not in readable(console.get("/admin/numbers?q=ali"))
    assert "+442079461155" in readable(console.get("/admin/numbers?q=79461155"))
    assert "There is no such number." in readable(console.get("/admin/numbers?q=bob"))


def test_a_list_of_numbers_does_not_read_all_of_them(console):
    for serial in range(100, 999):
        number = PhoneNumber(f"+442079461{serial}")
        console.ports.accounts.add_service_number(ServiceNumber(number))
    read = []
    accounts = console.ports.accounts
    page_of = accounts.service_page
    accounts.service_page = lambda *asked, **named: (
        read.append(named["limit"]) or page_of(*asked, **named)
    )
    accounts.service_numbers = None

    for query in ("", "?q=79461", "?q=alice"):
        assert console.get(f"/admin/numbers{query}").status_code == 200

    assert read == [50, 50] + [50] * 10


def test_what_was_refused_today_is_counted(console):
    console.ports.rings.count_refused(SERVICE, "unknown_sender", console.ports.clock.now().date())

    assert "unknown sender 1" in readable(console.get(OWN))


def test_who_has_their_own_accounts_only_has_their_numbers_only():
    role = Role("reseller", rights_of("accounts:*", "numbers:*"), own_accounts_only=True)
    console = console_of(role)
    open_account(console.ports, Profile("mine", "Mine", "EUR", "retail", owner="jane"), Terms())
    mine = ServiceNumber(NEW, ServiceMode.DID, "mine", rings=BOB)
    console.ports.accounts.add_service_number(mine)

    page = readable(console.get("/admin/numbers"))

    assert str(NEW) in page
    assert str(SERVICE) not in page
    for part in ("", "/edit", "/hours", "/speech", "/remove"):
        assert console.get(OWN + part).status_code == 404, part
    fields = {"number": "+442079460002", **DID}
    assert "no account alice" in readable(console.fill("/admin/new-number", **fields))
    given_away = console.fill(f"/admin/numbers/{NEW.digits}/edit", **DID)
    assert given_away.status_code == 404
    to_all = console.fill("/admin/new-number", **PAYER, number="+442079460003")
    assert "belongs to an account of yours" in readable(to_all)


def test_who_only_sees_numbers_is_offered_no_change():
    page = console_of(READY_MADE["support"]).get(OWN).body.decode()

    assert str(SERVICE) in page
    assert f"{OWN}/" not in page
