"""Keys heard in the audio of a line: pairs of tones (ITU-T Q.23), told from speech (Q.24)."""

import cmath
from array import array
from dataclasses import dataclass
from math import cos, pi, sin
from operator import mul

RATE_HZ = 8_000
ROWS_HZ = 697, 770, 852, 941
COLUMNS_HZ = 1209, 1336, 1477, 1633
KEYS = "123A456B789C*0#D"

BLOCK = 80
# A Hamming window, lest the stronger tone drown the weaker.
WINDOW = tuple(0.54 - 0.46 * cos(2 * pi * (n + 0.5) / BLOCK) for n in range(BLOCK))
SQUARED = tuple(shape**2 for shape in WINDOW)
# The energy in the window of a tone that is found with strength 1.
ENERGY = 2 * sum(SQUARED) / sum(WINDOW) ** 2
# 40 ms of a key, or of a pause, always have three whole blocks in them; 23 ms never do.
BLOCKS_OF_A_KEY = BLOCKS_OF_A_PAUSE = 3
# What both tones have of all the energy at the least.
LEAST_SHARE = 0.7
# How much stronger than the other a tone may be, as energies: a row by 8 dB, a column by 4 dB,
# and 1 dB more for what else is in the block.
MOST_ROW, MOST_COLUMN = 10**0.9, 10**0.5
# Q.24 asks to take 1.5 % and 2 Hz, and to reject 3.5 %.
TOLERANCE = 0.025
# By how much a tone's energy may change from one block to the next: a block that a key fills only
# in part differs by more, and so does what is spoken.
STEADY = 1.5
# Radians from one half of a block to the other, of a tone that is 55 Hz off.
MOST_TURN = 1.3
# A sine of 0 dBm0 has this peak (ITU-T G.711); below -38 dBm0 it is quiet.
PEAK_OF_0_DBM0 = 22_300
LEAST_ENERGY = sum(SQUARED) * PEAK_OF_0_DBM0**2 / 2 * 10**-3.8


@dataclass(frozen=True, slots=True)
class _Wave:
    """A frequency, to be looked for in a block."""

    hertz: int
    cosine: tuple[float, ...]
    sine: tuple[float, ...]
    advance: complex

    @classmethod
    def of(cls, hertz: int) -> "_Wave":
        step = 2 * pi * hertz / RATE_HZ
        return cls(
            hertz,
            tuple(shape * cos(step * n) for n, shape in enumerate(WINDOW)),
            tuple(shape * -sin(step * n) for n, shape in enumerate(WINDOW)),
            cmath.exp(1j * step * BLOCK),
        )

    def within(self, block: "array[int]") -> complex:
        """How strong it is, and in which phase: one line of a Fourier transform."""
        return complex(sum(map(mul, block, self.cosine)), sum(map(mul, block, self.sine)))

    def is_near(self, block: "array[int]", whole: complex) -> bool:
        """Whether it is the nearest of those whose phases advance alike from block to block, which
        are 100 Hz apart: what the halves of this one tell, roughly."""
        first = self.within(block[: BLOCK // 2])
        return abs(cmath.phase((whole - first) * first.conjugate())) < MOST_TURN

    def goes_on(self, before: complex, now: complex) -> bool:
        """Whether it is the same steady tone in two blocks in a row: the phase that it gained
        tells the frequency far better than the strength of one block."""
        strength = abs(now) / abs(before)
        off_hz = cmath.phase(now / before / self.advance) / (2 * pi) * RATE_HZ / BLOCK
        return STEADY**-0.5 < strength < STEADY**0.5 and abs(off_hz) < TOLERANCE * self.hertz


_ROWS = tuple(map(_Wave.of, ROWS_HZ))
_COLUMNS = tuple(map(_Wave.of, COLUMNS_HZ))


@dataclass(frozen=True, slots=True)
class _Pair:
    """The two tones of which a block consists."""

    row: int
    column: int
    low: complex
    high: complex

    @property
    def key(self) -> str:
        return KEYS[4 * self.row + self.column]

    def continues(self, before: "_Pair | None") -> bool:
        return (
            before is not None
            and before.key == self.key
            and _ROWS[self.row].goes_on(before.low, self.low)
            and _COLUMNS[self.column].goes_on(before.high, self.high)
        )


class ToneEar:
    """Listens to one line. A key counts once, however long it is held; the same key counts again
    after a pause. 10 ms that are missing from a key are no pause."""

    def __init__(self) -> None:
        self._rest = array("h")
        self._before: _Pair | None = None
        self._steady = 0
        self._held: str | None = None
        self._missed = 0

    def hear(self, audio: bytes) -> str:
        """The keys that show themselves in the next stretch of audio (16-bit samples, of the
        machine's byte order), as a rule 30 to 40 ms after they begin."""
        self._rest.frombytes(audio)
        whole = len(self._rest) - len(self._rest) % BLOCK
        blocks = (self._rest[at : at + BLOCK] for at in range(0, whole, BLOCK))
        keys = "".join(map(self._hear_block, blocks))
        del self._rest[:whole]
        return keys

    def _hear_block(self, block: "array[int]") -> str:
        pair = _pair_in(block)
        goes_on = pair is not None and pair.continues(self._before)
        self._steady = self._steady + 1 if goes_on else int(pair is not None)
        self._before = pair
        self._missed = 0 if pair is not None and pair.key == self._held else self._missed + 1
        if self._missed >= BLOCKS_OF_A_PAUSE:
            self._held = None
        if pair is None or self._steady < BLOCKS_OF_A_KEY or pair.key == self._held:
            return ""
        self._held, self._missed = pair.key, 0
        return pair.key


def _pair_in(block: "array[int]") -> _Pair | None:
    energy = sum(map(mul, map(mul, block, block), SQUARED))
    if energy < LEAST_ENERGY:
        return None
    row, low = max(enumerate(w.within(block) for w in _ROWS), key=_strength)
    column, high = max(enumerate(w.within(block) for w in _COLUMNS), key=_strength)
    lows, highs = (ENERGY * abs(tone) ** 2 for tone in (low, high))
    if lows + highs < LEAST_SHARE * energy:
        return None
    if lows > MOST_ROW * highs or highs > MOST_COLUMN * lows:
        return None
    if not (_ROWS[row].is_near(block, low) and _COLUMNS[column].is_near(block, high)):
        return None
    return _Pair(row, column, low, high)


def _strength(found: tuple[int, complex]) -> float:
    return abs(found[1])
