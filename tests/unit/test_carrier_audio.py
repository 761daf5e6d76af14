"""Holds the carrier's ear to known tones, and its G.711 to the values of the standard."""

import math
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.carrier.media.g711 import G711
from ringback.carrier.media.measure import frequencies_hz, level_dbfs
from ringback.carrier.media.sound import (
    NumberTone,
    Silence,
    Tone,
    UnusableWav,
    Wav,
    source_of,
)

SECOND = 8000


def noise(level: float, count: int = SECOND) -> np.ndarray:
    rms = 32768 * 10 ** (level / 20)
    return np.random.default_rng(1).normal(0, rms, count)


def heard(*parts: np.ndarray) -> np.ndarray:
    return np.clip(sum(part.astype(float) for part in parts), -32768, 32767).astype(np.int16)


# Codes and linear values of ITU-T G.711, the 14 and 13 bits of the standard moved up to 16.
@pytest.mark.parametrize(
    ("law", "code", "linear"),
    [
        (G711.PCMU, 0x00, -32124),
        (G711.PCMU, 0x80, 32124),
        (G711.PCMU, 0xFF, 0),
        (G711.PCMU, 0xFE, 8),
        (G711.PCMU, 0xCE, 988),
        (G711.PCMU, 0x4E, -988),
        (G711.PCMA, 0xAA, 32256),
        (G711.PCMA, 0x2A, -32256),
        (G711.PCMA, 0xD5, 8),
        (G711.PCMA, 0x55, -8),
        (G711.PCMA, 0xFA, 1008),
    ],
)
def test_code_stands_for_its_linear_value(law, code, linear):
    assert law.decode(bytes([code])).tolist() == [linear]
    assert law.encode(np.array([linear], dtype=np.int16)) == bytes([code])


@pytest.mark.parametrize("law", G711)
def test_every_code_survives_being_decoded_and_encoded(law):
    codes = bytes(range(256))

    again = law.encode(law.decode(codes))

    assert law.decode(again).tolist() == law.decode(codes).tolist()


@given(st.sampled_from(G711), st.integers(-32768, 32767))
def test_encoding_is_never_further_off_than_half_a_step(law, sample):
    decoded = int(law.decode(law.encode(np.array([sample], dtype=np.int16)))[0])

    # The steps grow with the level: µ-law's are (|x| + 132) / 16.5 at the most, A-law's smaller.
    assert abs(decoded - sample) <= max(8, (abs(sample) + 132) / 32)


@given(st.floats(100, 3800), st.floats(-40, -4), st.integers(SECOND // 10, SECOND))
def test_tone_is_measured_as_it_was_made(frequency, level, count):
    samples = Tone(frequency, level).samples(0, count)

    assert frequencies_hz(samples) == (pytest.approx(frequency, abs=2),)
    assert level_dbfs(samples) == pytest.approx(level, abs=0.5)


@pytest.mark.parametrize("law", G711)
@pytest.mark.parametrize("frequency", [440, 1070, 3000])
def test_tone_is_found_in_noise_behind_g711(law, frequency):
    samples = heard(Tone(frequency, -20).samples(0, SECOND // 2), noise(-26, SECOND // 2))

    received = law.decode(law.encode(samples))

    assert frequencies_hz(received) == (pytest.approx(frequency, abs=2),)


@pytest.mark.parametrize("pair", [(440, 480), (350, 440), (400, 450)])
def test_both_tones_of_a_pair_are_found(pair):
    low, high = (Tone(frequency, -20).samples(0, SECOND // 5) for frequency in pair)

    found = frequencies_hz(heard(low, high, noise(-40, SECOND // 5)))

    assert sorted(found) == [pytest.approx(frequency, abs=2) for frequency in pair]


def test_strongest_frequency_comes_first():
    samples = heard(Tone(600, -26).samples(0, SECOND), Tone(900, -20).samples(0, SECOND))

    assert [round(frequency) for frequency in frequencies_hz(samples)] == [900, 600]


@pytest.mark.parametrize(
    "samples",
    [np.zeros(SECOND), np.zeros(0), np.full(SECOND, 500), noise(-20), Tone(440).samples(0, 700)],
    ids=["silence", "nothing", "direct current", "noise", "too short"],
)
def test_what_is_no_tone_has_no_frequency(samples):
    assert frequencies_hz(samples.astype(np.int16)) == ()


def test_level_is_rms_over_full_scale():
    square = np.tile(np.array([-32768, -32768], dtype=np.int16), 100)

    assert level_dbfs(square) == 0
    assert level_dbfs(Tone(1000, -3.01).samples(0, SECOND)) == pytest.approx(-3.01, abs=0.01)
    assert level_dbfs(noise(-30).astype(np.int16)) == pytest.approx(-30, abs=0.2)
    assert level_dbfs(np.zeros(160, dtype=np.int16)) == -math.inf


def test_tone_goes_on_where_the_packet_before_ended():
    tone = Tone(441)

    packets = [tone.samples(first, 160) for first in range(0, 1600, 160)]

    assert np.concatenate(packets).tolist() == tone.samples(0, 1600).tolist()


@pytest.mark.parametrize(
    ("number", "frequency"), [("+442071234567", 1070), ("+4400", 400), ("9", 490), ("anne", 400)]
)
def test_number_plays_a_tone_of_its_own(number, frequency):
    assert NumberTone(-15).of(number) == Tone(frequency, -15)


@pytest.mark.parametrize("wrong", [(0, -20), (4000, -20), (440, 0), (440, math.nan)])
def test_tone_that_no_line_can_carry_is_refused(wrong):
    with pytest.raises(ValueError, match="tone of"):
        Tone(*wrong)


def written(path: Path, rate: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(Tone(1000).samples(0, 200).tobytes())
    return path


def test_wav_is_played_once_and_silence_after_it(tmp_path):
    play = source_of(Wav(written(tmp_path / "a.wav")), "")

    played = np.concatenate([play(first, 160) for first in range(0, 480, 160)])

    assert played.tolist() == [*Tone(1000).samples(0, 200).tolist(), *[0] * 280]
    assert not source_of(Silence(), "")(0, 160).any()


def test_wav_that_a_phone_cannot_play_is_refused_with_the_reason(tmp_path):
    (tmp_path / "text.wav").write_text("no sound")

    for path, reason in [
        (tmp_path / "missing.wav", "No such file"),
        (tmp_path / "text.wav", "RIFF"),
        (written(tmp_path / "fast.wav", rate=44100), "has 44100 Hz, 16 bit, 1 channel"),
        (written(tmp_path / "stereo.wav", channels=2), "2 channel"),
    ]:
        with pytest.raises(UnusableWav, match=reason):
            source_of(Wav(path), "")
