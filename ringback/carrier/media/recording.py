"""What one phone heard: every packet with its time of arrival, to be measured afterwards."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np

from ringback.carrier.media.g711 import G711, SAMPLE_RATE_HZ, Samples
from ringback.carrier.media.measure import frequencies_hz, level_dbfs

# Ten minutes of 20 ms packets; what is older is forgotten.
_MOST_PACKETS = 30_000
# A jump of the RTP clock beyond this is a new beginning, not a pause to be filled with silence.
_LONGEST_PAUSE = 60 * SAMPLE_RATE_HZ


@dataclass(frozen=True, slots=True)
class Gap:
    """Packets that did not arrive: `missing` of them, after the one numbered `after_sequence`."""

    after_sequence: int
    missing: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """What was heard in a stretch of time.

    `frequencies_hz` are those that carry at least a tenth of the energy, strongest first:
    a ringback tone has two. `received` is how much audio arrived; gaps and pauses between its
    packets are in the level as silence. `sources` counts the senders (SSRC): more than one
    at a time means that somebody talks into a line that was taken from him.
    """

    level_dbfs: float
    frequencies_hz: tuple[float, ...]
    received: timedelta
    packets: int
    sources: int
    gaps: tuple[Gap, ...]

    @property
    def frequency_hz(self) -> float | None:
        """The strongest frequency, None if nothing stands out."""
        return self.frequencies_hz[0] if self.frequencies_hz else None

    @property
    def lost(self) -> int:
        return sum(gap.missing for gap in self.gaps)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A packet of the far end. `codec` is None for one that carries no audio (a pressed key),
    which still takes its place in the sequence. It came from `sender`, host and port."""

    at: float
    ssrc: int
    sequence: int
    timestamp: int
    codec: G711 | None
    payload: bytes
    sender: tuple[str, int] = ("", 0)


class Recording:
    """Everything that arrived on one line, in the order of arrival. `at`, `start` and `end` are
    instants of the event loop's monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._arrivals: deque[Arrival] = deque(maxlen=_MOST_PACKETS)

    def add(self, arrival: Arrival) -> None:
        self._arrivals.append(arrival)

    def between(self, start: float = -math.inf, end: float = math.inf) -> Measurement:
        """The measure of what arrived from `start` until before `end`."""
        streams = self._streams(start, end)
        samples = _joined(streams)
        audio = [arrival for stream in streams for arrival in stream if arrival.codec]
        heard = sum(len(arrival.payload) for arrival in audio) / SAMPLE_RATE_HZ
        return Measurement(
            level_dbfs=level_dbfs(samples),
            frequencies_hz=frequencies_hz(samples),
            received=timedelta(seconds=heard),
            packets=sum(len(stream) for stream in streams),
            sources=len(streams),
            gaps=tuple(gap for stream in streams for gap in _gaps(stream)),
        )

    def arrivals(self, start: float = -math.inf, end: float = math.inf) -> list[Arrival]:
        """The packets themselves, in the order in which they came."""
        return [arrival for arrival in self._arrivals if start <= arrival.at < end]

    def samples(self, start: float = -math.inf, end: float = math.inf) -> Samples:
        """The audio itself, as a phone without concealment plays it: a lost packet is silence."""
        return _joined(self._streams(start, end))

    def _streams(self, start: float, end: float) -> list[list[Arrival]]:
        by_source: dict[int, list[Arrival]] = {}
        for arrival in self.arrivals(start, end):
            by_source.setdefault(arrival.ssrc, []).append(arrival)
        return [_in_order(stream) for stream in by_source.values()]


def _in_order(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """One source's packets by sequence number across its wrap-around, duplicates left out."""
    by_position: dict[int, Arrival] = {}
    position: int | None = None
    for arrival in arrivals:
        if position is None:
            position = arrival.sequence
        position += _signed(arrival.sequence - position, bits=16)
        by_position.setdefault(position, arrival)
    return [by_position[position] for position in sorted(by_position)]


def _gaps(stream: list[Arrival]) -> Iterable[Gap]:
    for before, after in pairwise(stream):
        missing = (after.sequence - before.sequence) % 2**16 - 1
        if missing:
            yield Gap(before.sequence, missing)


def _joined(streams: list[list[Arrival]]) -> Samples:
    parts = [part for stream in streams for part in _parts(stream)]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int16)


def _parts(stream: list[Arrival]) -> Iterable[Samples]:
    """The audio of one source, with silence where its RTP clock ran on without audio."""
    due: int | None = None
    for arrival in stream:
        if arrival.codec is None:
            continue
        samples = arrival.codec.decode(arrival.payload)
        pause = 0 if due is None else _signed(arrival.timestamp - due, bits=32)
        if 0 < pause <= _LONGEST_PAUSE:
            yield np.zeros(pause, dtype=np.int16)
        yield samples
        due = arrival.timestamp + len(samples)


def _signed(difference: int, *, bits: int) -> int:
    """The nearest signed distance of two numbers of a wrapping counter."""
    half = 1 << bits - 1
    return (difference + half) % (2 * half) - half
