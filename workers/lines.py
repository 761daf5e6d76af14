"""The telephone over a media engine that knows its calls by their numbers."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from switchboard.calls.ending import Party
from switchboard.calls.leg import RtpQuality
from switchboard.calls.tracing import Source
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from workers.legs import CannotDial, DialledLeg, Line, dialled
from workers.phone import Leg, LegOrder, LegTrace
from workers.recordings import joined
from workers.release import Offers, Release
from workers.speech.spoken import Part
from workers.voices import Voices

# What a player hands over late: one frame waits for the audio clock, one lies in the bridge.
PLAYER_LAG = timedelta(milliseconds=40)
# A call that has just ended gives its place away when its far end has confirmed that.
ROOM_LIMIT_S = 2.0
ROOM_CHECK_S = 0.01
# A key that is told within this after it was heard is the one that was heard.
SAME_KEY_S = 1.0
# From one key to the next, where they are sent as tones: as long a pause as slow detectors need.
TONE_AND_PAUSE_S = 0.2


class Engine(Offers, Protocol):
    """What a line asks of the media engine. It reports to the line by calling its methods."""

    @property
    def free_calls(self) -> int:
        """How many calls could be made now. A call that has ended counts until its far end, too,
        has said so: half a minute where that is dead."""

    def new_number(self) -> int:
        """A number that nothing else has had."""

    def invite(self, line: "EngineLine", order: LegOrder) -> None:
        """Send an INVITE, and report to `line`. CannotDial where that fails."""

    def ask(self, trunk: Trunk, told: Callable[[int], None]) -> None:
        """Send an OPTIONS, and tell the final answer. CannotDial where that fails."""

    def registration(self, trunk: Trunk) -> int | None:
        """Be registered at a trunk; what the last registration was answered with, None where
        none was."""

    def unregister(self, trunk: Trunk) -> None:
        """Be registered there no more."""

    def hang_up(self, number: int) -> None:
        """CANCEL or BYE; the end is reported like any other, perhaps at once."""

    def forget(self, number: int) -> None:
        """The end of the call was reported: let go of it."""

    def hear_tones(self, number: int) -> None:
        """Report also the keys that are heard in a call's audio, until told to ignore them."""

    def ignore_tones(self, number: int) -> None:
        """Report no keys any more that are heard in a call's audio."""

    def quality(self, number: int) -> RtpQuality | None:
        """What has come in on the call's present stream, None where it has none."""

    def playing(self, recording: Path, sink: int) -> AbstractContextManager[None]:
        """`sink` hears a recording, once, while the block lasts."""

    def ringing(self, sink: int) -> AbstractContextManager[None]:
        """`sink` hears a ringback tone, from its first burst on, while the block lasts."""

    def send_key(self, number: int, key: str) -> None:
        """Send a key as a telephone event, after those that are being sent."""

    def key_tone(self, key: str, sink: int) -> AbstractContextManager[None]:
        """`sink` hears the tones of a key, for the tenth of a second that it is pressed."""


