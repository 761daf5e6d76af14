"""Texts: who pays, which phone is rung, and who is refused."""

import pytest

from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Trigger
from switchboard.desk.triggers import Incoming, take_text
from switchboard.errors import (
    AccountBlocked,
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


def test_nobody_orders_from_an_unknown_phone(ports):
    with pytest.raises(UnknownSender):
        take_text(ports, incoming(sender=STRANGER), "CB")

    assert ports.callbacks.placed == {}


def test_nobody_orders_through_a_number_that_is_not_ours(ports):
    with pytest.raises(NotFound) as caught:
        take_text(ports, incoming(service=STRANGER), "CB")

    assert str(STRANGER) not in caught.value.message


def test_a_text_that_nobody_can_read_orders_nothing(ports):
    with pytest.raises(UnreadableText):
        take_text(ports, incoming(), "hello")

    assert ports.callbacks.placed == {}


def test_a_text_to_a_did_is_its_sender_s(ports):
    assert take_text(ports, incoming(service=DID), "14155550100").customer == ALICE
    with pytest.raises(UnknownSender):
        take_text(ports, incoming(sender=STRANGER, service=DID), "14155550100")


def test_a_blocked_account_is_told_so(ports):
    ports.books.set_active("alice", active=False)

    with pytest.raises(AccountBlocked):
        take_text(ports, incoming(), "CB")
