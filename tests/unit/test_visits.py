"""Visits as customers begin and end them, and what another password does to them."""

from datetime import timedelta

import pytest

from switchboard.desk.passwords import WrongPassword, change_password
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.visits import (
    MOST_VISITS,
    begin_visit,
    end_visit,
    end_visits,
    is_open,
    open_visits,
)
from switchboard.errors import Malformed, TooOften
from switchboard.ports import Ports, Visit, VisitKind
from switchboard.wire.agents import dialer_version
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.world import open_alice

HALF_A_DAY = timedelta(hours=12)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, passwords=PlainPasswords())
    return ports


def begun(ports: Ports, *names: str) -> None:
    now, profile = ports.clock.now(), ports.accounts.get("alice").profile
    for name in names:
        begin_visit(ports, profile, Visit(name, now, now + HALF_A_DAY))


def dial_in(ports: Ports, name: str, agent: str, kind: VisitKind = VisitKind.APP) -> None:
    now, profile = ports.clock.now(), ports.accounts.get("alice").profile
    begin_visit(ports, profile, Visit(name, now, now + HALF_A_DAY, agent, "192.0.2.1", kind))


def dialers(ports: Ports, owner: str | None = None) -> list[str]:
    return [one.visit.id for one in ports.visits.dialers(ports.clock.now(), owner=owner, limit=99)]


def names(ports: Ports) -> list[str]:
    return [visit.id for visit in open_visits(ports, "alice")]


def test_a_visit_goes_on_until_it_is_ended_or_its_time_is_over(ports):
    begun(ports, "a", "b")

    end_visit(ports, "alice", "a")
    end_visit(ports, "alice", "nothing")

    assert (is_open(ports, "alice", "a"), is_open(ports, "alice", "b")) == (False, True)
    ports.clock.pass_by(HALF_A_DAY)
    assert names(ports) == []


def test_all_visits_but_one_are_ended(ports):
    begun(ports, "a", "b", "c")

    end_visits(ports, "alice", kept="b")

    assert names(ports) == ["b"]


def test_of_too_many_visits_the_oldest_end(ports):
    most = MOST_VISITS[VisitKind.BROWSER]
    begun(ports, *(str(number) for number in range(most + 2)))

    assert names(ports) == [str(number) for number in range(2, most + 2)]


def test_another_password_ends_every_visit_whoever_sets_it(ports):
    begun(ports, "a")
    change_password(ports, PlainPasswords(), "alice", "wonderland", "looking-glass", "192.0.2.1")
    after_the_customer = names(ports)
    begun(ports, "b")

    change_profile(ports, "alice", Changes(password_hash="another"))

    assert (after_the_customer, names(ports)) == ([], [])


def test_who_does_not_know_the_password_cannot_change_it(ports):
    begun(ports, "a")

    def guess() -> None:
        change_password(ports, PlainPasswords(), "alice", "wrong", "looking-glass", "192.0.2.1")

    for _ in range(10):
        with pytest.raises(WrongPassword):
            guess()
    with pytest.raises(TooOften):
        guess()
    assert names(ports) == ["a"]


@pytest.mark.parametrize("password", ["", "1234567", "x" * 257])
def test_a_password_is_neither_short_nor_endless(ports, password):
    with pytest.raises(Malformed):
        change_password(ports, PlainPasswords(), "alice", "wonderland", password, "192.0.2.1")


def test_the_dialers_that_are_signed_in_are_listed_and_nothing_else(ports):
    dial_in(ports, "a", "CallbackDialer/1.4.2 (Windows 11)")
    dial_in(ports, "b", "CallbackDialer")
    dial_in(ports, "c", "CallbackDialers/1.0")
    dial_in(ports, "d", "curl/8.5 CallbackDialer/1.4")
    dial_in(ports, "e", "CallbackDialer/1.4", VisitKind.BROWSER)

    assert dialers(ports) == ["b", "a"]
    end_visit(ports, "alice", "a")
    assert dialers(ports) == ["b"]
    ports.clock.pass_by(HALF_A_DAY)
    assert dialers(ports) == []


def test_a_dialer_that_another_password_or_too_many_others_sign_out_is_listed_no_more(ports):
    most = MOST_VISITS[VisitKind.APP]
    for number in range(most + 1):
        dial_in(ports, f"{number:02}", "CallbackDialer/1.4")
    listed = dialers(ports)

    change_profile(ports, "alice", Changes(password_hash="another"))

    assert sorted(listed) == [f"{number:02}" for number in range(1, most + 1)]
    assert dialers(ports) == []


def test_a_dialer_is_that_of_the_accounts_owner_even_if_that_becomes_another(ports):
    dial_in(ports, "a", "CallbackDialer/1.4")
    begun(ports, "b")
    unowned = dialers(ports, "jane")

    change_profile(ports, "alice", Changes(owner="jane"))
    dial_in(ports, "c", "CallbackDialer/1.4")

    assert (unowned, dialers(ports, "jane")) == ([], ["c", "a"])
    change_profile(ports, "alice", Changes(owner=""))
    assert (dialers(ports, "jane"), dialers(ports)) == ([], ["c", "a"])


@pytest.mark.parametrize(
    ("agent", "version"),
    [
        ("CallbackDialer/1.4.2 (Windows 11)", "1.4.2"),
        ("CallbackDialer/2", "2"),
        ("CallbackDialer/", ""),
        ("CallbackDialer (Linux)", ""),
        ("CallbackDialerX/1", None),
        ("Mozilla/5.0 CallbackDialer/1", None),
        ("", None),
    ],
)
def test_a_dialer_is_known_by_what_it_calls_itself(agent, version):
    assert dialer_version(agent) == version
