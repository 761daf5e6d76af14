"""What customers hear and press, over real SIP and RTP: a worker process and scripted phones."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ringback.carrier import PhoneScript, Press, Tone
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import State, Trigger
from switchboard.calls.ending import Culprit, Ending
from switchboard.calls.ending import Verdict as Outcome
from switchboard.calls.manners import Manners
from switchboard.calls.ring import Ring
from switchboard.desk.callback_numbers import CodeMaker
from switchboard.desk.code_calls import call_for_code
from switchboard.desk.phone_books import set_speed_dials
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.rings import ring_service_number
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT
from tests.fakes.texts import PIN_KEY
from tests.integration.caller import in_real_time
from tests.integration.system import System
from tests.integration.test_callbacks_for_real import ANSWERS, AT_ONCE, SPEECH_DBFS, seconds, tones

pytestmark = pytest.mark.integration

PIN = "583917"
SHORT_TALK = PhoneScript(ring_for=seconds(0.3), sound=Tone(1200), hang_up_after=seconds(1))


def presses(*times_and_keys: tuple[float, str], hangs_up_s: float) -> PhoneScript:
    """A phone that answers at once, presses keys, and hangs up."""
    digits = tuple(Press(seconds(at_s), keys) for at_s, keys in times_and_keys)
    hang_up = seconds(hangs_up_s)
    return PhoneScript(ring_for=AT_ONCE, sound=Tone(700), digits=digits, hang_up_after=hang_up)


@in_real_time
async def test_a_pin_two_destinations_and_a_speed_dial_in_one_call(system: System):
    house, alice, bob = system.customer(), system.customer(), system.customer()
    box, number = bob.friend, PhoneNumber("+442079460900")
    ports = system.ports
    service = ServiceNumber(number, ServiceMode.PIN, house.account, delay=timedelta())
    ports.accounts.add_service_number(service)
    manners = Manners(tell_limit=False)
    change_profile(ports, alice.account, Changes(pin_hash=PIN_KEY.hash(PIN), manners=manners))
    set_speed_dials(ports, alice.account, {1: bob.phone})
    script = presses(
        (0.5, f"{PIN}#"), (3, "2"), (4, f"00{alice.friend.digits}#"), (11, "*1#"), hangs_up_s=16
    )
    phones = {box: script, alice.friend: SHORT_TALK, bob.phone: SHORT_TALK}
    async with system.carrier(phones) as carrier:
        ring = Ring(Trigger("test", uuid4().hex), box, number, ports.clock.now())
        callback = await asyncio.to_thread(ring_service_number, ports, ring)
        one = await carrier.next_call(str(box))
        await one.wait_ended()
        over = ports.callbacks.find(callback.id)
        over, cdr = await system.ended(replace(callback, account=over.account))

    prompt = one.heard.between(one.answered.monotonic, one.answered.monotonic + 0.5)
    assert prompt.level_dbfs > SPEECH_DBFS
    assert over.account == cdr.account == alice.account
    assert [leg.number for leg in cdr.legs] == [box, alice.friend, bob.phone]
    assert [1 <= leg.seconds <= 2 for leg in cdr.legs] == [False, True, True]
    assert cdr.cost.micros == sum(leg.seconds for leg in cdr.legs) * CENT
    assert system.balance(alice).posted_micros == 500 * CENT - cdr.cost.micros
    assert system.balance(alice).holds == {}
    assert system.balance(house).posted_micros == 500 * CENT
    assert system.balance(house).holds == {}
    assert State.COLLECTING in over.reached
    assert system.books_are_clean()


@in_real_time
async def test_a_phone_is_added_by_the_code_that_is_keyed_in_on_it(system: System):
    alice = system.customer()
    account = system.ports.accounts.get(alice.account)
    maker = CodeMaker(PIN_KEY, randbelow=lambda _most: 7)
    script = presses((0.5, "1"), (2, "000007#"), hangs_up_s=10)
    async with system.carrier({alice.friend: script}) as carrier:
        asked = call_for_code(system.ports, maker, account, alice.friend)
        one = await carrier.next_call(str(alice.friend))
        await one.wait_ended()
        over, cdr = await system.ended(asked.callback)

    prompt = one.heard.between(one.answered.monotonic, one.answered.monotonic + 0.5)
    assert prompt.level_dbfs > SPEECH_DBFS
    assert over.verdict == Outcome(Ending.CONFIRMED, Culprit.CUSTOMER)
    assert system.ports.accounts.by_number(alice.friend) == alice.account
    assert (cdr.cost.micros, cdr.customer.number) == (0, alice.friend)
    assert system.balance(alice).posted_micros == 500 * CENT
    assert system.books_are_clean()


@in_real_time
async def test_the_last_number_is_dialled_again(system: System):
    alice = system.customer()
    change_profile(system.ports, alice.account, Changes(manners=Manners(tell_limit=False)))
    script = presses((0.5, f"00{alice.friend.digits}#"), (6, "0*"), hangs_up_s=10)
    async with system.carrier({alice.phone: script, alice.friend: SHORT_TALK}) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        await one.wait_ended()
        _, cdr = await system.ended(callback)
        dialled = [call.number for call in carrier.calls]

    friend = str(alice.friend)
    assert dialled == [str(alice.phone), friend, friend]
    assert [leg.number for leg in cdr.legs] == [alice.phone, alice.friend, alice.friend]
    assert system.books_are_clean()


@in_real_time
async def test_two_hashes_drop_the_destination_but_not_the_customer(system: System):
    alice = system.customer()
    change_profile(system.ports, alice.account, Changes(manners=Manners(tell_limit=False)))
    script = presses((0.5, f"00{alice.friend.digits}#"), (5.5, "##"), hangs_up_s=9)
    talks_on = replace(SHORT_TALK, hang_up_after=None)
    async with system.carrier({alice.phone: script, alice.friend: talks_on}) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        await one.wait_ended()
        _, cdr = await system.ended(callback)

    assert one.ended.monotonic - other.ended.monotonic > 1.5
    asks = one.heard.between(other.ended.monotonic + 0.3, one.ended.monotonic)
    assert asks.level_dbfs > SPEECH_DBFS
    assert cdr.destination.verdict == Outcome(Ending.HUNG_UP, Culprit.CUSTOMER)
    assert cdr.destination.hung_up_by_far_end is False
    assert system.books_are_clean()


@pytest.mark.parametrize("is_person", [True, False], ids=["a person", "a voicemail box"])
@in_real_time
async def test_the_destination_is_rung_for_a_person_who_presses_1(system: System, is_person):
    alice = system.customer()
    change_profile(system.ports, alice.account, Changes(manners=Manners(confirm=True)))
    voicemail = replace(ANSWERS, ring_for=AT_ONCE, hang_up_after=seconds(5))
    script = replace(voicemail, digits=(Press(seconds(1), "1"),) if is_person else ())
    async with system.carrier({alice.phone: script, alice.friend: SHORT_TALK}) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        await one.wait_ended()
        _, cdr = await system.ended(callback)
        dialled = [call.number for call in carrier.calls]

    assert dialled == [str(alice.phone), *([str(alice.friend)] if is_person else [])]
    assert (cdr.destination is not None) == is_person
    assert cdr.cost.micros == sum(leg.seconds for leg in cdr.legs) * CENT
    assert system.books_are_clean()


@in_real_time
async def test_the_beep_before_the_end_is_for_the_customer_only(system: System):
    alice = system.customer(cents=75)
    talks_on = PhoneScript(ring_for=AT_ONCE, sound=Tone(1200))
    customer = replace(ANSWERS, ring_for=AT_ONCE, hang_up_after=seconds(11))
    async with system.carrier({alice.phone: customer, alice.friend: talks_on}) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await one.wait_ended()
        await system.ended(callback)

    talk = other.answered.monotonic + 0.3, one.ended.monotonic - 0.1
    heard = [
        tones(one, start / 10, start / 10 + 0.2)
        for start in range(int(talk[0] * 10), int(talk[1] * 10) - 2)
    ]
    assert any(len(hertz) > 1 for hertz in heard)
    assert tones(other, *talk) == {700}
    assert system.books_are_clean()


@in_real_time
async def test_a_talk_is_no_shorter_than_was_told_however_long_it_rings(system: System):
    alice = system.customer(cents=20)
    dials = presses((0.5, f"00{alice.friend.digits}#"), hangs_up_s=18)
    rings = PhoneScript(ring_for=seconds(1.8), sound=Tone(1200))
    async with system.carrier({alice.phone: dials, alice.friend: rings}) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        over, cdr = await system.ended(callback)

    told = one.heard.between(other.invited.monotonic - 1, other.invited.monotonic)
    assert told.level_dbfs > SPEECH_DBFS
    # Less than four seconds to dial, ten to be told of it, two to ring, and two legs to talk.
    promised_s = (20 - 4 - 10 - 2) // 2
    assert cdr.destination.seconds >= promised_s
    assert over.verdict == Outcome(Ending.TALK_LIMIT, Culprit.CUSTOMER)
    assert cdr.cost.micros in (19 * CENT, 20 * CENT)
    assert system.books_are_clean()
