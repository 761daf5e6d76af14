"""Trunks in the console: listed, added, changed part by part, asked, removed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat, TrunkHealth
from switchboard.calls.link import Codec, Link, Transport
from switchboard.errors import NoReply
from switchboard.staff.rights import READY_MADE
from tests.fakes.api import readable
from tests.fakes.console import console_of

CHOICE = {"address": "192.0.2.1", "priority": "5", "weight": "3", "enabled": "yes"}
LINK = {"transport": "udp", "codecs": "pcmu,pcma", "reply_limit": "4", "rests_after": "3"}


@pytest.fixture
def console():
    return console_of()


def carrier(console):
    [trunk] = [one for one in console.ports.trunks.all() if one.name == "carrier"]
    return trunk


def test_a_trunk_is_added_with_all_that_is_said_of_it(console):
    fields = {
        **CHOICE,
        "capacity": "30",
        "cost_sheet": "retail",
        "rewrites": "44=strip2\r\n\r\n*=prepend00",
    }
    response = console.fill("/admin/new-trunk", name="other", **fields)

    page = readable(console.go(response))
    other = next(one for one in console.ports.trunks.all() if one.name == "other")
    assert "other was added." in page
    assert (other.host, other.port, other.priority, other.weight) == ("192.0.2.1", 5060, 5, 3)
    assert (other.capacity, other.calls_per_second, other.cost_sheet) == (30, None, "retail")
    assert [str(rule) for rule in other.rewrites] == ["44=strip2", "*=prepend00"]
    assert "add trunk other" in readable(console.get("/admin/audit?about=trunk+other"))


def test_a_name_that_is_taken_replaces_nothing(console):
    response = console.fill("/admin/new-trunk", name="carrier", **CHOICE)

    assert response.status_code == 409
    assert carrier(console).host == "127.0.0.1"


@pytest.mark.parametrize(
    ("field", "text", "told"),
    [
        ("address", "no host!", "is not host or host:port"),
        ("priority", "-1", "is not a whole number"),
        ("weight", "0", "A weight is a number from 1"),
        ("capacity", "many", "is not a whole number"),
        ("cost_sheet", "none of them", "none of the choices"),
        ("rewrites", "44", "is not a rewriting rule"),
        ("name", "", "This is needed"),
        ("name", "a/b", "use up to 64 letters"),
    ],
)
def test_what_is_wrong_with_a_trunk_is_told(console, field, text, told):
    response = console.fill("/admin/new-trunk", **{"name": "x", **CHOICE, field: text})

    assert response.status_code in {400, 422}
    assert told in readable(response)
    assert len(console.ports.trunks.all()) == 1


def test_every_part_of_a_trunk_is_changed_by_its_own_form(console):
    old = carrier(console)
    console.fill("/admin/trunks/carrier/edit", **CHOICE)
    link = {**LINK, "transport": "tls", "proxy": "192.0.2.9", "user": "us", "password": "pw"}
    console.fill("/admin/trunks/carrier/link", **link, registers="yes", srtp="yes", keep_alive="30")
    caller = {"sender": "account", "asserted": "4420", "sender_domain": "example.com"}
    console.fill("/admin/trunks/carrier/caller-id", **caller, asserted_rewrites="*=strip1")
    rings = {"rings_from": "192.0.2.0/28\n192.0.2.40", "user": "them", "password": "pw"}
    console.fill("/admin/trunks/carrier/rings", **rings)

    new = carrier(console)
    assert (new.host, new.priority, new.link.proxy) == ("192.0.2.1", 5, ("192.0.2.9", 5061))
    assert new.link == Link(
        Transport.TLS,
        ("192.0.2.9", 5061),
        registers=True,
        srtp=True,
        codecs=(Codec.PCMU, Codec.PCMA),
        session_timers=False,
    )
    assert (new.credentials, new.keep_alive) == (("us", "pw"), timedelta(seconds=30))
    assert (new.caller_id.sender.says, new.caller_id.asserted.says) == ("account", "4420")
    assert new.rings_from == ("192.0.2.0/28", "192.0.2.40/32")
    assert new.rings_as.user == "them"
    assert new.rewrites == old.rewrites
    shown = readable(console.get("/admin/trunks/carrier"))
    log = readable(console.get("/admin/audit?about=trunk+carrier"))
    assert "192.0.2.9:5061" in shown
    assert "transport udp → tls" in log
    assert "→ (another secret)" in log


def test_a_password_stays_where_none_is_entered_and_goes_with_its_user(console):
    console.fill("/admin/trunks/carrier/link", **LINK, user="us", password="pw")
    page = console.get("/admin/trunks/carrier/link").body.decode()
    assert "pw" not in page.split("<main")[1]

    console.fill("/admin/trunks/carrier/link", **LINK, user="us")
    assert carrier(console).credentials == ("us", "pw")
    other = console.fill("/admin/trunks/carrier/link", **LINK, user="others")
    assert "with a password" in readable(other)
    console.fill("/admin/trunks/carrier/link", **LINK, user="")
    assert carrier(console).credentials is None


def test_what_nobody_changed_is_not_logged(console):
    console.fill("/admin/trunks/carrier/edit", **CHOICE)
    console.fill("/admin/trunks/carrier/edit", **CHOICE)

    assert readable(console.get("/admin/audit")).count("change trunk carrier") == 1


def test_a_trunk_is_disabled_enabled_and_removed(console):
    console.fill("/admin/trunks/carrier/disable")
    assert not carrier(console).enabled
    assert "disabled" in readable(console.get("/admin/trunks"))
    console.fill("/admin/trunks/carrier/enable")
    assert carrier(console).enabled

    response = console.fill("/admin/trunks/carrier/remove")

    assert "carrier is gone." in readable(console.go(response))
    assert "There is no trunk yet." in readable(console.get("/admin/trunks"))
    assert console.get("/admin/trunks/carrier").status_code == 404


def test_the_state_is_what_the_workers_tell(console):
    now = console.ports.clock.now()
    rests = TrunkHealth(failures=3, rests_until=now + timedelta(minutes=1), why="503")
    for worker, health in (("w1", rests), ("w2", TrunkHealth())):
        beat = Beat(worker, now, now + timedelta(minutes=1), 10, trunks={"carrier": health})
        console.ports.workers.beat(beat)

    page = readable(console.get("/admin/trunks/carrier"))

    assert "resting at 1 of 2 workers" in page
    assert "503" in page


def test_a_trunk_that_is_asked_answers_and_no_number_is_dialled(console):
    console.fill("/admin/trunks/carrier/edit", **CHOICE, rewrites="44=strip2,prepend0")

    response = console.fill("/admin/trunks/carrier/test", number="+44 20 7123 4567")

    page = readable(console.go(response))
    assert "carrier answered 200 OK in 12 ms. It would be sent 02071234567." in page
    log = readable(console.get("/admin/audit"))
    assert "test trunk carrier" in log
    assert "→ 200 OK" in log


def test_a_trunk_that_is_silent_is_told_and_logged(console):
    def silent(_trunk):
        raise NoReply("127.0.0.1:5070 did not answer within 4 s")

    console.wiring = replace(console.wiring, ask_trunk=silent)

    response = console.fill("/admin/trunks/carrier/test")

    assert response.status_code == 422
    assert "did not answer within 4 s" in readable(response)
    assert "did not answer" in readable(console.get("/admin/audit"))


def test_who_only_sees_trunks_is_offered_no_change():
    page = console_of(READY_MADE["finance"]).get("/admin/trunks/carrier").body.decode()

    assert "carrier" in page
    assert "/admin/trunks/carrier/" not in page
