"""Holds the recorded prompts to what a telephone line and an ear can take."""

import math
import tomllib
import wave
from pathlib import Path

import numpy as np
import pytest

PROMPTS = Path(__file__).parents[2] / "workers" / "prompts"
RECORDINGS = sorted((PROMPTS / "en").glob("*.wav"))
FULL_SCALE = 32_768
RATE_HZ = 8_000
# Quieter than this, a telephone line is silent.
SILENCE_DBFS = -45.0

each_recording = pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)


def samples_of(recording: Path) -> np.ndarray:
    with wave.open(str(recording)) as sound:
        return np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2")


def dbfs(amplitude: int) -> float:
    return 20 * math.log10(amplitude / FULL_SCALE)


def test_every_sentence_is_recorded_and_every_recording_has_its_sentence():
    sentences = tomllib.loads((PROMPTS / "en.toml").read_text(encoding="utf-8"))

    assert sorted(sentences) == [recording.stem for recording in RECORDINGS]


@each_recording
def test_a_prompt_has_the_format_of_a_telephone_line(recording):
    with wave.open(str(recording)) as sound:
        form = sound.getframerate(), sound.getnchannels(), sound.getsampwidth()

    assert form == (RATE_HZ, 1, 2)


@each_recording
def test_a_prompt_lasts_as_long_as_a_listener_stays(recording):
    assert 0.5 <= len(samples_of(recording)) / RATE_HZ <= 8


@each_recording
def test_a_prompt_is_loud_but_not_clipped(recording):
    peak = int(np.abs(samples_of(recording).astype(int)).max())

    assert -12 <= dbfs(peak) <= -1


@each_recording
def test_a_prompt_begins_and_ends_without_a_wait(recording):
    samples = samples_of(recording)
    loud = np.flatnonzero(np.abs(samples.astype(int)) > FULL_SCALE * 10 ** (SILENCE_DBFS / 20))

    assert loud[0] / RATE_HZ < 0.3
    assert (len(samples) - loud[-1]) / RATE_HZ < 0.3
