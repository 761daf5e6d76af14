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
from switchboard.ports import Ports, Visit
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
    now = ports.clock.now()
    for name in names:
        begin_visit(ports, "alice", Visit(name, now, now + HALF_A_DAY))


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
    begun(ports, *(str(number) for number in range(MOST_VISITS + 2)))

    assert names(ports) == [str(number) for number in range(2, MOST_VISITS + 2)]


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