class EngineLine:
    """One call: `workers.legs.Line` to the leg above it, and where the engine reports to.

    The leg is let go when it has hung up; the line stays until the engine reports the end.
    """

    def __init__(self, engine: Engine, order: LegOrder, voices: Voices) -> None:
        self.number = engine.new_number()
        self._engine = engine
        self._order = order
        self._release: Release | None = None
        self._voices = voices
        self._leg: DialledLeg | None = None
        self._earlier: RtpQuality | None = None
        self._signals = False
        self._takes_events = False
        self._overheard: tuple[str, float] | None = None

    async def invite(self, leg: DialledLeg) -> None:
        """Wait for room, send the INVITE, and report to `leg` from then on."""
        try:
            async with asyncio.timeout(ROOM_LIMIT_S):
                # The engine does not tell when there is room again.
                while not self._engine.free_calls:  # noqa: ASYNC110
                    await asyncio.sleep(ROOM_CHECK_S)
        except TimeoutError:
            raise CannotDial("no call of the engine came free") from None
        self._leg = leg
        try:
            self._engine.invite(self, self._order)
        except CannotDial:
            self._leg = None
            raise

    def hang_up(self) -> None:
        """Measure a last time, then CANCEL or BYE."""
        if self._leg is not None:
            self.measure()
            self._leg = None
            self._end_release()
            self._engine.hang_up(self.number)

    @contextmanager
    def playing(self, language: str, *parts: Part) -> Iterator[timedelta]:
        """The far end hears this said."""
        recordings = self._voices.of(language).saying(*parts)
        with joined(recordings) as path, self._engine.playing(path, self.number):
            yield sum((recording.length for recording in recordings), PLAYER_LAG)

    def ringback(self) -> AbstractContextManager[None]:
        """The far end hears a ringback tone."""
        return self._engine.ringing(self.number)

    def hearing(self, other: Line) -> AbstractContextManager[None]:
        """The far end hears another's."""
        assert isinstance(other, EngineLine)
        return self._engine.patchbay.wired(other.number, self.number)

    async def press(self, key: str) -> None:
        """The far end gets a key: as a telephone event where it takes them, else as tones."""
        if self._leg is None:
            return
        if self._release is not None and self._release.is_under_way:
            await self._release.take_back()
        if self._takes_events:
            self._engine.send_key(self.number, key)
            return
        with self._engine.key_tone(key, self.number):
            await asyncio.sleep(TONE_AND_PAUSE_S)

    async def take_back(self) -> None:
        """The far end hears us, and we hear it."""
        if self._release is not None:
            await self._release.take_back()

    @property
    def may_be_released(self) -> bool:
        """Whether its trunk allows that its audio flows past us, and nobody sees to that yet."""
        return self._release is None and self._order.trunk.link.release_media

    def release(self, release: Release) -> None:
        """Its audio may flow past us from now on."""
        self._release = release

    def told(self, what: str) -> None:
        """Something happened to its audio, for the tape."""
        self._order.tape.told(Source.AUDIO, what)

    def progressed(self, sip_code: int) -> None:
        """Reported: a provisional answer."""
        if self._leg is not None:
            self._leg.progressed(sip_code)

    def audio_changed(self, *, active: bool) -> None:
        """Reported: a session description was agreed on, at first or anew."""
        self._engine.patchbay.reconnect(self.number)
        if self._release is not None:
            self._release.renegotiated(self.number)
        if self._leg is not None and active:
            self._leg.audible()

    def answered(self) -> None:
        """Reported: the far end answered, and has our ACK."""
        if self._leg is not None:
            self._leg.answered()

    def offered(self, sip_code: int) -> None:
        """Reported: the final answer to an INVITE, the first or a later one."""
        if self._release is not None:
            self._release.answered(self.number, sip_code)

    def agreed(self, *, telephone_events: bool) -> None:
        """Reported: whether keys go as telephone events. A customer's who has none are heard."""
        self._takes_events = telephone_events
        if telephone_events:
            self._ignore_tones()
        elif self._order.party is Party.CUSTOMER and not self._signals:
            self._engine.hear_tones(self.number)

    def overheard(self, key: str) -> None:
        """Reported: a key, heard in the audio."""
        self._overheard = key, asyncio.get_running_loop().time()
        self._tell(key, audible=True)

    def pressed(self, key: str) -> None:
        """Reported: a key, told by a telephone event or an INFO. What tells of keys may leave them
        in the audio as well, so that nothing is heard there from now on."""
        self._ignore_tones()
        overheard, self._overheard = self._overheard, None
        if overheard is not None:
            heard, at = overheard
            if heard == key and asyncio.get_running_loop().time() - at < SAME_KEY_S:
                return
        self._tell(key, audible=False)

    def stream_closed(self, quality: RtpQuality) -> None:
        """Reported: what came in on a stream that is no more, as after a re-INVITE."""
        self._earlier = _together(self._earlier, quality)
        self._tell_quality(self._earlier)

    def disconnected(self, sip_code: int) -> None:
        """Reported: the end, whoever wanted it."""
        self._engine.forget(self.number)
        self._end_release()
        if self._leg is not None:
            self._leg.ended(sip_code)
            self._leg = None

    def broke(self) -> None:
        """Reported: the engine failed to tell what happened to the call."""
        self._end_release()
        self._engine.hang_up(self.number)
        if self._leg is not None:
            self._leg.ended(0)
            self._leg = None

    def _ignore_tones(self) -> None:
        self._signals = True
        self._engine.ignore_tones(self.number)

    def _tell(self, key: str, *, audible: bool) -> None:
        if self._leg is not None:
            self._leg.pressed(key, audible=audible)

    def measure(self) -> None:
        """Tell the leg what has come in so far."""
        present = self._engine.quality(self.number)
        if present is not None:
            self._tell_quality(_together(self._earlier, present))

    def _tell_quality(self, quality: RtpQuality) -> None:
        if self._leg is not None:
            past_s = 0.0 if self._release is None else self._release.past_s(self.number)
            self._leg.measured(replace(quality, released_s=round(past_s)))

    def _end_release(self) -> None:
        if self._release is not None:
            self._release.end(self.number)


