"""What pjsua2's bridge connects with calls: recordings, a tone, and an ear."""

import ctypes
import fcntl
import os
import weakref
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from pjsua2 import pjsua2 as pj

from workers.recordings import RATE_HZ
from workers.tones import ToneEar

TONE_VOLUME = 5084  # -19 dBm0 for each of two frequencies, of 32767
KEY_MS = 100
# A quarter of a minute. The audio thread would wait for a reader who is later than that.
PIPE_SIZE = 2**18
WAV_HEADER = 44

_C = ctypes.CDLL(None)


def player(recording: Path) -> Any:
    """Plays a recording, once."""
    player = pj.AudioMediaPlayer()
    # Without the flag it would begin again in the milliseconds before it is stopped.
    player.createPlayer(str(recording), pj.PJMEDIA_FILE_NO_LOOP)
    return player


def ringback_tone() -> Any:
    """The ringing tone of North America (ITU-T E.180)."""
    tone = pj.ToneDesc()
    tone.freq1, tone.freq2, tone.volume = 440, 480, TONE_VOLUME
    tone.on_msec, tone.off_msec = 2000, 4000
    generator = pj.ToneGenerator()
    generator.createToneGenerator(RATE_HZ, 1)
    generator.play(pj.ToneDescVector([tone]), True)
    return generator


def key_tone(key: str) -> Any:
    """The tones of a key, once."""
    digit = pj.ToneDigit()
    digit.digit, digit.volume = key, TONE_VOLUME
    digit.on_msec, digit.off_msec = KEY_MS, KEY_MS
    generator = pj.ToneGenerator()
    generator.createToneGenerator(RATE_HZ, 1)
    generator.playDigits(pj.ToneDigitVector([digit]))
    return generator


class Ear:
    """Hears keys in the audio that is sent to its `media`.

    A recorder writes the audio into a pipe, a quarter of a second at a time. A port of our own
    would hear it at once, but in Python, on the thread of all audio.
    """

    def __init__(self, number: int) -> None:
        self.number = number
        self.media = pj.AudioMediaRecorder()
        self._tones = ToneEar()
        with TemporaryDirectory(prefix="ringback-") as folder:
            pipe = Path(folder, "line.wav")  # what to write, it tells by the suffix
            os.mkfifo(pipe)
            self._pipe = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            weakref.finalize(self, os.close, self._pipe)
            with suppress(PermissionError):  # where a user has many pipes, they are small
                fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, PIPE_SIZE)
            self.media.createRecorder(str(pipe))
        _C.fflush(None)
        os.read(self._pipe, WAV_HEADER)

    def listen(self) -> str:
        """The keys heard since last time."""
        keys = ""
        # The pipe is emptied first: into a full one nothing could be flushed.
        with suppress(BlockingIOError):
            while audio := os.read(self._pipe, PIPE_SIZE):
                keys += self._tones.hear(audio)
        _C.fflush(None)
        return keys
