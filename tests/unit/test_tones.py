"""Keys heard in audio: within the limits of ITU-T Q.24 each counts once, and nothing else does."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringback.carrier.media.g711 import G711
from workers import legs
from workers.recordings import load_recordings, pcm
from workers.speech.numbers import LANGUAGES
from workers.tones import COLUMNS_HZ, KEYS, PEAK_OF_0_DBM0, ROWS_HZ, ToneEar
from workers.voices import PROMPTS

TAKEN = 0.015
REJECTED = 0.035
LEVELS_DBM0 = [-3, -6, -12, -18, -24, -30, -36]
# Each with how far it moves.
FORMANTS_HZ = [(600, 250), (1350, 500), (2500, 300)]
alignments = st.integers(0, 79)
phases = st.floats(0, 2 * np.pi)
keys = st.sampled_from(KEYS)


def tones(
    key: str, ms: float, level: float = -12, *, twist: float = 0, off=(0.0, 0.0), phase=0.0
) -> np.ndarray:
    """A key's pair; the stronger tone has the level. With positive twist that is the higher one;
    `off` is by how much of themselves the frequencies are wrong."""
    row, column = divmod(KEYS.index(key), 4)
    at = np.arange(round(8 * ms)) / 8000
    low, high = (
        PEAK_OF_0_DBM0
        * 10 ** ((level - weaker) / 20)
        * np.sin(2 * np.pi * hertz * (1 + wrong) * at + start)
        for hertz, weaker, wrong, start in (
            (ROWS_HZ[row], max(0, twist), off[0], phase),
            (COLUMNS_HZ[column], max(0, -twist), off[1], 2 * phase),
        )
    )
    return low + high


def silence(ms: float) -> np.ndarray:
    return np.zeros(round(8 * ms))


def noise(ms: float, level: float, seed: int = 1) -> np.ndarray:
    strength = PEAK_OF_0_DBM0 / np.sqrt(2) * 10 ** (level / 20)
    return np.random.default_rng(seed).normal(0, strength, round(8 * ms))


def heard(*parts: np.ndarray, law: G711 = G711.PCMU) -> str:
    """What is heard of it behind a telephone line, packet by packet."""
    whole = np.rint(np.concatenate([*parts, silence(60)])).clip(-32768, 32767)
    audio = law.decode(law.encode(whole.astype(np.int16))).astype(np.int16).tobytes()
    ear = ToneEar()
    return "".join(ear.hear(audio[at : at + 320]) for at in range(0, len(audio), 320))


@pytest.mark.parametrize("law", G711)
@pytest.mark.parametrize("level", LEVELS_DBM0)
def test_every_key_is_heard_at_every_level(level, law):
    for key in KEYS:
        assert heard(tones(key, 40, level), law=law) == key


@given(keys, alignments, phases, st.sampled_from(LEVELS_DBM0[:-2]))
def test_a_key_of_40_ms_is_heard_wherever_it_begins(key, lead, phase, level):
    assert heard(silence(lead / 8), tones(key, 40, level, phase=phase)) == key


@given(keys, alignments, phases)
def test_what_lasts_23_ms_is_no_key(key, lead, phase):
    assert heard(silence(lead / 8), tones(key, 23, phase=phase)) == ""


@given(keys, alignments, st.floats(-8, 4), *2 * [st.floats(-TAKEN, TAKEN)])
def test_a_key_may_be_a_little_off_and_of_unequal_tones(key, lead, twist, low, high):
    assert heard(silence(lead / 8), tones(key, 50, twist=twist, off=(low, high))) == key


@pytest.mark.parametrize("wrong", [-REJECTED, REJECTED])
def test_tones_that_are_too_far_off_are_no_key(wrong):
    for key, off in product(KEYS, [(wrong, 0), (0, wrong), (wrong, wrong)]):
        assert heard(tones(key, 100, off=off)) == ""


@pytest.mark.parametrize("twist", [-11, 7])
def test_tones_of_very_unequal_strength_are_no_key(twist):
    assert "".join(heard(tones(key, 100, twist=twist)) for key in KEYS) == ""


def test_one_tone_alone_is_no_key():
    for hertz in (*ROWS_HZ, *COLUMNS_HZ, 350, 425, 440, 480, 1000):
        at = np.arange(8000) / 8000
        assert heard(PEAK_OF_0_DBM0 / 3 * np.sin(2 * np.pi * hertz * at)) == ""


@pytest.mark.parametrize("seed", range(3))
def test_a_key_is_heard_through_noise(seed):
    for key in KEYS:
        pair = tones(key, 60)
        # Two tones of -12 dBm0 are -9 dBm0: the noise is 15 dB below.
        assert heard(pair + noise(60, -24, seed)) == key


def test_a_key_counts_once_however_long_it_is_held():
    assert heard(tones("5", 5000)) == "5"


def test_a_key_counts_again_after_a_pause():
    assert heard(tones("5", 40), silence(40), tones("5", 40)) == "55"


def test_an_interruption_of_10_ms_is_no_pause():
    assert heard(tones("5", 60), silence(10), tones("5", 60)) == "5"


def test_keys_in_a_row_arrive_in_their_order():
    parts = [part for key in "0014155550100#" for part in (tones(key, 70), silence(60))]

    assert heard(*parts) == "0014155550100#"


@pytest.mark.parametrize("level", [-6, -12, -20])
def test_noise_holds_no_keys(level):
    assert heard(noise(20_000, level)) == ""


@pytest.mark.parametrize("seed", range(4))
def test_what_sounds_like_speech_holds_no_keys(seed):
    """A minute in all: harmonics of a gliding voice under moving formants, in syllables."""
    rng = np.random.default_rng(seed)
    count = 15 * 8000
    at = np.arange(count) / 8000
    pitch = 130 + 60 * np.sin(2 * np.pi * 0.7 * at + seed) + 15 * np.sin(2 * np.pi * 5 * at)
    turns = 2 * np.pi * np.cumsum(pitch) / 8000
    formants = [f + w * np.sin(2 * np.pi * rng.uniform(1, 4) * at) for f, w in FORMANTS_HZ]
    voice = np.zeros(count)
    for harmonic in range(1, 25):
        hertz = harmonic * pitch
        strength = sum(1 / (1 + ((hertz - formant) / 80) ** 2) for formant in formants)
        voice += strength * np.sin(harmonic * turns) * (hertz < 3800)
    syllables = np.clip(np.sin(2 * np.pi * 2.5 * at), 0, 1)
    spoken = voice * syllables

    assert heard(spoken / np.abs(spoken).max() * 20_000) == ""


@pytest.mark.parametrize("seed", range(4))
def test_music_holds_no_keys(seed):
    """Chords of three notes with their overtones, eight of them a second."""
    rng = np.random.default_rng(seed)
    at = np.arange(1000) / 8000
    chords = []
    for _ in range(120):
        notes = 220 * 2 ** (rng.choice(36, 3, replace=False) / 12)
        waves = (np.sin(2 * np.pi * note * n * at) / n for note in notes for n in (1, 2, 3))
        chords.append(sum(waves) * np.exp(-3 * at) * 4000)

    assert heard(*chords) == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_prompts_hold_no_keys(language):
    recordings = load_recordings(PROMPTS / language)

    found = {
        name: heard(np.frombuffer(pcm(recording), np.int16).astype(float))
        for name, recording in recordings.items()
    }

    # A to D are on no customer's telephone, and a leg takes no notice of them.
    assert {name: keys for name, keys in found.items() if {*keys} & legs.KEYS} == {}