Report = Callable[[EngineLine], None]


def _together(earlier: RtpQuality | None, present: RtpQuality) -> RtpQuality:
    if earlier is None:
        return present
    received = earlier.received + present.received

    def mean(one: float, other: float) -> float:
        weighted = earlier.received * one + present.received * other
        return weighted / received if received else 0

    return RtpQuality(
        received=received,
        lost=earlier.lost + present.lost,
        jitter_ms=mean(earlier.jitter_ms, present.jitter_ms),
        discarded=earlier.discarded + present.discarded,
        buffered_ms=round(mean(earlier.buffered_ms, present.buffered_ms)),
        round_trip_ms=round(mean(earlier.round_trip_ms, present.round_trip_ms)),
    )


class EnginePhone:
    """Implements `workers.phone.Phone` over an engine."""

    def __init__(self, engine: Engine, clock: Clock, voices: Voices) -> None:
        self._engine = engine
        self._clock = clock
        self._voices = voices

    def dial(
        self, order: LegOrder, trace: LegTrace, *, heard_by: Leg | None = None
    ) -> AbstractAsyncContextManager[Leg]:
        """As the port says."""
        assert heard_by is None or isinstance(heard_by, DialledLeg)
        line = EngineLine(self._engine, order, self._voices)
        return dialled(line, order, trace, self._clock, heard_by=heard_by)

    async def ask(self, trunk: Trunk) -> int | None:
        """What a trunk answers when it is asked for its options; None where it is silent."""
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        try:
            # Told too late, it has been cancelled.
            self._engine.ask(trunk, lambda code: None if answer.done() else answer.set_result(code))
            return await asyncio.wait_for(answer, trunk.reply_limit.total_seconds())
        except (CannotDial, TimeoutError):
            return None

    def registration(self, trunk: Trunk) -> int | None:
        """Be registered there from now on; what the last registration was answered with."""
        return self._engine.registration(trunk)

    def unregister(self, trunk: Trunk) -> None:
        """Be registered there no more."""
        self._engine.unregister(trunk)

    async def join(self, one: Leg, other: Leg, *, keys: bool = True) -> None:
        """As the port says."""
        lines = _line_of(one), _line_of(other)
        first, second = (line.number for line in lines)
        self._engine.patchbay.wire(first, second)
        self._engine.patchbay.wire(second, first)
        if not keys and all(line.may_be_released for line in lines):
            release = Release(self._engine, first, second, lines[0].told)
            for line in lines:
                line.release(release)


def _line_of(leg: Leg) -> EngineLine:
    assert isinstance(leg, DialledLeg)
    assert isinstance(leg.line, EngineLine)
    return leg.line
