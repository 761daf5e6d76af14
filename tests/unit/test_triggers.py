"""Texts and rings: who pays, which phone is rung, and who is refused."""

from dataclasses import replace

import pytest

from switchboard.billing.account import Profile, ServiceMode, ServiceNumber
from switchboard.calls.callback import Callback, Trigger
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_ring, take_text
from switchboard.errors import (
    AccountBlocked,
    Malformed,
    NotFound,
    UnknownSender,
)
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


def test_nobody_rings_from_an_unknown_phone(ports):
    with pytest.raises(UnknownSender):
        take_ring(ports, incoming(sender=STRANGER))

    assert ports.callbacks.placed == {}


def test_nobody_rings_a_number_that_is_not_ours(ports):
    with pytest.raises(NotFound) as caught:
        take_ring(ports, incoming(service=STRANGER))

    assert str(STRANGER) not in caught.value.message


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
    assert texted(ports, incoming(service=DID), "14155550100").customer == ALICE
    stranger = incoming(sender=STRANGER, service=DID, identity="2")
    assert take_text(ports, KEYS, stranger, "14155550100").refused == "unknown_sender"


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
