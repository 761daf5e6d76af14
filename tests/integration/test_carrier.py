"""The simulated carrier against sipp, which knows SIP from elsewhere."""

import asyncio
from datetime import timedelta

import pytest

from ringback.carrier import (
    BUSY,
    NumberTone,
    PhoneScript,
    Press,
    Side,
    SimulatedCarrier,
    Tone,
    Verdict,
)
from ringback.carrier.media.measure import frequencies_hz
from tests.integration.caller import NUMBER, caller, capture, in_real_time, run_sipp

pytestmark = pytest.mark.integration

SOON = timedelta(seconds=0.1)
AT_ONCE = timedelta()


def a_carrier(**script) -> SimulatedCarrier:
    return SimulatedCarrier(default=PhoneScript(**{"ring_for": SOON, **script}))


def outcome(call):
    return call.final_code, call.ended_by


@in_real_time
async def test_caller_talks_and_hangs_up():
    async with a_carrier() as carrier:
        async with caller(carrier, "caller_hangs_up"):
            pass

        call = carrier.calls[0]
    assert (call.number, call.caller) == (NUMBER, "+15550001111")
    assert outcome(call) == (200, Side.NETWORK)
    steps = [call.invited, call.ringing, call.answered, call.acknowledged, call.ended]
    assert steps == sorted(steps, key=lambda step: step.monotonic)
    assert 1.0 <= call.ended.monotonic - call.acknowledged.monotonic < 1.5


@in_real_time
async def test_phone_hangs_up_by_way_of_the_proxies_that_the_call_came_by():
    async with a_carrier(hang_up_after=timedelta(seconds=0.5)) as carrier:
        async with caller(carrier, "phone_hangs_up"):
            pass

        call = carrier.calls[0]
    assert outcome(call) == (200, Side.PHONE)
    assert 0.5 <= call.ended.monotonic - call.answered.monotonic < 0.7


@in_real_time
async def test_busy_phone_refuses_without_ringing():
    async with a_carrier(ring_for=AT_ONCE, verdict=BUSY) as carrier:
        async with caller(carrier, "is_refused"):
            pass

        call = carrier.calls[0]
    assert outcome(call) == (486, Side.PHONE)
    assert call.ringing is None


@in_real_time
async def test_offer_without_a_common_codec_is_refused():
    async with a_carrier() as carrier:
        async with caller(carrier, "offers_no_common_codec"):
            pass

        assert outcome(carrier.calls[0]) == (488, Side.PHONE)


@in_real_time
async def test_phone_that_nobody_answers_rings_until_the_caller_gives_up():
    async with a_carrier(verdict=Verdict.NO_ANSWER) as carrier:
        async with caller(carrier, "gives_up"):
            call = await carrier.next_call(NUMBER)
            await call.wait_ended()

    assert outcome(call) == (487, Side.NETWORK)
    assert call.answered is None


@in_real_time
async def test_phone_that_nobody_answers_can_be_picked_up_after_all():
    async with a_carrier(verdict=Verdict.NO_ANSWER) as carrier:
        async with caller(carrier, "caller_hangs_up"):
            call = await carrier.next_call()
            await call.wait_ringing()
            call.answer()

    assert outcome(call) == (200, Side.NETWORK)


# sipp's own idea of repeats is to send again what it sent last, which would go on for ever.
LITERALLY = "-nr"


@in_real_time
async def test_repeated_invite_is_one_call():
    async with a_carrier() as carrier:
        async with caller(carrier, "repeats_its_invite", LITERALLY):
            pass

        assert [outcome(call) for call in carrier.calls] == [(200, Side.NETWORK)]


@in_real_time
async def test_answer_is_repeated_until_it_is_acknowledged():
    async with a_carrier() as carrier:
        async with caller(carrier, "acknowledges_late", LITERALLY):
            pass

        call = carrier.calls[0]
    assert outcome(call) == (200, Side.NETWORK)
    # T1 and 2·T1 between the three (RFC 3261 §13.3.1.4).
    assert 1.5 <= call.acknowledged.monotonic - call.answered.monotonic < 1.8


@in_real_time
@pytest.mark.parametrize("scenario", ["asks_for_options", "is_unknown"])
async def test_carrier_answers_what_is_no_call(scenario):
    async with a_carrier() as carrier:
        async with caller(carrier, scenario):
            pass

        assert carrier.calls == []


@in_real_time
async def test_dead_number_says_nothing_at_all():
    async with a_carrier(verdict=Verdict.DEAD) as carrier:
        async with caller(carrier, "hears_nothing"):
            pass

        call = carrier.calls[0]
        assert (call.final_code, call.ringing, call.ended) == (None, None, None)


@in_real_time
async def test_caller_may_hang_up_twice():
    async with a_carrier() as carrier:
        async with caller(carrier, "hangs_up_twice"):
            pass

        assert [outcome(call) for call in carrier.calls] == [(200, Side.NETWORK)]


@in_real_time
async def test_offered_payload_types_come_back_in_the_answer():
    async with a_carrier() as carrier:
        async with caller(carrier, "has_numbers_of_its_own"):
            pass

        assert [outcome(call) for call in carrier.calls] == [(200, Side.NETWORK)]


