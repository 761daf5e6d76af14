"""A phone is confirmed by a call: who answers keys in the code that the account was shown."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.velocity import Velocity
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.callback_numbers import (
    By,
    CodeMaker,
    confirm_number,
    text_code,
)
from switchboard.desk.code_calls import CodeCall, call_for_code
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.velocity import count_code
from switchboard.errors import (
    AccountBlocked,
    AlreadyExists,
    NoRate,
    NotAllowed,
    NotEnoughCredit,
    TooOften,
    UnknownSender,
)
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.exchange import Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.texts import PIN_KEY, MemoryTexts
from tests.fakes.world import ALICE, SERVICE, open_alice
from tests.unit.test_dialogue import heard
from tests.unit.test_two_stage_dialling import keys
from workers.session import Session

MOBILE = PhoneNumber("+447700900123")
MAKER = CodeMaker(PIN_KEY, randbelow=lambda _most: 7)
CODE, WRONG = "000007", "123456"
LIMITS = Velocity()
ADDRESS = "192.0.2.1"
NOT_CONFIRMED = Verdict(Ending.NOT_CONFIRMED, Culprit.CUSTOMER)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def ask(ports: Ports, number: PhoneNumber = MOBILE, **more: str) -> CodeCall:
    return call_for_code(ports, MAKER, ports.accounts.get("alice"), number, **more)


def answering(*presses: tuple[tuple[float, str], ...], hangs_up_s=None) -> Exchange:
    """Alice asks for her mobile; who answers it presses keys."""
    return Exchange({MOBILE: FarEnd(presses=sum(presses, ()), hangs_up_s=hangs_up_s)})


def ring(exchange: Exchange) -> tuple[Callback, Cdr]:
    """The callback that rings the phone, and its CDR."""

    async def story():
        asked = ask(exchange.ports)
        cdr = await Session(exchange.desk, asked.callback.id).serve()
        return exchange.ports.callbacks.find(asked.callback.id), cdr

    return run_simulated(story())


def phones(ports: Ports) -> tuple[PhoneNumber, ...]:
    return ports.accounts.get("alice").profile.numbers


def test_who_keys_in_the_code_adds_the_phone_and_pays_nothing():
    exchange = answering(keys("1"), keys(f"{CODE}#", from_s=3))

    callback, cdr = ring(exchange)

    assert heard(exchange) == ["confirm-number", "enter-code", "number-added"]
    assert phones(exchange.ports) == (ALICE, MOBILE)
    assert callback.verdict == Verdict(Ending.CONFIRMED, Culprit.CUSTOMER)
    assert (cdr.cost.micros, cdr.customer.prefix, cdr.trigger) == (0, "44", "confirmation")
    assert cdr.customer.seconds > 0
    assert exchange.balance.posted_micros == 5_000_000
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_who_hangs_up_on_hearing_that_the_phone_is_added_has_confirmed_it():
    exchange = answering(keys("1"), keys(f"{CODE}#", from_s=3), hangs_up_s=4)

    callback, _ = ring(exchange)

    assert heard(exchange)[-1] == "number-added"
    assert (4 + 2, "customer hangs up") in exchange.transcript
    assert callback.verdict == Verdict(Ending.CONFIRMED, Culprit.CUSTOMER)
    assert phones(exchange.ports) == (ALICE, MOBILE)


def test_a_wrong_code_may_be_followed_by_the_right_one():
    exchange = answering(keys("1"), keys(f"{WRONG}#", from_s=3), keys(f"{CODE}#", from_s=6))

    ring(exchange)

    assert heard(exchange)[1:] == ["enter-code", "wrong-code", "enter-code", "number-added"]
    assert phones(exchange.ports) == (ALICE, MOBILE)


def test_three_wrong_codes_end_the_call():
    exchange = answering(keys("1"), *(keys(f"{WRONG}#", from_s=3 * n) for n in (1, 2, 3)))

    callback, _ = ring(exchange)

    assert heard(exchange)[1:] == ["enter-code", "wrong-code"] * 3
    assert callback.verdict == NOT_CONFIRMED
    assert phones(exchange.ports) == (ALICE,)


@pytest.mark.parametrize("presses", ["", "2", f"{CODE}#"])
def test_a_voicemail_box_and_who_did_not_ask_for_it_confirm_nothing(presses):
    exchange = answering(keys(presses))

    callback, cdr = ring(exchange)

    assert heard(exchange) == ["confirm-number"]
    assert (callback.verdict, cdr.cost.micros) == (NOT_CONFIRMED, 0)
    assert phones(exchange.ports) == (ALICE,)


def test_keys_without_end_do_not_keep_the_line():
    exchange = answering(keys("1"), keys("12" * 600, from_s=3))

    _, cdr = ring(exchange)

    assert cdr.customer.seconds <= 91


def test_a_phone_that_is_another_account_s_by_then_stays_there():
    exchange = answering(keys("1"), keys(f"{CODE}#", from_s=3))
    bob = Profile("bob", "Bob", "EUR", "retail", numbers=(MOBILE,))
    open_account(replace(exchange.ports, clock=MemoryClock()), bob, Terms())

    callback, _ = ring(exchange)

    assert heard(exchange)[1:] == ["enter-code", "try-later"]
    assert callback.verdict == NOT_CONFIRMED
    assert exchange.ports.accounts.by_number(MOBILE) == "bob"


def test_a_worker_without_the_key_of_pins_says_that_it_is_our_fault():
    exchange = answering(keys("1"))
    exchange.desk = replace(exchange.desk, pins=None)

    callback, _ = ring(exchange)

    assert heard(exchange) == ["system-error"]
    assert callback.verdict == Verdict(Ending.FAILED, Culprit.US)


def test_the_call_is_queued_once_and_costs_nothing_however_long_it_is(ports):
    asked = ask(ports)

    assert asked.code.digits == CODE
    assert ports.queue.sent == [asked.callback.id]
    assert ports.callbacks.find(asked.callback.id).state is State.QUEUED
    assert asked.callback.quote.customer.is_free


def test_a_code_that_is_shown_is_neither_texted_nor_entered_where_it_was_shown(ports):
    ask(ports)

    with pytest.raises(UnknownSender):
        confirm_number(ports, PIN_KEY, MOBILE, CODE)
    with pytest.raises(NotAllowed):
        confirm_number(ports, PIN_KEY, MOBILE, CODE, account="alice")

    confirm_number(ports, PIN_KEY, MOBILE, CODE, account="alice", by=By.CALL)
    assert phones(ports) == (ALICE, MOBILE)


def test_a_code_that_was_texted_is_not_keyed_in(ports):
    text_code(ports, MAKER, MemoryTexts(), ports.accounts.get("alice"), MOBILE)

    with pytest.raises(NotAllowed):
        confirm_number(ports, PIN_KEY, MOBILE, CODE, account="alice", by=By.CALL)


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (ALICE, AlreadyExists),
        (SERVICE, NotAllowed),
        (PhoneNumber("+61255500100"), NoRate),
        (PhoneNumber("+449055500100"), NotAllowed),
    ],
)
def test_what_may_not_be_called_is_not_rung_for_a_code(ports, number, refusal):
    change_profile(ports, "alice", Changes(allow_classes=("premium",), allow=("4490", "44", "61")))

    with pytest.raises(refusal):
        ask(ports, number)

    assert ports.callbacks.placed == {}


def test_an_account_that_could_not_pay_for_the_call_gets_none(ports):
    ports.books.set_active("alice", active=False)
    with pytest.raises(AccountBlocked):
        ask(ports)

    poor = memory_ports()
    open_alice(poor, opening_micros=0)
    with pytest.raises(NotEnoughCredit):
        ask(poor)


def test_codes_are_limited_by_phone_and_by_address(ports):
    for _ in range(LIMITS.codes_for_phone.most):
        ask(ports)
    with pytest.raises(TooOften):
        ask(ports)
    ports.clock.pass_by(timedelta(hours=1))
    ask(ports)

    for number in range(LIMITS.codes_of_address.most):
        count_code(ports, f"account-{number}", PhoneNumber(f"+4477009{number:05}"), ADDRESS)
    with pytest.raises(TooOften):
        ask(ports, PhoneNumber("+447700900124"), address=ADDRESS)
