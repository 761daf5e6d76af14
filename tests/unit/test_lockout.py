"""Lockout: wrong PINs and passwords are counted, right ones are not."""

from datetime import timedelta

import pytest

from switchboard.desk.lockout import (
    BY_ADDRESS,
    BY_LOGIN,
    BY_SENDER,
    BY_SERVICE,
    IN_ALL,
    one_try,
)
from switchboard.errors import UnknownSender
from switchboard.numbering import PhoneNumber
from switchboard.ports import Limit, Ports
from tests.fakes.api import Api, open_api
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, SERVICE

SECOND = timedelta(seconds=1)


@pytest.fixture
def ports() -> Ports:
    return memory_ports()


def fail(ports: Ports) -> None:
    with pytest.raises(KeyError), one_try(ports, ALICE, SERVICE):
        raise KeyError


def test_a_right_one_takes_no_wrong_one_of_the_next_minute_back(ports):
    a_minute = BY_SENDER[0]
    ports.clock.pass_by(54 * SECOND)
    with one_try(ports, ALICE, SERVICE):
        ports.clock.pass_by(2 * SECOND)
        for _ in range(a_minute.most):
            fail(ports)

    with pytest.raises(UnknownSender), one_try(ports, ALICE, SERVICE):
        pass


def is_locked_out(ports: Ports, sender=ALICE, service=SERVICE) -> bool:
    try:
        with one_try(ports, sender, service):
            return False
    except UnknownSender:
        return True


def fill(ports: Ports, limit: Limit, service=None) -> None:
    """Wrong ones up to this limit, each by another sender, at one service number or at many."""
    for number in range(limit.most):
        one = PhoneNumber(f"+4477001{number:05}")
        with pytest.raises(KeyError), one_try(ports, one, service or one):
            raise KeyError


def test_a_service_number_at_which_too_many_were_wrong_takes_none_for_a_while(ports):
    fill(ports, BY_SERVICE[0], SERVICE)

    assert is_locked_out(ports)
    assert not is_locked_out(ports, service=ALICE)
    ports.clock.pass_by(BY_SERVICE[0].window)
    assert not is_locked_out(ports)


def test_where_too_many_were_wrong_in_all_none_is_taken_for_a_while(ports):
    fill(ports, IN_ALL[0])

    assert is_locked_out(ports)
    ports.clock.pass_by(IN_ALL[0].window)
    assert not is_locked_out(ports)


def test_a_try_that_is_turned_away_is_counted_nowhere(ports):
    """Else an attacker could lock others out for longer."""
    fill(ports, IN_ALL[0])
    before = +ports.throttle.counts

    assert is_locked_out(ports)

    assert +ports.throttle.counts == before


def sign_in(api: Api, password: str, login: str = "alice") -> int:
    return api.send("/api/v1/sessions", {"login": login, "password": password}).status_code


@pytest.mark.parametrize("login", ["alice", "nobody"])
def test_an_address_that_sends_wrong_passwords_is_locked_out_for_a_while(login):
    api, limit = open_api(), BY_ADDRESS[0]

    answers = {sign_in(api, "wrong", login) for _ in range(limit.most)}
    locked_out = api.send("/api/v1/sessions", {"login": "alice", "password": "wonderland"})

    assert answers == {401}
    assert (locked_out.status_code, locked_out.json_body["code"]) == (429, "too_often")
    assert "Retry-After" in locked_out.headers
    api.ports.clock.pass_by(limit.window)
    assert sign_in(api, "wonderland") == 201


def test_a_login_that_is_tried_too_often_is_locked_out_however_slowly_it_is():
    api = open_api()
    for _ in range(BY_LOGIN.most):
        sign_in(api, "wrong")
        api.ports.clock.pass_by(timedelta(minutes=1))

    assert sign_in(api, "wonderland") == 429
    assert sign_in(api, "wrong", "nobody") == 401


def test_right_passwords_lock_nobody_out():
    api = open_api()

    assert {sign_in(api, "wonderland") for _ in range(2 * BY_LOGIN.most)} == {201}


def test_the_page_tells_who_is_locked_out():
    api = open_api()
    page = api.get("/login").body.decode()
    for _ in range(BY_ADDRESS[0].most):
        assert api.submit(page, "/login", login="alice", password="wrong").status_code == 401

    response = api.submit(page, "/login", login="alice", password="wonderland")

    assert response.status_code == 429
    assert "Too many wrong passwords" in response.body.decode()
