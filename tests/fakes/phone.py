"""A telephone in memory: its far ends follow scripts, and it writes down what happened when."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Party
from switchboard.calls.leg import RtpQuality
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.numbering import PhoneNumber
from tests.fakes.world import ALICE, BOB
from workers.legs import CannotDial, DialledLeg, dialled
from workers.phone import Leg, LegOrder, LegTrace
from workers.speech.spoken import Keys, Part

PACKETS_A_SECOND = 50
NOWHERE = Trunk("memory", "127.0.0.1")


def an_order(
    party: Party = Party.CUSTOMER, *, trunk: Trunk = NOWHERE, **limits: timedelta
) -> LegOrder:
    """Alice is the customer and wants to talk to Bob; each is shown the other's number."""
    number, caller = (ALICE, BOB) if party is Party.CUSTOMER else (BOB, ALICE)
    limits = {"ring_limit": timedelta(seconds=30)} | limits
    return LegOrder(party, number, Caller(caller), trunk, **limits)


@dataclass(frozen=True)
class FarEnd:
    """What happens at a number: seconds after the INVITE until the answer, after the answer from
    there on. None: it does not happen. `refuses_with` is the final answer that it sends in place
    of a 200, at `answers_s`."""

    trying_s: float | None = 0.0
    rings_s: float | None = 0.1
    early_media_s: float | None = None
    answers_s: float | None = 2.0
    refuses_with: int | None = None
    hangs_up_s: float | None = None
    presses: tuple[tuple[float, str], ...] = ()
    keys_in_audio: bool = False
    line_is_dead: bool = False


@dataclass
class FakePhone:
    """Implements `workers.phone.Phone`. A number that `far_ends` does not name is `default`;
    behind a trunk that `trunks` names, all numbers are as that says.

    `transcript` holds (seconds of the loop's time, what happened), as in (2.1, "customer hears
    one-moment"); `tried` the trunk of every leg that was dialled,
    `orders` all of them; `keys_wanted` whether keys of a talk were, for each talk. A bridge between
    two legs stands after `joining_s`.
    """

    clock: Clock
    far_ends: Mapping[PhoneNumber, FarEnd] = field(default_factory=dict)
    default: FarEnd = FarEnd()
    prompt_length: timedelta = timedelta(seconds=1)
    transcript: list[tuple[float, str]] = field(default_factory=list)
    trunks: dict[str, FarEnd] = field(default_factory=dict)
    tried: list[str] = field(default_factory=list)
    orders: list[LegOrder] = field(default_factory=list)
    joining_s: float = 0.0
    keys_wanted: list[bool] = field(default_factory=list)

    def dial(
        self, order: LegOrder, trace: LegTrace, *, heard_by: Leg | None = None
    ) -> AbstractAsyncContextManager[Leg]:
        assert heard_by is None or isinstance(heard_by, DialledLeg)
        at_number = self.far_ends.get(order.number, self.default)
        line = FakeLine(self, order, self.trunks.get(order.trunk.name, at_number))
        self.tried.append(order.trunk.name)
        self.orders.append(order)
        return dialled(line, order, trace, self.clock, heard_by=heard_by)

    async def join(self, one: Leg, other: Leg, *, keys: bool = True) -> None:
        assert isinstance(one, DialledLeg)
        assert isinstance(other, DialledLeg)
        await asyncio.sleep(self.joining_s)
        self.keys_wanted.append(keys)
        self.write(f"{one.order.party.value} and {other.order.party.value} hear each other")

    def write(self, what: str) -> None:
        self.transcript.append((round(asyncio.get_running_loop().time(), 3), what))


class FakeLine:
    """One call to a far end that follows its script."""

    def __init__(self, phone: FakePhone, order: LegOrder, far_end: FarEnd) -> None:
        self._phone = phone
        self._number = order.number
        self._far_end = far_end
        self._loop = asyncio.get_running_loop()
        self._timers: list[asyncio.TimerHandle] = []
        self._answered_s: float | None = None
        self.who = order.party.value

    async def invite(self, leg: DialledLeg) -> None:
        if self._far_end.line_is_dead:
            self._write("cannot be dialled")
            raise CannotDial("the line is dead")
        self._leg = leg
        self._write(f"is dialled at {self._number}")
        self._later(self._far_end.trying_s, leg.progressed, 100)
        self._later(self._far_end.rings_s, self._ring)
        self._later(self._far_end.early_media_s, self._speak_early)
        if self._far_end.refuses_with is None:
            self._later(self._far_end.answers_s, self._answer)
        else:
            self._later(self._far_end.answers_s, self._refuse, self._far_end.refuses_with)

    def hang_up(self) -> None:
        if self._far_end.line_is_dead:
            return
        self._stop()
        self._write("is hung up" if self._answered_s is not None else "is given up")

    @contextmanager
    def playing(self, language: str, *parts: Part) -> Iterator[timedelta]:
        said = " ".join(part.text if isinstance(part, Keys) else str(part) for part in parts)
        self._write(f"hears {said}" if language == "en" else f"hears in {language}: {said}")
        yield self._phone.prompt_length

    @contextmanager
    def ringback(self) -> Iterator[None]:
        self._write("hears ringback")
        yield

    @contextmanager
    def hearing(self, other: "FakeLine") -> Iterator[None]:
        self._write(f"hears early media of {other.who}")
        yield

    async def take_back(self) -> None:
        """Its audio is always here."""

    async def press(self, key: str) -> None:
        self._write(f"gets key {key}")

    def _ring(self) -> None:
        self._write("rings")
        self._leg.progressed(180)

    def _speak_early(self) -> None:
        self._leg.progressed(183)
        self._leg.audible()

    def _answer(self) -> None:
        self._write("answers")
        self._answered_s = self._loop.time()
        self._leg.answered()
        for after_s, key in self._far_end.presses:
            self._later(after_s, self._press, key)
        self._later(self._far_end.hangs_up_s, self._end)

    def _refuse(self, sip_code: int) -> None:
        self._write(f"refuses with {sip_code}")
        self._stop()
        self._leg.ended(sip_code)

    def _press(self, key: str) -> None:
        self._write(f"presses {key}")
        self._leg.pressed(key, audible=self._far_end.keys_in_audio)

    def _end(self) -> None:
        self._write("hangs up")
        self._stop()
        self._leg.ended(200)

    def _stop(self) -> None:
        for timer in self._timers:
            timer.cancel()
        if self._answered_s is not None:
            packets = round((self._loop.time() - self._answered_s) * PACKETS_A_SECOND)
            self._leg.measured(RtpQuality(packets, 0, 0.0))

    def _later(self, after_s: float | None, do: Callable[..., None], *args: Any) -> None:
        if after_s is not None:
            self._timers.append(self._loop.call_later(after_s, do, *args))

    def _write(self, what: str) -> None:
        self._phone.write(f"{self.who} {what}")
