"""G.711: one byte a sample at 8000 Hz, by µ-law (PCMU) or A-law (PCMA)."""

from enum import Enum
from functools import cache

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int16]

SAMPLE_RATE_HZ = 8000


class G711(Enum):
    """The two laws; the value is the static payload type of RFC 3551."""

    PCMU = 0
    PCMA = 8

    def decode(self, payload: bytes) -> Samples:
        return _decoding(self)[np.frombuffer(payload, dtype=np.uint8)]

    def encode(self, samples: Samples) -> bytes:
        return _encoding(self)[samples.astype(np.int32) + 32768].tobytes()


@cache
def _decoding(law: G711) -> Samples:
    """The linear value of each of the 256 codes, as 16-bit samples (ITU-T G.711)."""
    codes = np.arange(256)
    if law is G711.PCMU:
        codes = ~codes
        exponent, mantissa = codes >> 4 & 7, codes & 15
        magnitude = ((mantissa << 3) + 0x84 << exponent) - 0x84
        negative = codes & 0x80 != 0
    else:
        codes = codes ^ 0x55
        exponent, mantissa = codes >> 4 & 7, codes & 15
        segment = np.where(exponent == 0, 0x8, 0x108)
        magnitude = (mantissa << 4) + segment << np.maximum(exponent - 1, 0)
        negative = codes & 0x80 == 0
    return np.where(negative, -magnitude, magnitude).astype(np.int16)


@cache
def _encoding(law: G711) -> npt.NDArray[np.uint8]:
    """The code of every 16-bit sample, -32768 first: the code whose linear value is nearest."""
    linear = _decoding(law).astype(np.int32)
    # Of µ-law's two codes for zero the stable sort puts the positive one, 0xFF, last.
    codes = np.argsort(linear, kind="stable")
    levels = linear[codes]
    boundaries = (levels[:-1] + levels[1:] + 1) // 2
    nearest = np.searchsorted(boundaries, np.arange(-32768, 32768), side="right")
    return codes[nearest].astype(np.uint8)