@in_real_time
async def test_caller_and_phone_hear_each_other():
    async with a_carrier(sound=Tone(900, -15)) as carrier:
        async with caller(carrier, "caller_hangs_up", tone=Tone(600, -25)) as handset:
            pass

        heard = carrier.calls[0].heard.between()
    assert frequencies_hz(handset.heard) == (pytest.approx(900, abs=1),)
    assert heard.frequencies_hz == (pytest.approx(600, abs=1),)
    assert heard.level_dbfs == pytest.approx(-25, abs=0.2)
    assert (heard.gaps, heard.sources) == ((), 1)


@in_real_time
async def test_caller_hears_early_media_and_then_the_phone():
    script = {"ring_for": 5 * SOON, "early_media": Tone(425), "sound": Tone(900)}
    async with a_carrier(**script) as carrier:
        async with caller(carrier, "hears_early_media") as handset:
            pass

    assert [round(tone) for tone in sorted(frequencies_hz(handset.heard))] == [425, 900]


@in_real_time
async def test_phone_makes_the_offer_when_the_caller_has_none():
    async with a_carrier(sound=Tone(900)) as carrier:
        async with caller(carrier, "leaves_the_offer_to_the_phone", tone=Tone(600)) as handset:
            pass

        heard = carrier.calls[0].heard.between()
    assert frequencies_hz(handset.heard) == (pytest.approx(900, abs=1),)
    assert heard.frequencies_hz == (pytest.approx(600, abs=1),)


@in_real_time
async def test_phone_hears_speech_in_a_law_and_packets_of_30_ms():
    async with a_carrier() as carrier:
        async with caller(carrier, "speaks_a_law") as handset:
            call = await carrier.next_call()
            speaking = asyncio.create_task(handset.replay(capture("g711a.pcap")))
            await call.wait_ended()
            speaking.cancel()

        heard = call.heard.between()
    assert heard.received > timedelta(seconds=1.5)
    assert heard.level_dbfs > -40
    assert heard.gaps == ()


@in_real_time
async def test_phone_hears_the_keys_that_the_caller_presses():
    async with a_carrier() as carrier:
        async with caller(carrier, "speaks_a_law") as handset:
            call = await carrier.next_call()
            for key in ("1", "5", "9", "star", "pound"):
                await handset.replay(capture(f"dtmf_2833_{key}.pcap"))

            assert await call.wait_digits(5) == "159*#"


@in_real_time
async def test_caller_hears_the_keys_that_the_phone_presses():
    presses = (Press(SOON, "12"), Press(2 * SOON, "#"))
    async with a_carrier(digits=presses, hang_up_after=12 * SOON) as carrier:
        async with caller(carrier, "waits_to_be_hung_up") as handset:
            pass

    assert handset.keys == "12#"


@in_real_time
async def test_phone_on_hold_is_silent_until_it_is_taken_back():
    async with a_carrier(sound=Tone(900)) as carrier:
        async with caller(carrier, "holds") as handset:
            pass

    # Half a second before the hold and a second after it, nothing in the second between.
    assert len(handset.heard) / 8000 == pytest.approx(1.5, abs=0.1)


@in_real_time
async def test_phone_puts_the_caller_on_hold_and_takes_him_back():
    async with a_carrier(sound=Tone(900)) as carrier:
        async with caller(carrier, "is_held") as handset:
            call = await carrier.next_call()
            await call.wait_acknowledged()

            assert await call.re_invite(hold=True) == 200
            before = len(handset.heard)
            assert await call.re_invite(hold=False) == 200
            await handset.hear_at_least(0.2)
            await call.hang_up()

    assert before <= 160
    assert outcome(call) == (200, Side.PHONE)


@in_real_time
async def test_call_goes_on_when_the_caller_refuses_to_be_held():
    async with a_carrier(sound=Tone(900)) as carrier:
        async with caller(carrier, "refuses_to_be_held") as handset:
            call = await carrier.next_call()
            await call.wait_acknowledged()

            assert await call.re_invite(hold=True) == 488
            await handset.hear_at_least(0.2)
            await call.hang_up()

    assert outcome(call) == (200, Side.PHONE)


@in_real_time
async def test_each_of_twenty_phones_hears_its_own_echo_without_a_gap(tmp_path):
    numbers = [f"+4420712345{last}" for last in range(10, 30)]
    (tmp_path / "numbers.csv").write_text("SEQUENTIAL\n" + "\n".join(numbers) + "\n")
    options = ("-inf", str(tmp_path / "numbers.csv"), "-m", "20", "-r", "40", "-rtp_echo")
    async with a_carrier(sound=NumberTone()) as carrier:
        await run_sipp(carrier, "echoes", *options)

        heard = {call.number: call.heard.between() for call in carrier.calls}
    assert sorted(heard) == numbers
    for number, measured in heard.items():
        assert measured.frequencies_hz == (pytest.approx(400 + 10 * int(number[-2:]), abs=1),)
        assert (measured.gaps, measured.sources) == ((), 1)
        assert measured.packets == pytest.approx(75, abs=4)


@in_real_time
async def test_closing_the_carrier_hangs_up_and_refuses():
    async with a_carrier() as carrier:
        async with caller(carrier, "waits_to_be_hung_up"):
            call = await carrier.next_call()
            await call.wait_acknowledged()
            await carrier.__aexit__(None, None, None)

    assert outcome(call) == (200, Side.PHONE)
