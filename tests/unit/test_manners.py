"""How customers are spoken to is said by the order, the service number and the account."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Trigger
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.calls.ring import Ring
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.rings import ring_service_number
from switchboard.desk.service_numbers import change_service_number, find_service_number
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, SERVICE, open_alice

STRANGER = PhoneNumber("+447700900123")
CONFIRM = Manners(confirm=True)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def test_what_is_said_goes_before_what_is_not():
    mine, theirs = Manners(confirm=False, ask_next=True), Manners(True, True, None, False)

    assert mine.over(theirs) == Manners(False, True, None, True)
    assert AS_USUAL.over(theirs) == theirs


def test_an_orders_manners_go_before_its_accounts(ports):
    change_profile(ports, "alice", Changes(manners=Manners(confirm=False, tell_limit=True)))
    order = Order(ALICE, BOB, Trigger("test", "1"), manners=CONFIRM)

    callback = order_callback(ports, ports.accounts.get("alice"), order)

    assert callback.manners == Manners(confirm=True, tell_limit=True)


def test_a_service_numbers_manners_go_with_a_ring(ports):
    old = find_service_number(ports, SERVICE)
    change_service_number(ports, old, replace(old, manners=CONFIRM))

    ring = Ring(Trigger("test", "1"), ALICE, SERVICE, ports.clock.now())
    callback = ring_service_number(ports, ring)

    assert (callback.manners, callback.service) == (CONFIRM, SERVICE)


def test_the_manners_of_who_pays_until_the_pin_is_known_do_not_count(ports):
    house = Profile("house", "The house", "EUR", "retail", manners=CONFIRM)
    open_account(ports, house, Terms(opening_micros=1_000_000))
    number = PhoneNumber("+442079460009")
    ports.accounts.add_service_number(ServiceNumber(number, ServiceMode.PIN, "house"))

    ring = Ring(Trigger("test", "1"), STRANGER, number, ports.clock.now())
    callback = ring_service_number(ports, ring)

    assert callback.manners == AS_USUAL


def test_a_caller_chooses_among_as_many_languages_as_there_are_keys():
    with pytest.raises(Malformed, match="9 languages"):
        ServiceNumber(SERVICE, languages=("en",) * 10)
