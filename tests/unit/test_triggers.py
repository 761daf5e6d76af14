"""Texts: who pays, which phone is rung, and who is refused."""

import pytest

from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Callback, Trigger
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_text
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.ports import memory_ports
from tests.fakes.texts import text_keys
from tests.fakes.world import ALICE, BOB, SERVICE, open_alice

KEYS = text_keys()
STRANGER = PhoneNumber("+447700900123")
DID = PhoneNumber("+442079460001")
DESK_PHONE = PhoneNumber("+33142685300")


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    ports.accounts.add_service_number(ServiceNumber(DID, ServiceMode.DID, "alice", DESK_PHONE))
    return ports


def texted(ports: Ports, incoming: Incoming, text: str) -> Callback:
    """The callback that a text makes."""
    take_text(ports, KEYS, incoming, text)
    return ports.callbacks.placed[incoming.trigger.callback_id]


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
    callback = texted(ports, incoming(), text)

    assert (callback.customer, callback.destination) == phones
    assert (callback.account, callback.trigger) == ("alice", "sms")


def test_the_same_text_twice_is_one_callback(ports):
    first = texted(ports, incoming(), "14155550100")

    assert texted(ports, incoming(), "14155550100") == first
    assert list(ports.callbacks.placed) == [first.id]


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"sender": STRANGER}, "unknown_sender"), ({"service": STRANGER}, "no_service")],
)
def test_nobody_texts_from_an_unknown_phone_or_to_a_number_that_is_not_ours(ports, changes, code):
    answer = take_text(ports, KEYS, incoming(**changes), "CB")

    assert answer.refused == code
    assert str(STRANGER) not in answer.words
    assert ports.callbacks.placed == {}


def test_a_text_that_nobody_can_read_orders_nothing(ports):
    answer = take_text(ports, KEYS, incoming(), "hello")

    assert answer.refused == "unreadable_text"
    assert ports.callbacks.placed == {}


def test_a_text_to_a_did_is_its_sender_s(ports):
    assert texted(ports, incoming(service=DID), "14155550100").customer == ALICE
    stranger = incoming(sender=STRANGER, service=DID, identity="2")
    assert take_text(ports, KEYS, stranger, "14155550100").refused == "unknown_sender"


def test_a_blocked_account_is_told_so(ports):
    ports.books.set_active("alice", active=False)

    assert take_text(ports, KEYS, incoming(), "CB").refused == "account_blocked"
