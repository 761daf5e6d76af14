"""Lockout: wrong PINs and passwords are counted, right ones are not."""

from datetime import timedelta

import pytest

from switchboard.desk.lockout import BY_ADDRESS, BY_LOGIN, BY_SENDER, one_try
from switchboard.errors import UnknownSender
from switchboard.ports import Ports
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
