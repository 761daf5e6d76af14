"""What the two ends of a bridge hear, and which keys arrive: real RTP on the loopback."""

import asyncio
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from ringback.carrier.media.g711 import Samples
from ringback.carrier.media.measure import frequencies_hz, level_dbfs
from ringback.carrier.media.sound import Tone
from switchboard.calls.ending import Party
from tests.integration.far_end import PACKET_S, PACKET_SAMPLES, far_end
from workers.phone import LegEnded, LegTrace

pytestmark = pytest.mark.integration

CAPTURES = Path("/usr/share/sip-tester")
PACKETS_A_SECOND = 50


def tones(samples: Samples) -> set[int]:
    """The frequencies heard, to the nearest 10 Hz."""
    return {round(frequency, -1) for frequency in frequencies_hz(samples)}


def loud_s(samples: Samples) -> float:
    """For how long there was sound."""
    packets = samples.reshape(-1, PACKET_SAMPLES)
    return sum(level_dbfs(packet) > -40 for packet in packets) * PACKET_S


async def keys_of(leg) -> str:
    """What is pressed until half a second passes without a key."""
    keys = ""
    while (key := await leg.key(limit=timedelta(seconds=0.5))) is not None:
        keys += key
    return keys


def test_two_joined_legs_hear_each_other_and_nothing_else(worker):
    traces = LegTrace(), LegTrace()

    async def flow():
        async with (
            far_end("answers", tone=Tone(600)) as one,
            far_end("answers", tone=Tone(900)) as other,
            worker.phone.dial(one.order(), traces[0]) as customer,
            worker.phone.dial(other.order(), traces[1]) as destination,
        ):
            await worker.phone.join(customer, destination)
            await worker.phone.join(customer, destination)
            await one.handset.hear(0.5)
            return await asyncio.gather(one.handset.hear(0.5), other.handset.hear(0.5))

    first, second = worker.run(flow())

    assert (tones(first), tones(second)) == ({900}, {600})
    assert level_dbfs(first) == pytest.approx(-20, abs=0.5)
    for trace in traces:
        assert trace.rtp.received >= PACKETS_A_SECOND * 0.9
        assert trace.rtp.lost == 0
        assert trace.rtp.jitter_ms < 20
        assert 4 < trace.rtp.mos < 4.5
        assert 0 < trace.rtp.buffered_ms < 200


def test_a_far_end_that_hangs_up_leaves_its_figures(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("hangs_up", tone=Tone(600)) as phone:
            with pytest.raises(LegEnded):
                async with worker.phone.dial(phone.order(), trace):
                    await asyncio.sleep(5)

    worker.run(flow())

    assert trace.rtp.received == pytest.approx(PACKETS_A_SECOND / 2, abs=5)


def test_a_prompt_is_heard_to_its_end_and_no_longer(worker):
    async def flow():
        loop = asyncio.get_running_loop()
        async with (
            far_end("answers") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            began = loop.time()
            await leg.play("beep")
            took_s = loop.time() - began
            await phone.handset.hear(0.3)
            return took_s, phone.handset.heard

    took_s, heard = worker.run(flow())

    assert took_s == pytest.approx(1.04, abs=0.03)
    assert tones(heard) == {1000}
    assert loud_s(heard) == pytest.approx(1, abs=0.03)


def test_prompts_of_one_sentence_follow_each_other_without_a_gap(worker):
    async def flow():
        async with (
            far_end("answers") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            await leg.play("beep", "beep")
            await phone.handset.hear(0.3)
            return phone.handset.heard

    heard = worker.run(flow())

    assert loud_s(heard) == pytest.approx(2, abs=0.05)
    # A quarter of the tone's period is a sample or two; a lost frame would be 160.
    assert np.diff(np.flatnonzero(np.abs(heard.astype(int)) > 1000)).max() < 10


def test_the_customer_hears_ringback_until_the_destination_answers(worker):
    async def flow():
        async with (
            far_end("answers") as one,
            far_end("answers_late", tone=Tone(900)) as other,
            worker.phone.dial(one.order(), LegTrace()) as customer,
        ):
            hearing = asyncio.create_task(one.handset.hear(0.4))
            order = other.order(Party.DESTINATION)
            async with worker.phone.dial(order, LegTrace(), heard_by=customer):
                await one.handset.hear(0.1)
                return await hearing, await one.handset.hear(0.3)

    ringing, answered = worker.run(flow())

    assert tones(ringing) == {440, 480}
    # Two tones of -19 dBm0; 0 dBm0 is a sine 3.17 dB below the loudest of µ-law.
    assert level_dbfs(ringing[-1600:]) == pytest.approx(-19 + 3.01 - 3.17 - 3.01, abs=0.5)
    assert tones(answered) == set()


def test_the_customer_hears_the_early_media_of_the_destination(worker):
    trace = LegTrace()

    async def flow():
        async with (
            far_end("answers") as one,
            far_end("early_media", tone=Tone(900)) as other,
            worker.phone.dial(one.order(), LegTrace()) as customer,
        ):
            hearing = asyncio.create_task(one.handset.hear(0.7))
            order = other.order(Party.DESTINATION)
            async with worker.phone.dial(order, trace, heard_by=customer) as destination:
                await one.handset.hear(0.1)
                unjoined = await one.handset.hear(0.2)
                await worker.phone.join(customer, destination)
                await one.handset.hear(0.2)
                return await hearing, unjoined, await one.handset.hear(0.3), other.handset.heard

    early, unjoined, joined, destination = worker.run(flow())

    assert tones(early[-3200:]) == {900}
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
            worker.phone.dial(one.order(), LegTrace()) as customer,
            worker.phone.dial(other.order(), trace) as destination,
        ):
            await worker.phone.join(customer, destination)
            await one.handset.hear(1.5)
            return await asyncio.gather(one.handset.hear(0.5), other.handset.hear(0.5))

    first, second = worker.run(flow())

    assert (tones(first), tones(second)) == ({900}, {600})
    assert trace.rtp.received == pytest.approx(2 * PACKETS_A_SECOND, abs=8)


def test_keys_arrive_once_each_by_telephone_events(worker):
    async def flow():
        async with (
            far_end("answers") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            for name in "5", "star", "0", "9", "pound":
                await phone.handset.replay(CAPTURES / f"dtmf_2833_{name}.pcap")
            return await keys_of(leg)

    assert worker.run(flow()) == "5*09#"


def test_keys_arrive_once_each_by_info(worker):
    async def flow():
        async with (
            far_end("sends_keys_by_info") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            return await keys_of(leg)

    assert worker.run(flow()) == "*7#"


def test_a_key_stops_a_prompt(worker):
    async def flow():
        loop = asyncio.get_running_loop()
        async with (
            far_end("answers") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            pressing = asyncio.create_task(phone.handset.replay(CAPTURES / "dtmf_2833_9.pcap"))
            began = loop.time()
            await leg.play_until_key("beep")
            took_s = loop.time() - began
            await pressing
            return took_s, await keys_of(leg)

    took_s, keys = worker.run(flow())

    assert took_s < 0.5
    assert keys == "9"


def test_keys_arrive_once_each_by_bare_info(worker):
    async def flow():
        async with (
            far_end("sends_bare_keys_by_info") as phone,
            worker.phone.dial(phone.order(), LegTrace()) as leg,
        ):
            return await keys_of(leg)

    assert worker.run(flow()) == "*7#"
