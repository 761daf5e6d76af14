"""Whole callbacks: a real worker process, real SIP and RTP, phones that a carrier simulates."""

import asyncio
import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from ringback.carrier import BUSY, PhoneCall, PhoneScript, Press, Reject, Tone, Verdict
from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending
from switchboard.calls.ending import Verdict as Outcome
from switchboard.desk.orders import CANCELLED, cancel_callback
from switchboard.ledger.entries import SettlementKind
from tests.fakes.exchange import CENT
from tests.fakes.plenty import a_bucket, grant
from tests.integration.caller import in_real_time
from tests.integration.system import System, until

pytestmark = pytest.mark.integration

SPEECH_DBFS = -45.0
AT_ONCE = timedelta()

logger = logging.getLogger(__name__)


def seconds(span: float) -> timedelta:
    return timedelta(seconds=span)


ANSWERS = PhoneScript(ring_for=seconds(0.3), sound=Tone(700))
TALKS = PhoneScript(ring_for=seconds(1.5), sound=Tone(1200), hang_up_after=seconds(2.2))


def tones(call: PhoneCall, start: float, end: float) -> set[float]:
    """What a phone heard between two instants, to the nearest 10 Hz."""
    return {round(hertz, -1) for hertz in call.heard.between(start, end).frequencies_hz}


@in_real_time
async def test_two_phones_hear_each_other_and_the_account_is_charged(system: System):
    alice = system.customer()
    async with system.carrier({alice.phone: ANSWERS, alice.friend: TALKS}) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        await one.wait_ended()
        over, cdr = await system.ended(callback)

    assert (one.caller, other.caller) == (str(alice.friend), str(alice.phone))
    prompt = one.heard.between(one.answered.monotonic, other.invited.monotonic)
    assert prompt.level_dbfs > SPEECH_DBFS
    assert tones(one, other.ringing.monotonic + 0.2, other.answered.monotonic) == {440, 480}
    talk = other.answered.monotonic + 0.3, other.ended.monotonic
    assert (tones(one, *talk), tones(other, *talk)) == ({1200}, {700})
    for call in (one, other):
        heard = call.heard.between(*talk)
        assert heard.level_dbfs == pytest.approx(-20, abs=1)
        assert heard.sources == 1
    _check_cdr(cdr, callback)
    for leg, call in ((cdr.customer, one), (cdr.destination, other)):
        talked_s = call.ended.monotonic - call.answered.monotonic
        assert leg.seconds - 1.2 <= talked_s <= leg.seconds + 0.3
    assert over.state is State.ENDED
    assert system.balance(alice).posted_micros == 500 * CENT - cdr.cost.micros
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


@in_real_time
async def test_included_seconds_last_to_their_end_without_any_money(system: System):
    alice = system.customer(cents=0)
    now = system.ports.clock.now()
    bucket = a_bucket(9, begins_at=now - seconds(60), expires_at=now + seconds(600))
    grant(system.ports, bucket, account=alice.account)
    talks_on = replace(TALKS, ring_for=seconds(0.3), hang_up_after=None)
    async with system.carrier({alice.phone: ANSWERS, alice.friend: talks_on}):
        over, cdr = await system.ended(system.order(alice, alice.friend))

    assert cdr.verdict == Outcome(Ending.TALK_LIMIT, Culprit.CUSTOMER)
    assert [leg.covered_s for leg in cdr.legs] == [leg.seconds for leg in cdr.legs]
    assert 8 <= sum(leg.seconds for leg in cdr.legs) <= 9
    assert cdr.cost.micros == 0
    assert system.balance(alice).included_s == {
        bucket.key: 9 - sum(cdr.settlement.total_s.values())
    }
    assert over.state is State.ENDED
    assert system.books_are_clean()


def _check_cdr(cdr, callback) -> None:
    assert cdr.verdict == Outcome(Ending.HUNG_UP, Culprit.DESTINATION)
    steps = [callback.requested_at, cdr.claimed_at]
    for leg in cdr.legs:
        assert leg.sip_code == 200
        assert leg.pdd is not None
        assert AT_ONCE <= leg.pdd < seconds(0.5)
        assert leg.rtp.received >= 50 * (leg.seconds - 1) - 10
        assert leg.rtp.lost == 0
        assert leg.cost_micros == leg.seconds * CENT
        steps += [leg.invited_at, leg.ringing_at, leg.answered_at]
    steps += [cdr.destination.ended_at, cdr.customer.ended_at, cdr.ended_at]
    assert steps == sorted(steps)
    assert [leg.hung_up_by_far_end for leg in cdr.legs] == [False, True]
    assert cdr.settlement.kind is SettlementKind.POST
    assert cdr.settlement.charge_micros == sum(leg.cost_micros for leg in cdr.legs)


@pytest.mark.parametrize(
    ("script", "outcome", "sip_code"),
    [
        (
            PhoneScript(ring_for=seconds(0.3), verdict=BUSY),
            Outcome(Ending.BUSY, Culprit.CUSTOMER),
            486,
        ),
        (
            PhoneScript(verdict=Verdict.NO_ANSWER),
            Outcome(Ending.NO_ANSWER, Culprit.CUSTOMER),
            None,
        ),
        (
            PhoneScript(verdict=Verdict.DEAD),
            Outcome(Ending.UNREACHABLE, Culprit.CARRIER),
            None,
        ),
    ],
    ids=["busy", "no answer", "never replies"],
)
@in_real_time
async def test_a_customer_who_is_not_reached_pays_nothing(
    system: System, script, outcome, sip_code
):
    alice = system.customer()
    async with system.carrier({alice.phone: script}) as carrier:
        over, cdr = await system.ended(system.order(alice, alice.friend))
        dialled = [call.number for call in carrier.calls]

    assert over.verdict == outcome
    assert dialled == [str(alice.phone)]
    assert (cdr.settlement.kind, cdr.cost.micros) == (SettlementKind.VOID, 0)
    assert (cdr.customer.sip_code, cdr.customer.seconds, cdr.destination) == (sip_code, 0, None)
    assert system.balance(alice).avail_micros == 500 * CENT
    assert system.books_are_clean()


