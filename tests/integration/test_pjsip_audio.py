"""What the two ends of a bridge hear, and which keys arrive: real RTP on the loopback."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from ringback.carrier.media.measure import frequencies_hz, level_dbfs
from ringback.carrier.media.sound import Tone
from switchboard.calls.ending import Party
from tests.fakes.world import ALICE, BOB
from tests.integration.far_end import FarEnd, far_end
from workers.phone import LegEnded, LegOrder, LegTrace

pytestmark = pytest.mark.integration

CAPTURES = Path("/usr/share/sip-tester")
PACKETS_A_SECOND = 50


def an_order(phone: FarEnd, party: Party = Party.CUSTOMER) -> LegOrder:
    return LegOrder(party, ALICE, BOB, phone.trunk, ring_limit=timedelta(seconds=10))


def tones(samples) -> set[int]:
    """The frequencies heard, to the nearest 10 Hz."""
    return {round(frequency, -1) for frequency in frequencies_hz(samples)}


def loud_s(samples) -> float:
    """For how long there was sound, in packets of 20 ms."""
    return sum(level_dbfs(packet) > -40 for packet in samples.reshape(-1, 160)) * 0.02


def test_two_joined_legs_hear_each_other_and_nothing_else(worker):
    traces = LegTrace(), LegTrace()

    async def flow():
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(far_end("answers", tone=Tone(600)))
            other = await stack.enter_async_context(far_end("answers", tone=Tone(900)))
            async with (
                worker.phone.dial(an_order(one), traces[0]) as customer,
                worker.phone.dial(an_order(other), traces[1]) as destination,
            ):
                await worker.phone.join(customer, destination)
                await worker.phone.join(customer, destination)
                await one.handset.hear_at_least(1.5)
        return one.handset.heard[-4000:], other.handset.heard[-4000:]

    first, second = worker.run(flow())

    assert (tones(first), tones(second)) == ({900}, {600})
    assert level_dbfs(first) == pytest.approx(-20, abs=0.5)
    for trace in traces:
        assert trace.rtp is not None
        assert trace.rtp.received >= PACKETS_A_SECOND
        assert trace.rtp.lost == 0
        assert trace.rtp.jitter_ms < 20


def test_far_end_that_hangs_up_leaves_its_figures(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("hangs_up", tone=Tone(600)) as phone:
            with pytest.raises(LegEnded):
                async with worker.phone.dial(an_order(phone), trace):
                    await asyncio.sleep(5)

    worker.run(flow())

    assert trace.rtp is not None
    assert 20 <= trace.rtp.received <= 27


def test_a_prompt_is_heard_to_its_end_and_no_longer(worker):
    async def flow():
        loop = asyncio.get_running_loop()
        async with far_end("answers") as phone:
            async with worker.phone.dial(an_order(phone), LegTrace()) as leg:
                await phone.handset.hear_at_least(0.3)
                began = loop.time()
                await leg.play("beep")
                took_s = loop.time() - began
                await phone.handset.hear_at_least(0.3)
        return took_s, phone.handset.heard

    took_s, heard = worker.run(flow())

    assert took_s == pytest.approx(1.04, abs=0.03)
    assert tones(heard) == {1000}
    assert loud_s(heard) == pytest.approx(1, abs=0.03)


def test_the_customer_hears_ringback_until_the_destination_answers(worker):
    async def flow():
        async with far_end("answers") as one, far_end("answers", tone=Tone(900)) as other:
            async with worker.phone.dial(an_order(one), LegTrace()) as customer:
                await one.handset.hear_at_least(0.1)
                before = len(one.handset.heard)
                order = an_order(other, Party.DESTINATION)
                async with worker.phone.dial(order, LegTrace(), heard_by=customer):
                    ringing = one.handset.heard[before:]
                    after = len(one.handset.heard)
                    await one.handset.hear_at_least(0.5)
        return ringing, one.handset.heard[after + 800 :]

    ringing, answered = worker.run(flow())

    assert tones(ringing) == {440, 480}
    assert tones(answered) == set()


def test_the_customer_hears_the_early_media_of_the_destination(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("answers") as one, far_end("early_media", tone=Tone(900)) as other:
            async with worker.phone.dial(an_order(one), LegTrace()) as customer:
                order = an_order(other, Party.DESTINATION)
                async with worker.phone.dial(order, trace, heard_by=customer) as destination:
                    early = one.handset.heard[-3200:]
                    await one.handset.hear_at_least(0.3)
                    unjoined = one.handset.heard[-800:]
                    await worker.phone.join(customer, destination)
                    await one.handset.hear_at_least(0.5)
        return early, unjoined, one.handset.heard[-2400:], other.handset.heard

    early, unjoined, joined, destination = worker.run(flow())

    assert tones(early) == {900}
    assert tones(unjoined) == set()
    assert tones(joined) == {900}
    assert tones(destination) == set()
    assert (trace.answered_at - trace.ringing_at).total_seconds() > 0.7
    assert trace.rtp.received > PACKETS_A_SECOND


def test_legs_hear_each_other_again_after_a_hold(worker):
    trace = LegTrace()

    async def flow():
        async with (
            far_end("answers", tone=Tone(600)) as one,
            far_end("holds", tone=Tone(900)) as other,
        ):
            async with (
                worker.phone.dial(an_order(one), LegTrace()) as customer,
                worker.phone.dial(an_order(other), trace) as destination,
            ):
                await worker.phone.join(customer, destination)
                await one.handset.hear_at_least(2)
        return one.handset.heard[-4000:], other.handset.heard[-4000:]

    first, second = worker.run(flow())

    assert (tones(first), tones(second)) == ({900}, {600})
    assert trace.rtp.received == pytest.approx(2 * PACKETS_A_SECOND, abs=8)


def test_keys_arrive_once_each_by_telephone_events(worker):
    async def flow():
        async with far_end("answers") as phone:
            async with worker.phone.dial(an_order(phone), LegTrace()) as leg:
                for name in "5", "star", "0", "9", "pound":
                    await phone.handset.replay(CAPTURES / f"dtmf_2833_{name}.pcap")
                return await keys_of(leg)

    assert worker.run(flow()) == "5*09#"


def test_keys_arrive_once_each_by_info(worker):
    async def flow():
        async with far_end("sends_keys_by_info") as phone:
            async with worker.phone.dial(an_order(phone), LegTrace()) as leg:
                return await keys_of(leg)

    assert worker.run(flow()) == "7#"


def test_a_key_stops_a_prompt(worker):
    async def flow():
        loop = asyncio.get_running_loop()
        async with far_end("answers") as phone:
            async with worker.phone.dial(an_order(phone), LegTrace()) as leg:
                pressing = asyncio.create_task(phone.handset.replay(CAPTURES / "dtmf_2833_9.pcap"))
                began = loop.time()
                await leg.play_until_key("beep")
                took_s = loop.time() - began
                await pressing
                return took_s, await keys_of(leg)

    took_s, keys = worker.run(flow())

    assert took_s < 0.5
    assert keys == "9"


async def keys_of(leg) -> str:
    keys = ""
    while (key := await leg.key(limit=timedelta(seconds=0.5))) is not None:
        keys += key
    return keys
