"""The simulated carrier against sipp, which knows SIP from elsewhere."""

import asyncio
import random
from datetime import timedelta

import pytest

from ringback.carrier import (
    BUSY,
    CallEnded,
    NumberTone,
    PhoneCall,
    PhoneScript,
    Press,
    Side,
    SimulatedCarrier,
    Tone,
    Verdict,
)
from ringback.carrier.media.measure import frequencies_hz
from tests.integration.caller import (
    CAPTURES,
    LITERALLY,
    NUMBER,
    SOON,
    called,
    calling,
    in_real_time,
    run_sipp,
)

pytestmark = pytest.mark.integration

INVITE = """INVITE sip:+442071234567@127.0.0.1:5070 SIP/2.0\r
Via: SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bKUNIQUE;rport\r
Record-Route: <sip:127.0.0.1:5080;lr>\r
From: "Ann" <sip:+15550001111@127.0.0.1:5080>;tag=a\r
To: <sip:+442071234567@127.0.0.1>\r
Call-ID: UNIQUE@127.0.0.1\r
CSeq: 1 INVITE\r
Contact: <sip:ann@127.0.0.1:5080>\r
Content-Type: application/sdp\r
\r
v=0\r
o=- 1 1 IN IP4 127.0.0.1\r
s=-\r
c=IN IP4 127.0.0.1\r
t=0 0\r
m=audio 9 RTP/AVP 0 101\r
a=rtpmap:101 telephone-event/8000\r
"""
NO_MEDIA = ("-key", "media", "9")


def outcome(call: PhoneCall) -> tuple[int | None, Side | None]:
    return call.final_code, call.ended_by


@in_real_time
async def test_caller_talks_and_hangs_up():
    _, call = await called("caller_hangs_up")

    assert (call.number, call.caller) == (NUMBER, "+15550001111")
    assert outcome(call) == (200, Side.NETWORK)
    steps = [call.invited, call.ringing, call.answered, call.acknowledged, call.ended]
    assert steps == sorted(steps, key=lambda step: step.monotonic)
    assert 1.0 <= call.ended.monotonic - call.acknowledged.monotonic < 1.5


@in_real_time
async def test_phone_hangs_up_by_way_of_the_proxies_that_the_call_came_by():
    _, call = await called("phone_hangs_up", hang_up_after=5 * SOON)

    assert outcome(call) == (200, Side.PHONE)
    assert 0.5 <= call.ended.monotonic - call.answered.monotonic < 0.7


@in_real_time
async def test_busy_phone_refuses_without_ringing():
    _, call = await called("is_refused", ring_for=timedelta(), verdict=BUSY)

    assert outcome(call) == (486, Side.PHONE)
    assert call.ringing is None
    with pytest.raises(CallEnded):
        await call.wait_answered()


@in_real_time
async def test_offer_without_a_common_codec_is_refused():
    _, call = await called("offers_no_common_codec")

    assert outcome(call) == (488, Side.PHONE)


@in_real_time
async def test_phone_that_nobody_answers_rings_until_the_caller_gives_up():
    _, call = await called("gives_up", verdict=Verdict.NO_ANSWER)

    assert outcome(call) == (487, Side.NETWORK)
    assert call.answered is None


@in_real_time
async def test_phone_that_nobody_answers_can_be_picked_up_after_all():
    async with calling("caller_hangs_up", verdict=Verdict.NO_ANSWER) as (_, call):
        await call.wait_ringing()
        call.answer()

    assert outcome(call) == (200, Side.NETWORK)


@in_real_time
async def test_dead_number_says_nothing_at_all():
    async with calling("hears_nothing", verdict=Verdict.DEAD) as (_, call):
        pass

    assert (call.final_code, call.ringing) == (None, None)


@in_real_time
async def test_repeated_invite_is_one_call():
    _, call = await called("repeats_its_invite", LITERALLY)

    assert outcome(call) == (200, Side.NETWORK)


@in_real_time
async def test_answer_is_repeated_until_it_is_acknowledged():
    _, call = await called("acknowledges_late", LITERALLY)

    # T1 and 2·T1 between the three (RFC 3261 §13.3.1.4).
    assert 1.5 <= call.acknowledged.monotonic - call.answered.monotonic < 1.8


@in_real_time
async def test_caller_may_hang_up_twice():
    _, call = await called("hangs_up_twice")

    assert outcome(call) == (200, Side.NETWORK)


@in_real_time
@pytest.mark.parametrize("scenario", ["asks_for_options", "is_unknown"])
async def test_carrier_replies_to_what_is_no_call(scenario):
    async with SimulatedCarrier() as carrier:
        await run_sipp(carrier.address, scenario)

    assert carrier.calls == []


@in_real_time
async def test_no_damaged_request_upsets_the_carrier(caplog):
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    chance = random.Random(1)
    async with SimulatedCarrier(default=PhoneScript(ring_for=SOON)) as carrier:
        peer, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            asyncio.DatagramProtocol, remote_addr=(carrier.host, carrier.port)
        )
        for number in range(1000):
            datagram = bytearray(INVITE.replace("UNIQUE", str(number)).encode())
            for _ in range(chance.randint(0, 4)):
                datagram[chance.randrange(len(datagram))] = chance.choice(b"\x00 ;:<>@=,.019az\xff")
            peer.sendto(datagram[: chance.choice([None, chance.randrange(len(datagram))])])
            await asyncio.sleep(0)
        peer.close()
        await run_sipp(carrier.address, "asks_for_options")

        assert len(carrier.calls) > 100
    assert faults == []
    assert "the phone failed" not in caplog.text


