"""Rings on service numbers: who pays, which phone is rung and when, and who is refused."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.opening_hours import OpeningHours
from switchboard.billing.service_number import RingsBack, ServiceMode, ServiceNumber, WhenClosed
from switchboard.calls.callback import Callback, Retries, State, Trigger
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.ring import Ring, caller_id
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import dialled
from switchboard.desk.rings import ring_again, ring_service_number
from switchboard.errors import (
    AccountBlocked,
    NotAllowed,
    NotEnoughCredit,
    NotFound,
    NumberClosed,
    TooLate,
    UnknownSender,
    WithheldCaller,
)
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.deck.periods import parse_window
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, SERVICE, open_alice

STRANGER = PhoneNumber("+447700900123")
OTHER = PhoneNumber("+442079460001")
DESK_PHONE = PhoneNumber("+33142685300")
SECOND = timedelta(seconds=1)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    house = Profile("house", "The house", "EUR", "retail")
    open_account(ports, house, Terms(opening_micros=1_000_000))
    return ports


def ring(ports: Ports, caller=ALICE, service=SERVICE, identity="1", ago=timedelta()) -> Callback:
    rang_at = ports.clock.now() - ago
    return ring_service_number(
        ports, Ring(Trigger("test-ring", identity), caller, service, rang_at)
    )


def configure(ports: Ports, **changes) -> ServiceNumber:
    [old] = [one for one in ports.accounts.service_numbers() if one.number == SERVICE]
    new = replace(old, **changes)
    assert ports.accounts.change_service_number(old, new)
    return new


def test_a_known_caller_is_rung_back_and_asked_for_the_destination(ports):
    callback = ring(ports)

    assert (callback.account, callback.customer, callback.destination) == ("alice", ALICE, None)
    assert (callback.trigger, callback.asks_pin) == ("test-ring", False)


def test_a_caller_is_rung_at_the_default_number_where_the_service_number_says_so(ports):
    alice = ports.accounts.get("alice").profile
    ports.accounts.change(alice, replace(alice, numbers=(DESK_PHONE, ALICE)))
    configure(ports, rings_back=RingsBack.DEFAULT_NUMBER)

    assert ring(ports).customer == DESK_PHONE


@pytest.mark.parametrize("caller", [ALICE, STRANGER, None])
def test_a_did_rings_the_phone_preset_for_it_whoever_rings(ports, caller):
    ports.accounts.add_service_number(ServiceNumber(OTHER, ServiceMode.DID, "alice", DESK_PHONE))

    callback = ring(ports, caller, OTHER)

    assert (callback.account, callback.customer) == ("alice", DESK_PHONE)


@pytest.mark.parametrize(
    ("mode", "caller", "expected"),
    [
        (ServiceMode.PIN, STRANGER, ("house", STRANGER, True)),
        (ServiceMode.PIN, ALICE, ("house", ALICE, True)),
        (ServiceMode.ANI_OR_PIN, STRANGER, ("house", STRANGER, True)),
        (ServiceMode.ANI_OR_PIN, ALICE, ("alice", ALICE, False)),
    ],
)
def test_who_is_not_known_by_caller_id_is_asked_for_a_pin(ports, mode, caller, expected):
    configure(ports, mode=mode, account="house")

    callback = ring(ports, caller)

    assert (callback.account, callback.customer, callback.asks_pin) == expected


def test_nobody_dials_before_the_pin_is_known(ports):
    configure(ports, mode=ServiceMode.PIN, account="house")

    callback = replace(ring(ports), worker="w1")

    with pytest.raises(NotAllowed, match="PIN"):
        dialled(ports, callback, "0014155550100")


def test_an_unknown_caller_is_refused_where_no_pin_is_asked_for(ports):
    with pytest.raises(UnknownSender):
        ring(ports, STRANGER)

    assert (ports.callbacks.placed, ports.queue.sent) == ({}, [])


@pytest.mark.parametrize("mode", [ServiceMode.ANI, ServiceMode.PIN, ServiceMode.ANI_OR_PIN])
def test_a_withheld_caller_is_refused_and_counted(ports, mode, caplog):
    caplog.set_level(logging.INFO, "ringback.rings")
    configure(ports, mode=mode, account=None if mode is ServiceMode.ANI else "house")

    for identity in "12":
        with pytest.raises(WithheldCaller):
            ring(ports, None, identity=identity)

    today = ports.clock.now().date()
    assert ports.rings.refused(SERVICE, today) == {"withheld_caller": 2}
    assert "withheld_caller" in caplog.text
    assert SERVICE.digits not in caplog.text


def test_a_ring_on_a_number_that_is_not_ours_is_not_counted(ports):
    with pytest.raises(NotFound) as caught:
        ring(ports, service=STRANGER)

    assert STRANGER.digits not in caught.value.message
    assert ports.rings.refused(STRANGER, ports.clock.now().date()) == {}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+442071234567", ALICE),
        ("442071234567", ALICE),
        ("00442071234567", ALICE),
        (" +442071234567 ", ALICE),
        ("anonymous", None),
        ("", None),
        (None, None),
        ("07700900123", None),
        ("+44 20 7123", None),
        ("+1234567890123456", None),
    ],
)
def test_a_caller_id_is_a_whole_international_number_or_nobody(text, number):
    assert caller_id(text) == number


def test_the_callback_waits_until_the_caller_s_line_is_free(ports):
    callback = ring(ports)

    assert callback.starts_at == ports.clock.now() + 2 * SECOND
    assert callback.expires_at == callback.starts_at + timedelta(seconds=90)
    assert ports.queue.delays == [2 * SECOND]


def test_the_delay_counts_from_the_ring(ports):
    callback = ring(ports, ago=1.5 * SECOND)

    assert callback.starts_at == ports.clock.now() + 0.5 * SECOND


def test_a_ring_that_comes_minutes_late_is_not_answered(ports):
    with pytest.raises(TooLate):
        ring(ports, ago=timedelta(minutes=2))

    assert ports.callbacks.placed == {}


def test_no_worker_takes_a_callback_before_its_time(ports):
    callback = ring(ports)
    lease = 15 * SECOND

    now = ports.clock.now()
    assert ports.callbacks.claim(callback.id, "w", now=now, lease=lease) is None
    assert ports.callbacks.claim(callback.id, "w", now=now + 2 * SECOND, lease=lease)


def test_the_language_is_that_of_the_service_number_or_of_the_account(ports):
    assert ring(ports).language == "en"
    configure(ports, language="fr")
    ports.clock.pass_by(31 * SECOND)

    assert ring(ports, identity="2").language == "fr"


def test_a_ring_at_night_is_queued_until_the_number_opens(ports):
    configure(ports, hours=OpeningHours((parse_window("mon-fri", "09:00-17:00"),)))
    ports.clock.at = datetime(2026, 1, 2, 20, tzinfo=UTC)

    callback = ring(ports)

    assert callback.starts_at == datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert callback.state_at(callback.starts_at) is State.QUEUED
    assert callback.expires_at == callback.starts_at + timedelta(seconds=90)


def test_a_closed_number_that_does_not_queue_refuses(ports):
    hours = OpeningHours((parse_window("mon-fri", "09:00-17:00"),))
    configure(ports, hours=hours, when_closed=WhenClosed.REFUSE)

    with pytest.raises(NumberClosed):
        ring(ports)


def test_the_same_ring_twice_is_one_callback(ports):
    first = ring(ports)

    assert ring(ports) == first
    ports.clock.pass_by(timedelta(minutes=1))
    assert ring(ports, ago=timedelta(minutes=1)) == first
    assert list(ports.callbacks.placed) == [first.id]


def test_a_second_ring_within_the_quiet_period_is_answered_with_the_first_callback(ports):
    first = ring(ports)
    ports.clock.pass_by(29 * SECOND)
    second = ring(ports, identity="2")
    ports.clock.pass_by(SECOND)
    third = ring(ports, identity="3")

    assert second == first
    assert third.id != first.id


def test_a_second_ring_told_again_after_the_quiet_period_is_still_the_first_one(ports):
    first = ring(ports)
    ports.clock.pass_by(10 * SECOND)
    ring(ports, identity="2")
    ports.clock.pass_by(40 * SECOND)

    assert ring(ports, identity="2", ago=40 * SECOND) == first


def test_the_quiet_period_is_one_caller_s_and_one_number_s(ports):
    carol = Profile("carol", "Carol", "EUR", "retail", numbers=(STRANGER,))
    open_account(ports, carol, Terms(opening_micros=1_000_000))
    ports.accounts.add_service_number(ServiceNumber(OTHER))

    rings = [ring(ports), ring(ports, STRANGER, identity="2"), ring(ports, ALICE, OTHER, "3")]

    assert len({callback.id for callback in rings}) == 3


def test_a_second_ring_is_served_where_the_first_was_refused(ports):
    ports.books.set_active("alice", active=False)
    with pytest.raises(AccountBlocked):
        ring(ports)
    ports.books.set_active("alice", active=True)

    assert ring(ports, identity="2").id == ring(ports, identity="3").id


def test_a_house_that_cannot_pay_rings_nobody(ports):
    poor = Profile("poor", "Poor", "EUR", "retail")
    open_account(ports, poor, Terms())
    configure(ports, mode=ServiceMode.PIN, account="poor")

    with pytest.raises(NotEnoughCredit):
        ring(ports, STRANGER)


def over(ports: Ports, callback: Callback, ending: Ending, *, answered: bool = False):
    """The callback with the CDR of a customer leg that ended like this."""
    now = ports.clock.now()
    verdict = Verdict(ending, Culprit.CUSTOMER)
    leg = LegRecord(
        Party.CUSTOMER, callback.customer, "t", verdict, answered_at=now if answered else None
    )
    return callback, write_cdr(callback, [leg], verdict, nonce="n", ended_at=now)


@pytest.mark.parametrize("ending", [Ending.BUSY, Ending.NO_ANSWER, Ending.CARRIER_FAILED])
def test_a_customer_who_is_not_reached_is_tried_again_by_a_callback_of_its_own(ports, ending):
    configure(ports, retries=2, retry_after=40 * SECOND)
    first = ring(ports)
    assert first.retries == Retries(2, 40 * SECOND)

    ports.clock.pass_by(timedelta(minutes=1))
    second = ring_again(ports, *over(ports, first, ending))
    again = ring_again(ports, *over(ports, first, ending))
    third = ring_again(ports, *over(ports, second, ending))

    assert second == again
    assert (second.id, second.retries) == (first.next_try, Retries(1, 40 * SECOND))
    assert second.starts_at == ports.clock.now() + 40 * SECOND
    assert second.patience == first.patience
    assert (second.customer, second.trigger) == (first.customer, first.trigger)
    assert third.retries.left == 0
    assert ring_again(ports, *over(ports, third, ending)) is None
    assert len(ports.callbacks.placed) == 3


@pytest.mark.parametrize("ending", [Ending.DECLINED, Ending.CANCELLED, Ending.FAILED])
def test_a_customer_who_does_not_want_it_is_not_tried_again(ports, ending):
    configure(ports, retries=2)

    assert ring_again(ports, *over(ports, ring(ports), ending)) is None


def test_a_customer_who_was_reached_is_not_tried_again(ports):
    configure(ports, retries=2)

    assert ring_again(ports, *over(ports, ring(ports), Ending.BUSY, answered=True)) is None


def test_a_retry_that_is_refused_is_left_alone(ports):
    configure(ports, retries=2)
    first = ring(ports)
    ports.books.set_active("alice", active=False)

    assert ring_again(ports, *over(ports, first, Ending.BUSY)) is None


def test_a_service_number_is_never_rung_back(ports):
    ports.accounts.add_service_number(ServiceNumber(OTHER, ServiceMode.DID, "alice", SERVICE))

    with pytest.raises(NotAllowed, match="service number"):
        ring(ports, STRANGER, OTHER)
