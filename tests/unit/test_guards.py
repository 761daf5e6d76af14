"""Guards: the same order twice, too many orders, and numbers that nobody may call."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.ring import Ring
from switchboard.calls.velocity import Velocity
from switchboard.desk.orders import Order, dialled, order_callback
from switchboard.desk.rings import ring_service_number
from switchboard.desk.twins import QUIET_PERIOD
from switchboard.errors import NotAllowed, TooOften
from switchboard.ports import Ports
from tests.fakes.api import signed_in_api
from tests.fakes.claims import HUNG_UP, LEASE, held
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, CAROL, SERVICE, open_alice

SECOND = timedelta(seconds=1)
LIMITS = Velocity()


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def order(ports: Ports, identity: str, kind: str = "test", *, to=BOB, customer=ALICE) -> Callback:
    account = ports.accounts.get("alice")
    return order_callback(ports, account, Order(customer, to, Trigger(kind, identity)))


def taken(ports: Ports, callback: Callback) -> Callback:
    """The callback in the hands of a worker."""
    now = ports.clock.now()
    claimed = ports.callbacks.claim(callback.id, "w1", now=now, lease=LEASE)
    held(ports, claimed)
    return claimed


def test_the_same_two_phones_ordered_again_are_answered_with_the_first_callback(ports):
    first = taken(ports, order(ports, "1", "sms"))
    ports.clock.pass_by(QUIET_PERIOD)

    assert order(ports, "2", "web") == first
    assert list(ports.callbacks.placed) == [first.id]


def test_after_the_quiet_period_they_are_ordered_anew(ports):
    first = taken(ports, order(ports, "1"))
    ports.clock.pass_by(QUIET_PERIOD + SECOND)

    assert order(ports, "2").id != first.id


def test_a_callback_that_another_account_pays_by_now_answers_no_order(ports):
    """As after a PIN, until the hold of who paid before is given back."""
    first = taken(ports, order(ports, "1"))
    ports.callbacks.placed[first.id] = replace(first, account="bob")

    assert order(ports, "2").id != first.id


@pytest.mark.parametrize("other", [{"to": CAROL}, {"to": None}, {"customer": CAROL}])
def test_other_phones_are_another_order(ports, other):
    first = taken(ports, order(ports, "1"))

    assert order(ports, "2", **other).id != first.id


def test_a_callback_that_is_over_answers_no_other_order(ports):
    first = taken(ports, order(ports, "1"))
    now = ports.clock.now()
    ports.callbacks.finish(first.id, State.ENDED, HUNG_UP, now, worker="w1")

    assert order(ports, "2").id != first.id


def test_no_callback_is_read_where_none_is_young(ports):
    taken(ports, order(ports, "1"))
    ports.clock.pass_by(timedelta(minutes=1))
    asked = []
    find = ports.callbacks.find
    ports.callbacks.find = lambda callback: asked.append(callback) or find(callback)

    order(ports, "2")

    assert asked == []


@pytest.mark.parametrize("phones", [{"to": SERVICE}, {"customer": SERVICE}])
def test_a_service_number_is_neither_rung_nor_called(ports, phones):
    with pytest.raises(NotAllowed, match="service number"):
        order(ports, "1", **phones)

    assert ports.callbacks.placed == {}


def test_a_service_number_is_not_dialled_either(ports):
    callback = replace(order(ports, "1", to=None), worker="w1")

    with pytest.raises(NotAllowed, match="service number"):
        dialled(ports, callback, SERVICE.digits)


def test_a_phone_is_rung_back_so_often_and_no_more(ports):
    def ring(number: int) -> Callback:
        trigger = Trigger("test", str(number))
        return ring_service_number(ports, Ring(trigger, ALICE, SERVICE, ports.clock.now()))

    for number in range(LIMITS.rings_of_phone.most):
        ring(number)
        ports.clock.pass_by(31 * SECOND)
    with pytest.raises(TooOften):
        ring(99)
    ports.clock.pass_by(LIMITS.rings_of_phone.window)

    assert ring(100).customer == ALICE


def test_a_phone_that_was_rung_back_too_often_is_not_by_ringing_twice(ports):
    def ring(number: int) -> Callback:
        trigger = Trigger("test", str(number))
        return ring_service_number(ports, Ring(trigger, ALICE, SERVICE, ports.clock.now()))

    for number in range(LIMITS.rings_of_phone.most):
        ring(number)
        ports.clock.pass_by(31 * SECOND)

    for number in (98, 99):
        with pytest.raises(TooOften):
            ring(number)


def test_rings_that_are_one_count_once(ports):
    trigger = Trigger("test", "1")
    first = ring_service_number(ports, Ring(trigger, ALICE, SERVICE, ports.clock.now()))

    for number in range(2 * LIMITS.rings_of_phone.most):
        again = Ring(Trigger("test", f"again {number}"), ALICE, SERVICE, ports.clock.now())
        assert ring_service_number(ports, again) == first


def test_an_account_that_orders_too_often_is_told_when_to_come_again():
    api = signed_in_api()

    answers = [
        api.send("/api/v1/callbacks", {"to": str(SERVICE)})
        for _ in range(LIMITS.orders_of_account.most + 1)
    ]

    assert {answer.status_code for answer in answers[:-1]} == {422}
    assert (answers[-1].status_code, answers[-1].json_body["code"]) == (429, "too_often")
    assert "Retry-After" in answers[-1].headers