@in_real_time
async def test_offered_payload_types_come_back_in_the_answer():
    _, call = await called("has_numbers_of_its_own")

    assert outcome(call) == (200, Side.NETWORK)


@in_real_time
async def test_caller_and_phone_hear_each_other():
    caller, call = await called("caller_hangs_up", sound=Tone(900, -15), tone=Tone(600, -25))

    heard = call.heard.between()
    assert frequencies_hz(caller.heard) == (pytest.approx(900, abs=1),)
    assert heard.frequencies_hz == (pytest.approx(600, abs=1),)
    assert heard.level_dbfs == pytest.approx(-25, abs=0.2)
    assert (heard.gaps, heard.sources) == ((), 1)


@in_real_time
async def test_caller_hears_early_media_and_then_the_phone():
    caller, _ = await called(
        "hears_early_media", ring_for=5 * SOON, early_media=Tone(425), sound=Tone(900)
    )

    assert [round(tone) for tone in sorted(frequencies_hz(caller.heard))] == [425, 900]


@in_real_time
async def test_phone_makes_the_offer_when_the_caller_has_none():
    caller, call = await called("leaves_the_offer_to_the_phone", sound=Tone(900), tone=Tone(600))

    assert frequencies_hz(caller.heard) == (pytest.approx(900, abs=1),)
    assert call.heard.between().frequencies_hz == (pytest.approx(600, abs=1),)


@in_real_time
async def test_phone_hears_speech_in_a_law_and_packets_of_30_ms():
    async with calling("speaks_a_law") as (caller, call):
        speaking = asyncio.create_task(caller.replay(CAPTURES / "g711a.pcap"))
        await call.wait_ended()
        speaking.cancel()

    heard = call.heard.between()
    assert heard.received > timedelta(seconds=1.5)
    assert heard.level_dbfs > -40
    assert heard.gaps == ()


@in_real_time
async def test_phone_hears_the_keys_that_the_caller_presses():
    async with calling("speaks_a_law") as (caller, call):
        for key in ("1", "5", "9", "star", "pound"):
            await caller.replay(CAPTURES / f"dtmf_2833_{key}.pcap")

        assert await call.wait_digits(5) == "159*#"


@in_real_time
async def test_caller_hears_the_keys_that_the_phone_presses():
    caller, _ = await called(
        "waits_to_be_hung_up",
        digits=(Press(2 * SOON, "#"), Press(SOON, "12")),
        hang_up_after=12 * SOON,
    )

    assert caller.keys == "12#"


@in_real_time
async def test_phone_on_hold_is_silent_until_it_is_taken_back():
    caller, call = await called("holds", sound=Tone(900))

    # Half a second before the hold and a second after it, nothing in the second between.
    assert len(caller.heard) / 8000 == pytest.approx(1.5, abs=0.1)
    assert outcome(call) == (200, Side.NETWORK)


@in_real_time
async def test_phone_puts_the_caller_on_hold_and_takes_him_back():
    async with calling("is_held", sound=Tone(900)) as (caller, call):
        await call.wait_acknowledged()
        assert await call.re_invite(hold=True) == 200
        assert await call.re_invite(hold=False) == 200
        await caller.hear(0.2)
        await call.hang_up()

    assert outcome(call) == (200, Side.PHONE)


@in_real_time
async def test_call_goes_on_when_the_caller_refuses_to_be_held():
    async with calling("refuses_to_be_held", sound=Tone(900)) as (caller, call):
        await call.wait_acknowledged()
        assert await call.re_invite(hold=True) == 488
        await caller.hear(0.2)
        await call.hang_up()

    assert outcome(call) == (200, Side.PHONE)


@in_real_time
async def test_each_of_twenty_phones_hears_its_own_echo_without_a_gap(tmp_path):
    numbers = [f"+4420712345{last}" for last in range(10, 30)]
    listed = tmp_path / "numbers.csv"
    listed.write_text("\n".join(["SEQUENTIAL", *numbers, ""]))
    phone = PhoneScript(ring_for=SOON, sound=NumberTone())
    async with SimulatedCarrier(default=phone) as carrier:
        await run_sipp(
            carrier.address, "echoes", "-inf", str(listed), "-m", "20", "-r", "40", "-rtp_echo"
        )

    heard = {call.number: call.heard.between() for call in carrier.calls}
    assert sorted(heard) == numbers
    for number, measured in heard.items():
        assert measured.frequencies_hz == (pytest.approx(400 + 10 * int(number[-2:]), abs=1),)
        assert (measured.gaps, measured.sources) == ((), 1)
        assert measured.packets == pytest.approx(75, abs=15)


@in_real_time
async def test_carrier_that_is_closed_hangs_up():
    phone = PhoneScript(ring_for=SOON)
    async with SimulatedCarrier(default=phone) as carrier:
        sipp = asyncio.create_task(run_sipp(carrier.address, "waits_to_be_hung_up", *NO_MEDIA))
        call = await carrier.next_call()
        await call.wait_acknowledged()

    await sipp
    assert outcome(call) == (200, Side.PHONE)


@in_real_time
async def test_numbers_do_as_their_scripts_say_and_the_others_by_default():
    scripts = {NUMBER.removeprefix("+"): PhoneScript(ring_for=timedelta(), verdict=BUSY)}
    async with SimulatedCarrier(scripts, PhoneScript(ring_for=SOON)) as carrier:
        await run_sipp(carrier.address, "is_refused", *NO_MEDIA)
        await run_sipp(carrier.address, "caller_hangs_up", *NO_MEDIA, "-s", "442070000000")

        other = await carrier.next_call("+442070000000")
        busy = await carrier.next_call()
    assert outcome(busy) == (486, Side.PHONE)
    assert outcome(other) == (200, Side.NETWORK)
