"""Recorded prompts, checked before the first call, and several of them joined into one."""

import struct
import tempfile
import wave
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

RATE_HZ = 8_000
_PCM, _MU_LAW = 1, 7  # as WAV files call them
# Format, channels, samples a second and bits a sample.
_FORMS = {(_PCM, 1, RATE_HZ, 16): 2, (_MU_LAW, 1, RATE_HZ, 8): 1}


class UnusablePrompt(Exception):
    """A prompt is missing, or is not what a telephone line carries; the message names it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One prompt."""

    path: Path
    length: timedelta


def load_recordings(folder: Path) -> Mapping[str, Recording]:
    """Every .wav of a folder and its folders by its name, as in words/thirty-one. UnusablePrompt
    where one cannot be played."""
    paths = sorted(folder.rglob("*.wav"))
    return {path.relative_to(folder).with_suffix("").as_posix(): _recording(path) for path in paths}


@contextmanager
def joined(recordings: Sequence[Recording]) -> Iterator[Path]:
    """One file with all of them, without a gap. It is gone after the block, for whoever has not
    opened it."""
    if len(recordings) == 1:
        yield recordings[0].path
        return
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        with wave.open(file, "wb") as sound:
            sound.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            sound.writeframes(b"".join(map(pcm, recordings)))
        file.flush()
        yield Path(file.name)


def _recording(path: Path) -> Recording:
    size, samples = _read(path)
    return Recording(path, timedelta(seconds=len(samples) / size / RATE_HZ))


def pcm(recording: Recording) -> bytes:
    """Its samples, in 16 bits."""
    size, samples = _read(recording.path)
    if size == 2:
        return samples
    expanded = bytearray(2 * len(samples))
    expanded[::2] = samples.translate(_LOW_BYTES)
    expanded[1::2] = samples.translate(_HIGH_BYTES)
    return bytes(expanded)


def _read(path: Path) -> tuple[int, bytes]:
    """The size of a sample, and the samples. The module `wave` does not know µ-law."""
    try:
        chunks = dict(_chunks(path.read_bytes()))
        form, channels, rate_hz, _, _, bits = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
        samples = chunks[b"data"]
    except (OSError, KeyError, struct.error) as fault:
        raise UnusablePrompt(f"{path} is no WAV file") from fault
    # The engine would resample anything else on its audio thread.
    size = _FORMS.get((form, channels, rate_hz, bits))
    if size is None:
        raise UnusablePrompt(
            f"{path} is not mono at {RATE_HZ} Hz, in 16-bit PCM or G.711 µ-law:"
            f" sox FILE -r {RATE_HZ} -c 1 -b 16 {path.name} makes it so"
        )
    return size, samples[: len(samples) // size * size]


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 12 if content[:4] == b"RIFF" and content[8:12] == b"WAVE" else len(content)
    while at + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, at)
        yield name, content[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _expanded(code: int) -> bytes:
    """ITU-T G.711."""
    inverted = ~code & 255
    magnitude = (((inverted & 15) << 3) + 132 << (inverted >> 4 & 7)) - 132
    return struct.pack("<h", -magnitude if inverted & 128 else magnitude)


_LOW_BYTES = bytes(_expanded(code)[0] for code in range(256))
_HIGH_BYTES = bytes(_expanded(code)[1] for code in range(256))
