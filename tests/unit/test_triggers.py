"""Texts and rings: who pays, which phone is rung, and who is refused."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Profile, ServiceMode, ServiceNumber
from switchboard.calls.callback import Trigger
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.triggers import Incoming, take_ring, take_text
from switchboard.errors import (
    AccountBlocked,
    Malformed,
    NotFound,
    UnknownSender,
    UnreadableText,
)
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, SERVICE, open_alice

STRANGER = PhoneNumber("+447700900123")
DID = PhoneNumber("+442079460001")
DESK_PHONE = PhoneNumber("+33142685300")


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    ports.accounts.add_service_number(ServiceNumber(DID, ServiceMode.DID, "alice", DESK_PHONE))
    return ports


def incoming(sender=ALICE, service=SERVICE, identity="1") -> Incoming:
    return Incoming(Trigger("sms", identity), sender, service)


@pytest.mark.parametrize(
    ("text", "phones"),
    [
        ("0014155550100", (ALICE, BOB)),
        ("14155550100", (ALICE, BOB)),
        ("+33142685300 14155550100", (DESK_PHONE, BOB)),
        ("", (ALICE, None)),
        ("CB", (ALICE, None)),
    ],
)
def test_a_text_is_an_order_of_its_sender_s_account(ports, text, phones):
    callback = take_text(ports, incoming(), text)

    assert (callback.customer, callback.destination) == phones
    assert (callback.account, callback.trigger) == ("alice", "sms")


def test_the_same_text_twice_is_one_callback(ports):
    first = take_text(ports, incoming(), "14155550100")

    assert take_text(ports, incoming(), "14155550100") == first
    assert list(ports.callbacks.placed) == [first.id]


@pytest.mark.parametrize("take", [take_ring, lambda ports, ring: take_text(ports, ring, "CB")])
def test_nobody_orders_from_an_unknown_phone(ports, take):
    with pytest.raises(UnknownSender):
        take(ports, incoming(sender=STRANGER))

    assert ports.callbacks.placed == {}


@pytest.mark.parametrize("take", [take_ring, lambda ports, ring: take_text(ports, ring, "CB")])
def test_nobody_orders_through_a_number_that_is_not_ours(ports, take):
    with pytest.raises(NotFound) as caught:
        take(ports, incoming(service=STRANGER))

    assert str(STRANGER) not in caught.value.message


def test_a_text_that_nobody_can_read_orders_nothing(ports):
    with pytest.raises(UnreadableText):
        take_text(ports, incoming(), "hello")

    assert ports.callbacks.placed == {}


def test_a_ring_rings_its_caller_back_and_asks_for_the_destination(ports):
    callback = take_ring(ports, incoming())

    assert (callback.account, callback.customer, callback.destination) == ("alice", ALICE, None)


@pytest.mark.parametrize("caller", [ALICE, STRANGER])
def test_a_ring_on_a_did_rings_the_phone_preset_for_it(ports, caller):
    callback = take_ring(ports, incoming(sender=caller, service=DID))

    assert (callback.account, callback.customer) == ("alice", DESK_PHONE)


def test_a_did_is_paid_by_its_account_whoever_rings(ports):
    carol = Profile("carol", "Carol", "EUR", "retail", numbers=(STRANGER,))
    open_account(ports, carol, Terms(opening_micros=1_000_000))

    assert take_ring(ports, incoming(sender=STRANGER, service=DID)).account == "alice"


def test_a_text_to_a_did_is_its_sender_s(ports):
    assert take_text(ports, incoming(service=DID), "14155550100").customer == ALICE
    with pytest.raises(UnknownSender):
        take_text(ports, incoming(sender=STRANGER, service=DID), "14155550100")


def test_a_blocked_account_is_told_so(ports):
    ports.books.set_active("alice", active=False)

    with pytest.raises(AccountBlocked):
        take_ring(ports, incoming())


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": None},
        {"rings": None},
        {"mode": ServiceMode.ANI},
        {"mode": ServiceMode.ANI, "rings": None},
        {"mode": ServiceMode.ANI, "account": None},
    ],
)
def test_a_did_and_only_a_did_has_an_account_and_a_phone(wrong):
    with pytest.raises(Malformed, match="only a DID"):
        replace(ServiceNumber(DID, ServiceMode.DID, "alice", DESK_PHONE), **wrong)
