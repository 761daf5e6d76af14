"""Holds the recorded prompts to what a telephone line and an ear can take."""

import ast
import math
import re
import tomllib
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from workers.recordings import RATE_HZ, load_recordings, pcm
from workers.speech.numbers import LANGUAGES
from workers.speech.vocabulary import vocabulary
from workers.voices import PROMPTS

WORKERS = PROMPTS.parent
FULL_SCALE = 32_768
# Quieter than this, a telephone line is silent.
SILENCE_DBFS = -45.0
MEGABYTE = 1_000_000

each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def recordings_of(language: str):
    return load_recordings(PROMPTS / language)


def sentences(language: str) -> dict[str, str]:
    return tomllib.loads((PROMPTS / f"{language}.toml").read_text(encoding="utf-8"))


def texts(language: str) -> dict[str, str]:
    return sentences(language) | {word.name: word.text for word in vocabulary(language)}


@cache
def samples_of(language: str) -> dict[str, np.ndarray]:
    """In whole numbers from -32768 to 32767."""
    return {
        name: np.frombuffer(pcm(recording), "<i2").astype(int)
        for name, recording in recordings_of(language).items()
    }


def dbfs(amplitude: float) -> float:
    return 20 * math.log10(amplitude / FULL_SCALE)


def loudness_dbfs(samples: np.ndarray) -> float:
    """Of the 20 ms that are not much quieter than the loudest."""
    size = RATE_HZ // 50
    power = (samples[: len(samples) // size * size].reshape(-1, size).astype(float) ** 2).mean(1)
    return dbfs(math.sqrt(power[power > power.max() / 10**2.5].mean()))


def outside(measured: dict[str, float], least: float, most: float) -> dict[str, float]:
    return {name: round(value, 2) for name, value in measured.items() if not least <= value <= most}


@each_language
def test_every_text_is_recorded_and_every_recording_has_its_text(language):
    assert sorted(texts(language)) == sorted(recordings_of(language))


@each_language
def test_every_language_says_the_same_sentences(language):
    assert list(sentences(language)) == list(sentences("en"))


@each_language
def test_a_text_is_plain_but_for_what_is_cut_off(language):
    plain = r"[^\W\d_]+([ '-][^\W\d_]+|[,.] [^\W\d_]+)*"
    form = re.compile(rf"(\[{plain}\] )?{plain}( \[{plain}\])?[.,]?")

    assert [text for text in texts(language).values() if not form.fullmatch(text)] == ["(beep)"]


@each_language
def test_a_prompt_lasts_as_long_as_a_listener_stays(language):
    seconds = {name: len(samples) / RATE_HZ for name, samples in samples_of(language).items()}
    said = {name: value for name, value in seconds.items() if name in sentences(language)}
    words = {name: value for name, value in seconds.items() if name not in said}

    assert outside(said, 0.3, 10) == {}
    assert outside(words, 0.08, 1.8) == {}


@each_language
def test_prompts_are_equally_loud_and_none_is_clipped(language):
    spoken = {name: samples for name, samples in samples_of(language).items() if name != "beep"}
    peaks = {name: dbfs(np.abs(samples).max()) for name, samples in spoken.items()}
    loudness = {name: loudness_dbfs(samples) for name, samples in spoken.items()}

    assert outside(peaks, -9, -2.9) == {}
    # What is loud all over, as an “m”, has no peaks to speak of.
    assert len(outside(peaks, -4, -2.9)) < len(peaks) / 5
    assert outside(loudness, -19, -16) == {}


@each_language
def test_a_prompt_begins_and_ends_without_a_wait(language):
    floor = FULL_SCALE * 10 ** (SILENCE_DBFS / 20)
    loud = {
        name: (np.flatnonzero(np.abs(samples) > floor), len(samples))
        for name, samples in samples_of(language).items()
    }

    assert outside({name: at[0] / RATE_HZ for name, (at, _) in loud.items()}, 0, 0.15) == {}
    assert outside({name: (n - at[-1]) / RATE_HZ for name, (at, n) in loud.items()}, 0, 0.25) == {}


def test_all_languages_are_small_enough_to_live_here():
    size = sum(path.stat().st_size for path in PROMPTS.rglob("*.wav"))

    assert size < 10 * MEGABYTE


def test_every_prompt_that_is_played_exists():
    played = {name for path in WORKERS.glob("*.py") for name in _played_in(path)}

    assert len(played) > 5
    assert played <= set(sentences("en"))


def _played_in(path: Path) -> set[str]:
    """Texts that are given to `play`, and whatever else looks like the name of a prompt in a module
    that plays any."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("play", "play_until_key")
    ]
    given = {node.value for call in calls for node in ast.walk(call) if _is_text(node)}
    alike = {node.value for node in ast.walk(tree) if _is_text(node)} if given else set()
    return given | {text for text in alike if re.fullmatch("[a-z]+(-[a-z]+)+", text)}


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)
