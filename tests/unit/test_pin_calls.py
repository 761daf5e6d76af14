"""A caller whom a service number asks for a PIN: who pays, who is refused, and what is told."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.manners import Manners
from switchboard.calls.ring import Ring
from switchboard.desk.accounts import Terms, enter, open_account
from switchboard.desk.callback_numbers import By, confirm_number
from switchboard.desk.identification import identify
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.rings import ring_service_number
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT_A_SECOND, Exchange
from tests.fakes.loop import run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.ports import MemoryClock
from tests.fakes.texts import PIN_KEY
from tests.fakes.world import ALICE, BOB, NOON
from tests.unit.test_dialogue import heard
from tests.unit.test_two_stage_dialling import NUMBER, keys
from workers.session import Session

PIN = "583917"
PIN_NUMBER = PhoneNumber("+442079460009")
PHONE_BOX = PhoneNumber("+447700900123")
HOUSE_MICROS = 1_000_000
AT_ONCE = {"delay": timedelta(), "quiet": timedelta()}
REFUSED = Verdict(Ending.REFUSED, Culprit.CUSTOMER)


def calling(*presses: tuple[tuple[float, str], ...], hangs_up_s=None, **service) -> Exchange:
    """A phone box, from which somebody may know Alice's PIN; the house pays until it is known."""
    box = FarEnd(presses=sum(presses, ()), hangs_up_s=hangs_up_s)
    exchange = Exchange(
        {PHONE_BOX: box, BOB: FarEnd(answers_s=1, hangs_up_s=10)},
        deck=CENT_A_SECOND,
        manners=Manners(tell_limit=False, ask_next=False),
    )
    ports = replace(exchange.ports, clock=MemoryClock())
    house = Profile("house", "The house", "EUR", "retail")
    open_account(ports, house, Terms(opening_micros=HOUSE_MICROS))
    number = ServiceNumber(PIN_NUMBER, ServiceMode.PIN, "house", **AT_ONCE, **service)
    ports.accounts.add_service_number(number)
    change_profile(ports, "alice", Changes(pin_hash=PIN_KEY.hash(PIN)))
    return exchange


def ring(exchange: Exchange, identity: str = "1") -> tuple[Callback, Cdr]:
    """The callback of one ring, and its CDR."""

    async def story():
        ports = exchange.ports
        asked = Ring(Trigger("test", identity), PHONE_BOX, PIN_NUMBER, ports.clock.now())
        ordered = ring_service_number(ports, asked)
        cdr = await Session(exchange.desk, ordered.id).serve()
        return ports.callbacks.find(ordered.id), cdr

    return run_simulated(story())


def spent(exchange: Exchange) -> dict[str, int]:
    """What each account has paid."""
    opened = {"alice": 5_000_000, "house": HOUSE_MICROS}
    return {
        name: micros - exchange.ports.books.balance(name).posted_micros
        for name, micros in opened.items()
    }


def test_who_gives_a_pin_pays_for_the_whole_call():
    exchange = calling(keys(f"{PIN}#"), keys("2", from_s=3), keys(f"{NUMBER}#", from_s=5))

    callback, cdr = ring(exchange)

    assert heard(exchange) == [
        "enter-pin",
        "remember-number",
        "balance-is 5.00 EUR",
        "enter-destination",
        f"dialled at {BOB}",
    ]
    assert (callback.account, cdr.account, cdr.destination.seconds) == ("alice", "alice", 10)
    assert spent(exchange) == {"alice": cdr.cost.micros, "house": 0}
    assert cdr.cost.micros == (cdr.customer.seconds + 10) * 10_000
    assert exchange.ports.books.balance("house").holds == {}
    assert exchange.breaches == []


def test_a_phone_is_remembered_where_its_holder_wants_that():
    exchange = calling(keys(f"{PIN}#"), keys("1", from_s=3), hangs_up_s=8)

    ring(exchange)

    assert heard(exchange)[1:3] == ["remember-number", "number-remembered"]
    assert exchange.ports.accounts.by_number(PHONE_BOX) == "alice"


def test_three_wrong_pins_end_the_call_and_the_house_pays():
    wrong = [keys("111111#"), keys("222222#", from_s=5), keys("333333#", from_s=11)]
    exchange = calling(*wrong)

    callback, cdr = ring(exchange)

    assert heard(exchange) == [
        "enter-pin",
        "wrong-pin",
        "enter-pin",
        "wrong-pin",
        "enter-pin",
        "locked-out",
    ]
    assert (callback.account, cdr.verdict) == ("house", REFUSED)
    assert spent(exchange) == {"alice": 0, "house": cdr.cost.micros}
    assert exchange.breaches == []


def test_each_wrong_pin_is_answered_later_than_the_one_before():
    exchange = calling(keys("111111#"), keys("222222#", from_s=5), keys("333333#", from_s=11))

    ring(exchange)

    hashes = [at_s for at_s, what in exchange.transcript if what == "customer presses #"]
    answers = [
        at_s
        for at_s, what in exchange.transcript
        if what in ("customer hears wrong-pin", "customer hears locked-out")
    ]
    waited = [answer_s - hash_s for answer_s, hash_s in zip(answers, hashes, strict=True)]
    assert waited == pytest.approx([1, 2, 3])


def test_after_a_call_of_wrong_pins_the_right_one_is_refused_alike():
    exchange = calling(keys("111111#"), keys("222222#", from_s=5), keys("333333#", from_s=11))
    ring(exchange)
    exchange.phone.far_ends[PHONE_BOX] = FarEnd(presses=keys(f"{PIN}#"), hangs_up_s=4)
    exchange.transcript.clear()

    callback, _ = ring(exchange, "2")

    assert heard(exchange) == ["enter-pin", "wrong-pin", "enter-pin"]
    assert callback.account == "house"