@pytest.mark.parametrize(
    ("script", "outcome", "sip_code"),
    [
        (
            PhoneScript(ring_for=seconds(0.3), verdict=BUSY),
            Outcome(Ending.BUSY, Culprit.DESTINATION),
            486,
        ),
        (
            PhoneScript(verdict=Verdict.NO_ANSWER),
            Outcome(Ending.NO_ANSWER, Culprit.DESTINATION),
            None,
        ),
        (
            PhoneScript(ring_for=AT_ONCE, verdict=Reject(404)),
            Outcome(Ending.NOT_FOUND, Culprit.DESTINATION),
            404,
        ),
        (
            PhoneScript(ring_for=AT_ONCE, verdict=Reject(503)),
            Outcome(Ending.CARRIER_FAILED, Culprit.CARRIER),
            503,
        ),
    ],
    ids=["busy", "no answer", "unknown", "carrier fails"],
)
@in_real_time
async def test_a_customer_whose_destination_is_not_reached_hears_why(
    system: System, script, outcome, sip_code
):
    alice = system.customer()
    async with system.carrier({alice.phone: ANSWERS, alice.friend: script}) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        await one.wait_ended()
        over, cdr = await system.ended(callback)

    why = one.heard.between(other.ended.monotonic + 0.1, one.ended.monotonic)
    assert why.level_dbfs > SPEECH_DBFS
    assert one.ended.monotonic - other.ended.monotonic > 1.5
    assert (over.verdict, cdr.destination.verdict) == (outcome, outcome)
    assert (cdr.destination.sip_code, cdr.destination.cost_micros) == (sip_code, 0)
    assert cdr.cost.micros == cdr.customer.seconds * CENT
    assert system.balance(alice).avail_micros == 500 * CENT - cdr.cost.micros
    assert system.books_are_clean()


@pytest.mark.parametrize("in_audio", [False, True], ids=["telephone events", "tones"])
@in_real_time
async def test_a_customer_dials_the_destination_with_keys(system: System, in_audio):
    alice = system.customer()
    keys = f"00{alice.friend.digits}#"
    dials = PhoneScript(
        ring_for=AT_ONCE,
        sound=Tone(700),
        digits=(Press(seconds(0.5), keys),),
        hang_up_after=seconds(11),
        keys_in_audio=in_audio,
    )
    talks = PhoneScript(ring_for=seconds(0.3), sound=Tone(1200), hang_up_after=seconds(1))
    async with system.carrier({alice.phone: dials, alice.friend: talks}) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_ended()
        over, cdr = await system.ended(callback)

    prompt = one.heard.between(one.answered.monotonic, one.answered.monotonic + 0.5)
    assert prompt.level_dbfs > SPEECH_DBFS
    assert tones(other, other.answered.monotonic + 0.3, other.ended.monotonic) == {700}
    assert (over.destination, cdr.destination.number) == (alice.friend, alice.friend)
    assert State.COLLECTING in over.reached
    assert cdr.cost.micros == (cdr.customer.seconds + cdr.destination.seconds) * CENT
    assert system.books_are_clean()


@pytest.mark.parametrize("when", ["the customer's phone rings", "they talk"])
@in_real_time
async def test_a_cancelled_callback_is_hung_up_within_a_second(system: System, when):
    alice = system.customer()
    rings = PhoneScript(verdict=Verdict.NO_ANSWER)
    talks = PhoneScript(ring_for=AT_ONCE, sound=Tone(1200))
    scripts = {alice.phone: ANSWERS if when == "they talk" else rings, alice.friend: talks}
    async with system.carrier(scripts) as carrier:
        callback = system.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        await one.wait_ringing()
        if when == "they talk":
            await (await carrier.next_call(str(alice.friend))).wait_acknowledged()
        asked = asyncio.get_running_loop().time()
        await asyncio.to_thread(cancel_callback, system.ports, alice.account, callback.id)
        took_s = [(await call.wait_ended()).monotonic - asked for call in carrier.calls]
        over, cdr = await system.ended(callback)

    logger.info("hung up after %s s", [round(span, 3) for span in took_s])
    assert max(took_s) < 1
    assert len(took_s) == (2 if when == "they talk" else 1)
    assert (over.verdict, cdr.verdict) == (CANCELLED, CANCELLED)
    assert system.balance(alice).holds == {}
    assert system.books_are_clean()


@in_real_time
async def test_the_same_message_delivered_again_rings_nobody_again(system: System):
    alice = system.customer()
    async with system.carrier({alice.phone: ANSWERS, alice.friend: TALKS}) as carrier:
        callback = system.order(alice, alice.friend)
        system.ports.queue.send(callback.id)
        await carrier.next_call(str(alice.phone))
        system.ports.queue.send(callback.id)
        await system.ended(callback)
        system.ports.queue.send(callback.id)
        await until(lambda: system.orders_waiting() == 0)
        dialled = [call.number for call in carrier.calls]

    assert dialled == [str(alice.phone), str(alice.friend)]
    assert system.books_are_clean()
