"""Which keys of a call count: those that it tells of, or else those heard in its audio."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from switchboard.calls.ending import Party
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import an_order
from workers.legs import dialled
from workers.lines import EngineLine
from workers.patchbay import Patchbay
from workers.phone import LegOrder, LegTrace


class FakeEngine:
    """Implements `workers.lines.Engine` without audio: every call is answered at once."""

    free_calls = 1

    def __init__(self) -> None:
        self.patchbay = Patchbay(lambda *_: None, lambda *_: None)
        self.heard: set[int] = set()
        self.sent: list[str] = []

    def new_number(self) -> int:
        return 1

    def invite(self, line: EngineLine, order: LegOrder) -> None:
        line.answered()

    def hang_up(self, number: int) -> None:
        """Nobody is there."""

    def hear_tones(self, number: int) -> None:
        self.heard.add(number)

    def ignore_tones(self, number: int) -> None:
        self.heard.discard(number)

    def quality(self, number: int) -> None:
        return None

    def send_key(self, number: int, key: str) -> None:
        self.sent.append(f"event {key}")

    @contextmanager
    def key_tone(self, key: str, sink: int) -> Iterator[None]:
        self.sent.append(f"tones {key}")
        yield


def keys_of(report, party: Party = Party.CUSTOMER) -> tuple[str, bool]:
    """The keys of a leg whose line is reported to, and whether its audio is heard at the end."""

    async def flow() -> tuple[str, bool]:
        engine, order, keys = FakeEngine(), an_order(party), ""
        line = EngineLine(engine, order, {})
        async with dialled(line, order, LegTrace(), SimulatedClock()) as leg:
            await report(line)
            while (key := await leg.key(limit=timedelta(seconds=0.1))) is not None:
                keys += key
            return keys, bool(engine.heard)

    return run_simulated(flow())


@pytest.mark.parametrize(
    ("party", "telephone_events", "heard"),
    [
        (Party.CUSTOMER, False, True),
        (Party.CUSTOMER, True, False),
        (Party.DESTINATION, False, False),
    ],
)
def test_the_audio_of_customers_without_telephone_events_is_heard(party, telephone_events, heard):
    async def report(line):
        line.agreed(telephone_events=telephone_events)

    assert keys_of(report, party) == ("", heard)


def test_keys_in_the_audio_count_each():
    async def report(line):
        line.agreed(telephone_events=False)
        for key in "110":
            line.overheard(key)

    assert keys_of(report) == ("110", True)


def test_a_key_that_is_heard_and_then_told_counts_once():
    async def report(line):
        line.agreed(telephone_events=False)
        line.overheard("5")
        await asyncio.sleep(0.2)
        line.pressed("5")
        line.pressed("5")
        line.pressed("6")

    assert keys_of(report) == ("556", False)


def test_a_key_that_is_told_long_after_it_was_heard_is_another():
    async def report(line):
        line.overheard("5")
        await asyncio.sleep(1.5)
        line.pressed("5")

    assert keys_of(report) == ("55", False)


def test_who_tells_of_keys_is_not_heard_after_a_new_agreement_either():
    async def report(line):
        line.agreed(telephone_events=False)
        line.pressed("5")
        line.agreed(telephone_events=False)

    assert keys_of(report) == ("5", False)


@pytest.mark.parametrize(
    ("telephone_events", "sent"),
    [(True, ["event 4", "event 2"]), (False, ["tones 4", "tones 2"])],
)
def test_keys_go_as_the_far_end_has_agreed(telephone_events, sent):
    async def flow() -> list[str]:
        engine, order = FakeEngine(), an_order(Party.DESTINATION)
        line = EngineLine(engine, order, {})
        async with dialled(line, order, LegTrace(), SimulatedClock()) as leg:
            line.agreed(telephone_events=telephone_events)
            await leg.press("4")
            await leg.press("2")
        await leg.press("9")
        return engine.sent

    assert run_simulated(flow()) == sent


def test_a_key_that_was_heard_is_known_from_one_that_was_told():
    async def flow() -> list[bool]:
        engine, order = FakeEngine(), an_order()
        line = EngineLine(engine, order, {})
        async with dialled(line, order, LegTrace(), SimulatedClock()) as leg:
            line.overheard("5")
            line.pressed("6")
            strokes = [await leg.stroke(limit=timedelta()) for _ in "56"]
        return [stroke.audible for stroke in strokes]

    assert run_simulated(flow()) == [True, False]
