"""The recorded prompts of one language, checked before the first call."""

import wave
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

RATE_HZ = 8_000


class UnusablePrompt(Exception):
    """A prompt is missing, or is not 16-bit mono PCM at 8 kHz; the message names it."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One prompt."""

    path: Path
    length: timedelta


def load_recordings(folder: Path, needed: Iterable[str] = ()) -> Mapping[str, Recording]:
    """Every NAME.wav of a folder by its name. UnusablePrompt where one of those that are `needed`
    is not there, or any cannot be played."""
    recordings = {path.stem: _recording(path) for path in sorted(folder.glob("*.wav"))}
    missing = sorted(set(needed) - set(recordings))
    if missing:
        raise UnusablePrompt(f"{folder} has no prompt {', '.join(missing)}")
    return recordings


def _recording(path: Path) -> Recording:
    try:
        with wave.open(str(path)) as sound:
            form = (sound.getframerate(), sound.getnchannels(), sound.getsampwidth())
            frames = sound.getnframes()
    except (wave.Error, EOFError) as fault:
        raise UnusablePrompt(f"{path}: {fault}") from fault
    # The engine would resample anything else on its audio thread.
    if form != (RATE_HZ, 1, 2):
        raise UnusablePrompt(f"{path} is not 16-bit mono PCM at {RATE_HZ} Hz")
    return Recording(path, timedelta(seconds=frames / RATE_HZ))
