"""Holds the carrier's RTP to RFC 3550 and its keys to RFC 4733, and its recordings to what came."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.carrier.media.g711 import G711
from ringback.carrier.media.keys import CannotPress, HeardDigits, Keypad
from ringback.carrier.media.recording import Arrival, Gap, Recording
from ringback.carrier.media.rtp import MalformedRtp, RtpPacket, TelephoneEvent
from ringback.carrier.media.sound import Tone
from tests.fakes.loop import run_simulated

packets = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127).filter(lambda kind: not 72 <= kind <= 76),
    sequence=st.integers(0, 2**16 - 1),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=200),
    marker=st.booleans(),
)


@given(packets)
def test_packet_survives_the_wire(packet):
    assert RtpPacket.unpack(packet.pack()) == packet


@given(st.binary() | st.binary().map(lambda tail: b"\xbf\x00" + tail))
def test_any_datagram_is_a_packet_or_is_refused(datagram):
    try:
        packet = RtpPacket.unpack(datagram)
        TelephoneEvent.unpack(packet.payload)
    except MalformedRtp:
        return


def test_payload_stands_between_extension_and_padding():
    header = bytes([0b10110001, 8]) + bytes(10)
    contributor, extension = b"CSRC", b"\x00\x00\x00\x01four"

    packet = RtpPacket.unpack(header + contributor + extension + b"payload" + b"\x00\x00\x03")

    assert packet.payload == b"payload"


def test_report_on_the_media_port_is_no_packet():
    sender_report = bytes([0x80, 200]) + bytes(26)

    with pytest.raises(MalformedRtp):
        RtpPacket.unpack(sender_report)


def pressed(digits: str, count: int) -> list[TelephoneEvent | None]:
    """What the keypad puts in the place of `count` packets."""

    async def press():
        keypad = Keypad(160)
        waiting = asyncio.create_task(keypad.press(digits))
        await asyncio.sleep(0)
        events = [keypad.next_packet() for _ in range(count)]
        await waiting
        return events

    return run_simulated(press())


def test_key_is_held_and_its_end_told_three_times_and_then_comes_a_pause():
    held = [TelephoneEvent(11, duration) for duration in (160, 320, 480, 640)]
    ends = [TelephoneEvent(11, 800, end=True)] * 3
    pause = [None] * 4

    assert pressed("#", 13) == [*held, *ends, *pause, None, None]


def test_keys_follow_each_other():
    keys = [event.digit for event in pressed("19*D", 45) if event and event.duration == 160]

    assert keys == ["1", "9", "*", "D"]


def test_what_is_no_key_cannot_be_pressed():
    with pytest.raises(ValueError, match="not keys of a phone"):
        run_simulated(Keypad(160).press("12a"))


def test_keys_cannot_be_pressed_when_the_call_is_over():
    async def close_while_pressing():
        keypad = Keypad(160)
        waiting = asyncio.create_task(keypad.press("12"))
        await asyncio.sleep(0)
        keypad.next_packet()
        keypad.close()
        with pytest.raises(CannotPress):
            await waiting
        with pytest.raises(CannotPress):
            await keypad.press("3")

    run_simulated(close_while_pressing())


def test_key_is_heard_once_however_many_of_its_packets_arrive():
    heard = HeardDigits()

    for event, duration, timestamp in [
        (1, 320, 1000),  # the beginning is lost
        (1, 800, 1000),
        (1, 160, 3000),  # the same key again
        (5, 160, 5000),
        (1, 800, 3000),  # an end that was overtaken
        (16, 160, 7000),  # flash, which is no key
    ]:
        heard.hear(TelephoneEvent(event, duration), ssrc=1, timestamp=timestamp)

    assert heard.text == "115"


def test_waiting_for_keys_ends_with_the_last_one_or_with_the_call():
    async def wait():
        heard = HeardDigits()
        two, nine = asyncio.create_task(heard.wait(2)), asyncio.create_task(heard.wait(9))
        await asyncio.sleep(0)
        heard.hear(TelephoneEvent(1, 160), 1, 1000)
        await asyncio.sleep(0)
        heard.hear(TelephoneEvent(2, 160), 1, 2000)
        assert await two == "12"
        assert not nine.done()
        heard.close()
        assert await nine == "12"

    run_simulated(wait())


TONE = Tone(600, -20)


def arrival(position: int, *, at: float | None = None, ssrc: int = 1, first: int = 0) -> Arrival:
    """The packet at `position` of a stream whose sequence begins with `first`, 20 ms each."""
    return Arrival(
        at=position * 0.02 if at is None else at,
        ssrc=ssrc,
        sequence=(first + position) % 2**16,
        timestamp=(2**32 - 800 + position * 160) % 2**32,
        codec=G711.PCMU,
        payload=G711.PCMU.encode(TONE.samples(position * 160, 160)),
    )


def recording(*arrivals: Arrival) -> Recording:
    made = Recording()
    for one in arrivals:
        made.add(one)
    return made


def test_stretch_of_time_is_measured():
    heard = recording(*(arrival(position) for position in range(100))).between(0.5, 1.5)

    assert heard.frequencies_hz == (pytest.approx(600, abs=1),)
    assert heard.level_dbfs == pytest.approx(-20, abs=0.1)
    assert (heard.received, heard.packets, heard.sources) == (timedelta(seconds=1), 50, 1)
    assert heard.gaps == ()


def test_packets_out_of_order_and_repeated_are_put_right_across_the_wrap_around():
    positions = [0, 2, 1, 3, 3, 5, 4, *range(6, 50)]
    straight = recording(*(arrival(position) for position in range(50)))

    muddled = recording(*(arrival(position, first=65534) for position in positions))

    assert muddled.samples().tolist() == straight.samples().tolist()
    assert muddled.between().gaps == ()


def test_missing_packets_are_gaps_and_heard_as_silence():
    kept = [position for position in range(50) if position not in (10, 11, 30)]

    heard = recording(*(arrival(position, first=65530) for position in kept))

    measured = heard.between()
    assert measured.gaps == (Gap(3, 2), Gap(23, 1))
    assert (measured.lost, measured.packets) == (3, 47)
    assert len(heard.samples()) == 50 * 160
    assert not heard.samples()[10 * 160 : 12 * 160].any()


def test_pause_of_a_sender_that_loses_nothing_is_no_gap():
    before = [arrival(position) for position in range(10)]
    after = [arrival(position, at=1 + position * 0.02) for position in range(10)]
    resumed = [
        Arrival(one.at, one.ssrc, 10 + index, one.timestamp + 8000, one.codec, one.payload)
        for index, one in enumerate(after)
    ]

    heard = recording(*before, *resumed)

    assert heard.between().gaps == ()
    assert heard.between().received == timedelta(seconds=0.4)
    assert len(heard.samples()) == 8000 + 10 * 160


def test_two_senders_at_once_are_told_apart():
    both = [arrival(position, ssrc=ssrc) for position in range(50) for ssrc in (1, 2)]

    measured = recording(*both).between()

    assert (measured.sources, measured.gaps) == (2, ())


def test_nothing_heard_is_measured_as_nothing():
    measured = Recording().between()

    assert (measured.frequency_hz, measured.packets) == (None, 0)
    assert measured.level_dbfs == float("-inf")
