"""Prompts that a test can read: each is a chord of its own, so that a phone knows what it heard."""

import math
import wave
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np

from ringback.carrier import Recording, Tone
from ringback.carrier.media.g711 import SAMPLE_RATE_HZ, Samples
from workers.voices import PROMPTS

LOW_HZ = range(520, 1800, 40)
HIGH_HZ = range(1900, 3500, 40)
LEVEL_DBFS = -20.0
SOUNDS_S, PAUSE_S = 0.18, 0.1
# 440 and 480 Hz, which so short a stretch does not tell apart.
RINGBACK_HZ = range(430, 491)
# A stretch of two packets is read as one sign, and a sign counts when it was read three times.
SIGN_COUNTS = 3
FORGOTTEN_AFTER = 4
# What is quieter than this is silence, or another's echo.
LEAST_DBFS = -40.0
LEAST_SHARE = 0.2
_POINTS = 2048


def write_chords(folder: Path, *, long: str, long_s: float) -> None:
    """Every prompt of every language as a chord, in the form of an operator's own recordings. One
    of them is a long one."""
    for prompt, (low_hz, high_hz) in _chords().items():
        path = folder / f"{prompt}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        sounds = round((long_s if prompt == long else SOUNDS_S) * SAMPLE_RATE_HZ)
        samples = np.zeros(sounds + round(PAUSE_S * SAMPLE_RATE_HZ), dtype="<i2")
        for hertz in (low_hz, high_hz):
            samples[:sounds] += Tone(hertz, LEVEL_DBFS).samples(0, sounds)
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, SAMPLE_RATE_HZ, 0, "NONE", ""))
            file.writeframes(samples.tobytes())


class Listener:
    """Reads what a phone hears, as it comes in: a prompt by its name (those of other languages
    than English behind theirs, as in es/goodbye), "ringback", or a voice as ~1200, in hertz. What
    only pauses, as ringback does, is heard once."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._heard_until = -math.inf
        self._before: Samples | None = None
        self._sign: str | None = None
        self._last: str | None = None
        self._times = 0
        self._missed = 0

    def signs(self) -> Iterator[str]:
        """What was heard since this was asked last."""
        for arrival in self._recording.arrivals(math.nextafter(self._heard_until, math.inf)):
            self._heard_until = arrival.at
            if arrival.codec is None:
                continue
            packet, before = arrival.codec.decode(arrival.payload), self._before
            self._before = packet
            if before is None or not self._is_heard(_sign(np.concatenate([before, packet]))):
                continue
            is_pause = self._sign == self._last and self._sign not in _names().values()
            if not is_pause:
                assert self._sign is not None
                self._last = self._sign
                yield self._sign

    def _is_heard(self, sign: str | None) -> bool:
        if sign != self._sign:
            # A packet that came late is no end of a prompt, and one that holds two signs is none.
            self._missed += 1
            if sign is None and self._missed < FORGOTTEN_AFTER:
                return False
            self._sign, self._times = sign, 0
        self._missed = 0
        self._times += 1
        return sign is not None and self._times == SIGN_COUNTS


def _sign(samples: Samples) -> str | None:
    windowed = samples * np.hanning(len(samples))
    energy = np.square(np.abs(np.fft.rfft(windowed, _POINTS)))
    total = float(np.sum(energy))
    if total < _least_energy(len(samples)):
        return None
    middle = (LOW_HZ[-1] + HIGH_HZ[0]) // 2 * _POINTS // SAMPLE_RATE_HZ
    low = _peak(energy[:middle], total, 0)
    high = _peak(energy[middle:], total, middle)
    if low is not None and high is not None:
        return _names().get((_nearest(low, LOW_HZ), _nearest(high, HIGH_HZ)))
    voice = low or high
    if voice is None:
        return None
    return "ringback" if round(voice) in RINGBACK_HZ else f"~{round(voice, -1):.0f}"


def _peak(energy: np.ndarray, total: float, first: int) -> float | None:
    """The strongest frequency, where it stands out."""
    if float(np.sum(energy)) < LEAST_SHARE * total:
        return None
    return (first + int(np.argmax(energy))) * SAMPLE_RATE_HZ / _POINTS


def _nearest(hertz: float, among: range) -> int:
    return min(among, key=lambda one: abs(one - hertz))


@lru_cache
def _least_energy(length: int) -> float:
    faint = Tone(1000, LEAST_DBFS).samples(0, length) * np.hanning(length)
    return float(np.sum(np.square(np.abs(np.fft.rfft(faint, _POINTS)))))


@lru_cache
def _chords() -> dict[str, tuple[int, int]]:
    prompts = sorted(
        path.relative_to(PROMPTS).with_suffix("").as_posix() for path in PROMPTS.rglob("*.wav")
    )
    chords = list(product(LOW_HZ, HIGH_HZ))
    assert len(prompts) <= len(chords), "there are more prompts than chords"
    return dict(zip(prompts, chords, strict=False))


@lru_cache
def _names() -> dict[tuple[int, int], str]:
    """en/words/five is five, es/keys/2 is es/2."""
    names = {}
    for prompt, chord in _chords().items():
        language, *_, name = prompt.split("/")
        names[chord] = name if language == "en" else f"{language}/{name}"
    return names
