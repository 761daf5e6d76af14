"""The valve of a call's audio: what it sends and what it takes in can be stopped, and what passed
by meanwhile was not lost."""

import ctypes

from pjsua2 import _pjsua2 as library
from pjsua2 import pjsua2 as pj

# pjsua2 has no call for it. A stream that is put on hold goes on sending.
_C = ctypes.CDLL(library.__file__)
_C.pjmedia_stream_pause.argtypes = _C.pjmedia_stream_resume.argtypes = [
    ctypes.c_void_p,
    ctypes.c_int,
]


class Valve:
    """Holds for whatever stream the call has: a re-INVITE may bring a new one."""

    def __init__(self) -> None:
        self._stream: int | None = None
        self._sends = self._hears = True
        self._passed_by = 0
        # Packets that had come, and that were lost, when no more were taken in.
        self._at_rest: tuple[int, int] | None = None

    def on(self, stream: int | None) -> None:
        """The call has another stream, or none."""
        self._stream, self._passed_by, self._at_rest = stream, 0, None
        self._turn()

    def turn(self, *, sends: bool, hears: bool) -> None:
        """From now on."""
        self._sends, self._hears = sends, hears
        self._turn()

    def lost(self, received: int, lost: int) -> int:
        """How many packets were lost of those that were for us, when the stream counts so many. It
        counts what passed by as lost as soon as it hears again."""
        if not self._hears:
            self._at_rest = received, lost
        elif self._at_rest is not None and received > self._at_rest[0]:
            self._passed_by += lost - self._at_rest[1]
            self._at_rest = None
        return lost - self._passed_by

    def _turn(self) -> None:
        if self._stream is None:
            return
        directions = (
            (pj.PJMEDIA_DIR_ENCODING, self._sends),
            (pj.PJMEDIA_DIR_DECODING, self._hears),
        )
        for direction, is_open in directions:
            change = _C.pjmedia_stream_resume if is_open else _C.pjmedia_stream_pause
            change(self._stream, direction)