def test_a_pin_is_asked_for_with_its_account_number_where_the_service_number_does():
    exchange = calling(keys("#"), keys(f"{PIN}#", from_s=2), hangs_up_s=6, asks_account=True)

    callback, _ = ring(exchange)

    assert heard(exchange)[:3] == ["enter-account", "enter-pin", "wrong-pin"]
    assert callback.account == "house"


def test_a_pin_is_never_logged(caplog):
    caplog.set_level(logging.DEBUG)
    exchange = calling(keys(f"{PIN}#"), hangs_up_s=8)

    ring(exchange)

    assert PIN not in caplog.text


def test_who_knows_the_pin_of_an_account_that_has_expired_is_told_so():
    exchange = calling(keys(f"{PIN}#"))
    ports = replace(exchange.ports, clock=MemoryClock())
    change_profile(ports, "alice", Changes(valid_until=NOON - timedelta(days=1)))

    callback, cdr = ring(exchange)

    assert heard(exchange) == ["enter-pin", "account-expired"]
    assert (callback.account, cdr.verdict) == ("house", REFUSED)
    assert exchange.breaches == []


def test_a_language_is_chosen_by_key_and_kept():
    exchange = calling(keys("2"), keys(f"{PIN}#", from_s=3), languages=("en", "fr"), hangs_up_s=6)

    ring(exchange)

    told = [what for _, what in exchange.transcript if "customer hears" in what]
    assert told == [
        "customer hears choose-language 1",
        "customer hears in fr: choose-language 2",
        "customer hears in fr: enter-pin",
        "customer hears in fr: remember-number",
    ]


def test_who_hangs_up_while_the_payer_changes_is_charged_by_the_new_one(monkeypatch):
    exchange = calling(keys(f"{PIN}#"), hangs_up_s=2)

    def slowly(*args):
        async def known():
            await asyncio.sleep(3)
            return identify(*args)

        return known()

    monkeypatch.setattr("workers.conversation.identify", slowly)

    callback, cdr = ring(exchange)

    assert (callback.account, cdr.account, cdr.customer.seconds) == ("alice", "alice", 2)
    assert spent(exchange) == {"alice": cdr.cost.micros, "house": 0}
    assert exchange.ports.books.balance("house").holds == {}
    assert exchange.breaches == []


def test_a_pin_whose_account_has_no_credit_is_refused_in_words():
    exchange = calling(keys(f"{PIN}#"))
    ports = replace(exchange.ports, clock=MemoryClock())
    enter(ports, "alice", Money("EUR", -5_000_000), EntryKind.CORRECTION, reference="all")

    callback, cdr = ring(exchange)

    assert heard(exchange) == ["enter-pin", "no-credit"]
    assert (callback.account, cdr.verdict) == ("house", REFUSED)
    assert spent(exchange)["house"] == cdr.cost.micros
    assert exchange.breaches == []


def test_a_customer_known_by_pin_is_cut_off_when_their_own_money_ends():
    exchange = calling(keys(f"{PIN}#"))
    ports = replace(exchange.ports, clock=MemoryClock())
    enter(ports, "alice", Money("EUR", -4_900_000), EntryKind.CORRECTION, reference="most")

    _, cdr = ring(exchange)

    assert (cdr.customer.seconds, cdr.verdict.ending) == (10, Ending.NO_CREDIT)
    assert exchange.ports.books.balance("alice").posted_micros == 0


def test_whose_phone_it_is_that_a_pin_is_given_on_is_not_told():
    exchange = calling(keys(f"{PIN}#"), keys("1", from_s=3), hangs_up_s=8)
    owner = Profile("owner", "The owner of the phone", "EUR", "retail", numbers=(PHONE_BOX,))
    open_account(replace(exchange.ports, clock=MemoryClock()), owner, Terms())

    ring(exchange)

    assert heard(exchange)[:2] == ["enter-pin", "balance-is 5.00 EUR"]
    assert exchange.ports.accounts.by_number(PHONE_BOX) == "owner"


def test_without_a_key_no_pin_is_read_and_the_fault_is_ours():
    exchange = calling(keys(f"{PIN}#"))
    exchange.desk = replace(exchange.desk, pins=None)

    _, cdr = ring(exchange)

    assert heard(exchange) == ["system-error"]
    assert cdr.verdict == Verdict(Ending.FAILED, Culprit.US)


def test_who_gave_a_pin_has_another_phone_rung_for_the_code_that_is_told():
    mobile = "07700900124"
    exchange = calling(
        keys(f"{PIN}#"), keys("2", from_s=3), keys(f"*02#{mobile}#", from_s=6), hangs_up_s=12
    )

    ring(exchange)

    code = heard(exchange)[-2].split()[1]
    assert heard(exchange)[3:] == [
        "enter-destination",
        "enter-new-number",
        f"your-code-is {code} your-code-is {code}",
        "enter-destination",
    ]
    number = PhoneNumber("+447700900124")
    [asked] = [one for one in exchange.ports.callbacks.placed.values() if one.confirms]
    assert (asked.account, asked.customer) == ("alice", number)
    confirmed = confirm_number(
        replace(exchange.ports, clock=MemoryClock()),
        PIN_KEY,
        number,
        code,
        account="alice",
        by=By.CALL,
    )
    assert number in confirmed.profile.numbers


def test_whom_only_a_caller_id_tells_of_registers_no_phone():
    exchange = calling()
    alice = FarEnd(presses=keys("*02#07700900124#"), hangs_up_s=12)
    exchange.phone.far_ends = {**exchange.phone.far_ends, ALICE: alice}

    exchange.connect(destination=None)

    assert "invalid-choice" in heard(exchange)
    assert not any(one.confirms for one in exchange.ports.callbacks.placed.values())
