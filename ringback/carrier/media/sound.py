"""What a phone plays into its line: a tone, a WAV file, or silence."""

import math
import wave
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from ringback.carrier.media.g711 import SAMPLE_RATE_HZ, Samples

FULL_SCALE = 32768

# Samples `count` long from position `first` on, counted from when the sound began.
Source = Callable[[int, int], Samples]


class UnusableWav(ValueError):
    """The file cannot be played into a telephone line as it is; the text says why."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A sine. The level is its RMS over full scale: as Measurement tells it, at most -3.01."""

    frequency_hz: float
    level_dbfs: float = -20.0

    def __post_init__(self) -> None:
        if not 0 < self.frequency_hz < SAMPLE_RATE_HZ / 2:
            raise ValueError(f"a tone of {self.frequency_hz} Hz does not fit a telephone line")
        _check_level(self.level_dbfs)

    def samples(self, first: int, count: int) -> Samples:
        peak = FULL_SCALE * math.sqrt(2) * 10 ** (self.level_dbfs / 20)
        turns = np.arange(first, first + count) * (self.frequency_hz / SAMPLE_RATE_HZ)
        wave_form = np.rint(peak * np.sin(2 * np.pi * turns))
        samples: Samples = np.clip(wave_form, -FULL_SCALE, FULL_SCALE - 1).astype(np.int16)
        return samples


@dataclass(frozen=True, slots=True)
class NumberTone:
    """A tone that tells which phone plays it: 400 Hz, and 10 Hz more for each unit of the
    number's last two digits. +442071234567 plays 400 + 10 · 67 = 1070 Hz."""

    level_dbfs: float = -20.0

    def __post_init__(self) -> None:
        _check_level(self.level_dbfs)

    def of(self, number: str) -> Tone:
        digits = "".join(character for character in number if character.isdigit())
        return Tone(400 + 10 * int(digits[-2:] or "0"), self.level_dbfs)


@dataclass(frozen=True, slots=True)
class KeyTones:
    """The two tones of a key (ITU-T Q.23); the level is that of each."""

    key: str
    level_dbfs: float = -16.0

    def samples(self, first: int, count: int) -> Samples:
        row, column = divmod("123A456B789C*0#D".index(self.key), 4)
        low = Tone((697, 770, 852, 941)[row], self.level_dbfs)
        high = Tone((1209, 1336, 1477, 1633)[column], self.level_dbfs)
        return low.samples(first, count) + high.samples(first, count)


@dataclass(frozen=True, slots=True)
class Wav:
    """A WAV file of 8000 Hz, 16 bit, mono; played once, then silence."""

    path: Path


@dataclass(frozen=True, slots=True)
class Silence:
    """Packets of digital silence: the line is open and nobody speaks."""


Sound = Tone | NumberTone | Wav | Silence


def source_of(sound: Sound, number: str) -> Source:
    """What `sound` is on the phone of `number`. Raises UnusableWav."""
    match sound:
        case Tone():
            return sound.samples
        case NumberTone():
            return sound.of(number).samples
        case Wav(path):
            return _once(read_wav(path))
        case Silence():
            return _silence


@lru_cache(maxsize=64)
def read_wav(path: Path) -> Samples:
    """The samples of a WAV file; a file is read once a process. Raises UnusableWav."""
    try:
        with wave.open(str(path), "rb") as file:
            form = (file.getframerate(), file.getsampwidth() * 8, file.getnchannels())
            frames = file.readframes(file.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise UnusableWav(f"{path}: {error}") from error
    if form != (SAMPLE_RATE_HZ, 16, 1):
        rate, bits, channels = form
        raise UnusableWav(
            f"{path} has {rate} Hz, {bits} bit, {channels} channel(s);"
            f" a phone plays {SAMPLE_RATE_HZ} Hz, 16 bit, mono"
        )
    return np.frombuffer(frames, dtype="<i2").astype(np.int16)


def _check_level(level_dbfs: float) -> None:
    if not level_dbfs <= -3.01:
        raise ValueError(f"a tone of {level_dbfs} dBFS is louder than a sine can be (-3.01)")


def _silence(_first: int, count: int) -> Samples:
    return np.zeros(count, dtype=np.int16)


def _once(recording: Samples) -> Source:
    def samples(first: int, count: int) -> Samples:
        part = recording[first : first + count]
        return np.concatenate([part, np.zeros(count - len(part), dtype=np.int16)])

    return samples
