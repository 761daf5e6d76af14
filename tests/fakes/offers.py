"""Far ends that are told where to send their audio, and the bridge that they have here."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from workers.patchbay import Patchbay
from workers.release import Release
from workers.sdp import AudioTerms

ONE, OTHER = 1, 2
# What a far end answers: after how many seconds, and what; no code: it says nothing. NOW_NOT is
# where our own engine has an offer open.
Answer = tuple[float, int | None]
AGREES: Answer = (0.1, 200)
SILENT: Answer = (0.0, None)
NOW_NOT: Answer = (0.0, -1)


def terms(number: int, **changes: object) -> AudioTerms:
    """Where a far end hears."""
    usual = {"payload": 0, "events": 101, "packet_ms": 20}
    return AudioTerms(**{"host": f"192.0.2.{number}", "port": 4000, **usual, **changes})


@dataclass
class FakeOffers:
    """Implements `workers.release.Offers`. Far ends give their `answers` one after the other, and
    agree when they have no more. `transcript` has (second, what happened)."""

    answers: dict[int, list[Answer]] = field(default_factory=dict)
    transcript: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.terms: dict[int, AudioTerms | None] = {n: terms(n) for n in (ONE, OTHER)}
        self.wires: set[tuple[int, int]] = {(ONE, OTHER), (OTHER, ONE)}
        self.patchbay = Patchbay(
            connect=lambda *wire: self.wires.add(wire),
            disconnect=lambda *wire: self.wires.discard(wire),
        )
        self.report: Callable[[int, int], None] = lambda _number, _code: None
        self._towards: dict[int, AudioTerms | None] = {ONE: None, OTHER: None}
        self._sends = {ONE: True, OTHER: True}
        self._hears = {ONE: True, OTHER: True}
        self._open: dict[int, asyncio.TimerHandle | None] = {}

    def release(self) -> Release:
        """Of the two."""
        release = Release(self, ONE, OTHER, self.write)
        self.report = release.answered
        return release

    def audio(self, number: int) -> AudioTerms | None:
        return self.terms[number]

    def offer(self, number: int, towards: AudioTerms | None) -> bool:
        assert number not in self._open, "one offer at a time"
        answers = self.answers.get(number, [])
        after_s, code = answers.pop(0) if answers else AGREES
        if (after_s, code) == NOW_NOT:
            self.write(f"{number} cannot be asked now")
            return False
        where = "us" if towards is None else towards.host[-1]
        self.write(f"{number} is to send to {where}")
        loop = asyncio.get_running_loop()
        self._open[number] = code and loop.call_later(after_s, self._answer, number, towards, code)
        return True

    def withdraw(self, number: int) -> None:
        self.write(f"{number} is not asked any more")
        self._answer(number, None, 487)

    def open_audio(self, number: int, *, sends: bool, hears: bool) -> None:
        self._sends[number], self._hears[number] = sends, hears

    def hears(self, number: int) -> int:
        """How many times a far end hears the other at this moment."""
        other = ONE + OTHER - number
        directly = self._towards[other] == terms(number)
        bridged = self._towards[other] is None and self._hears[other] and self._sends[number]
        return directly + (bridged and (other, number) in self.wires)

    def write(self, what: str) -> None:
        self.transcript.append((round(asyncio.get_running_loop().time(), 2), what))

    def _answer(self, number: int, towards: AudioTerms | None, code: int) -> None:
        del self._open[number]
        if code < 300:
            self._towards[number] = towards
        self.write(f"{number} answers {code}")
        self.report(number, code)
