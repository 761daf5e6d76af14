"""The media engine over pjsua2: SIP, RTP and the audio bridge.

Rules that keep pjsua2 standing, and that this module keeps:
- One thread calls it: the one that runs the event loop, which polls it (`workers.loop`).
- A call's object is referenced from here until its end was reported: letting go of it hangs up. It
  is let go after the callback that reported it, in which that would be a use after free, but before
  anything else is done: it would hang up the next call in its place, whose number it still has.
- No object of pjsua2 leads back to itself, and no frame that raises has one in a variable: else
  the garbage collector would take it apart, in whatever thread that happens to run.
- An override only notes what happened, which is reported when pjsua2 has returned; an exception
  that leaves an override is lost in C++.
"""

import asyncio
import ctypes
import functools
import itertools
import logging
import resource
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from pjsua2 import _pjsua2 as library
from pjsua2 import pjsua2 as pj

from switchboard.calls.caller_id import as_user
from switchboard.calls.leg import RtpQuality
from switchboard.calls.trunk import Trunk
from workers.guard import Guard, sip_sockets
from workers.legs import CannotDial, NoWay
from workers.lines import EngineLine, Report
from workers.patchbay import Patchbay
from workers.phone import LegOrder
from workers.pjsip.accounts import Accounts, bound_to, uri_of
from workers.pjsip.audio import Ear, key_tone, player, ringback_tone
from workers.pjsip.bouncer import Bouncer
from workers.pjsip.call import PjsipCall, quality_of, terms_of
from workers.pjsip.headers import tell
from workers.pjsip.log import SENDER_IN_LOG, EngineLog
from workers.pjsip.tap import LOUD, QUIET, Tap
from workers.recordings import RATE_HZ
from workers.room import Room
from workers.sdp import AudioTerms
from workers.turns import Turns

# How often each call is measured, and how many of them between two looks at what has come in: a
# thousand in one go would keep SIP waiting for a twentieth of a second.
MEASURED_EVERY_S = 2.0
MEASURED_AT_ONCE = 10
HANG_UP_LIMIT_S = 1.0
# How long a player or tone generator outlives its use: the audio thread may be in it.
SOUND_RESTS_S = 0.5
UNKNOWN_NAME = 70_018  # pjlib's PJ_ERESOLVE
# How long a far end may take to confirm the end of a call that is traced.
TAPPED_ON_S = 2.0

logger = logging.getLogger(__name__)

# For the little of pjsua-lib and pjlib that pjsua2 leaves out.
_C = ctypes.CDLL(library.__file__)
# Our build (build/limits.i) tells how many accounts, one for each way in which trunks are spoken
# to, and sockets there can be; else they are those of the stock wheel. One too many aborts the
# process there.
MAX_ACCOUNTS: int = getattr(pj, "MAX_ACCOUNTS", 8)
MAX_SOCKETS: int = getattr(pj, "MAX_SOCKETS", 64)


class CannotStart(Exception):
    """The engine did not come up; the process cannot go on with it."""


@dataclass(frozen=True, slots=True)
class PjsipSettings:
    """Where the engine listens and how it shows itself.

    `host` is the address that it binds; `sip_port` 0 is any free one. The legs' RTP takes ports
    from `rtp_port` on, `rtp_ports` of them, two a leg. `public_address` is what carriers are told
    where the machine is behind NAT.

    The engine is asked for `max_calls`. How many it allows is compiled into it: see `max_calls` of
    the engine.
    """

    host: str
    sip_port: int = 0
    rtp_port: int = 30_000
    rtp_ports: int = 10_000
    public_address: str | None = None
    max_calls: int = 4
    user_agent: str = "Ringback"

    @property
    def shown_host(self) -> str:
        """The address that the outside knows us by."""
        return self.public_address or self.host


class PjsipEngine:
    """Implements `workers.lines.Engine`: everything of pjsua2, behind numbers of calls and of the
    sounds that they hear. One a process.

    Entered before the event loop that polls it is made (`workers.loop`), left after that is gone.
    """

    def __init__(self, settings: PjsipSettings) -> None:
        self.sip_port = settings.sip_port
        self.patchbay = Patchbay(
            connect=functools.partial(self._patch, pj.AudioMedia.startTransmit),
            disconnect=functools.partial(self._patch, pj.AudioMedia.stopTransmit),
        )
        # Who else than our trunks may speak SIP to us: nobody, once it is told of them.
        self.guard = Guard()
        self._settings = settings
        self._numbers = itertools.count()
        self._reports: deque[tuple[int, Report]] = deque()
        self._lines: dict[int, EngineLine] = {}
        self._room = Room(MAX_SOCKETS, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        self._turns = Turns(MEASURED_EVERY_S, MEASURED_AT_ONCE)
        # Objects of pjsua2, from here on.
        self.tap = Tap(_C.pj_log_set_level)
        self._log = EngineLog(self.tap)
        self._bouncer = Bouncer()
        self._endpoint = pj.Endpoint()
        self._accounts = Accounts(self._endpoint, settings, MAX_ACCOUNTS, self.guard)
        self._calls: dict[int, PjsipCall] = {}
        self._sounds: dict[int, pj.AudioMedia] = {}
        self._ears: dict[int, Ear] = {}
        # Hears every call: a jitter buffer out of which nobody takes anything runs over, and what
        # came while a prompt played would count as too late.
        self._drain = self.new_number()

    def __enter__(self) -> Self:
        """Bring the engine up, or leave nothing behind: CannotStart."""
        # Before it is configured, pjlib greets on the console.
        _C.pj_log_set_level(0)
        try:
            self._endpoint.libCreate()
            self._endpoint.libInit(_configuration(self._settings, self._log))
            self._bouncer.stand()
            devices = self._endpoint.audDevManager()
            devices.setNullDev()
            self._sounds[self._drain] = devices.getPlaybackDevMedia()
            for codec in self._endpoint.codecEnum2():
                wanted = codec.codecId.startswith(("PCMU/", "PCMA/"))
                self._endpoint.codecSetPriority(codec.codecId, 255 if wanted else 0)
            transport = bound_to(self._settings, pj.TransportConfig())
            transport.port = self._settings.sip_port
            number = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
            self._endpoint.libStart()
            transport_info = self._endpoint.transportGetInfo(number)
            self.sip_port = int(transport_info.localAddress.rpartition(":")[2])
            self.guard.protect(*sip_sockets(self.sip_port))
            anywhere = self._settings.host in ("0.0.0.0", "::")  # noqa: S104  asked, not bound
            self.tap.ours = transport_info.localName if anywhere else transport_info.localAddress
        except pj.Error as fault:
            self.__exit__()
            where = f"{self._settings.host}:{self._settings.sip_port}"
            raise CannotStart(f"no SIP on {where}: {fault.reason}") from fault
        return self

    def __exit__(self, *_error: object) -> None:
        """End every call, give the far ends a moment to confirm it, and let go of everything."""
        self._lines.clear()
        for number in self._calls:
            self.hang_up(number)
        self._accounts.leave()
        deadline = time.monotonic() + HANG_UP_LIMIT_S
        while self._is_heard_of and time.monotonic() < deadline:
            self._endpoint.libHandleEvents(10)
        self._sounds.clear()
        self._ears.clear()
        self._calls.clear()
        # Otherwise it waits a second for registrations, which have had their time.
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
        # Not before: what was asked of a trunk that is silent ends with the library.
        self._accounts.clear()

    @property
    def _is_heard_of(self) -> bool:
        """Whether somebody has not confirmed yet that we are gone."""
        return _C.pjsua_call_get_count() > 0 or self._accounts.are_leaving

    def poll(self, wait_ms: int) -> None:
        """Handle what has come in, waiting for it at most so long."""
        self._endpoint.libHandleEvents(wait_ms)
        for number, ear in self._ears.items():
            for key in ear.listen():
                self._reports.append((number, functools.partial(EngineLine.overheard, key=key)))
        self._report()
        for number in self._turns.take():
            self._measure(number)

    @property
    def max_calls(self) -> int:
        """How many calls there can be at once, whatever was asked for."""
        # It has what was compiled in where that is less than what was asked for.
        return self._room.max_calls(_C.pjsua_call_get_max_count())

    @property
    def free_calls(self) -> int:
        return self._room.free_calls(live=_C.pjsua_call_get_count(), most=self.max_calls)

    def new_number(self) -> int:
        return next(self._numbers)

    def invite(self, line: EngineLine, order: LegOrder) -> None:
        self._lines[line.number] = line
        self._turns.add(line.number)
        fault = self._try_to_invite(line.number, order)
        if fault is not None:
            self.forget(line.number)
            raise fault
        self.patchbay.wire(line.number, self._drain)
        self._report()

    def ask(self, trunk: Trunk, told: Callable[[int], None]) -> None:
        fault = self._accounts.ask(trunk, told)
        if fault is not None:
            raise fault

    def registration(self, trunk: Trunk) -> int | None:
        return self._accounts.registration(trunk)

    def unregister(self, trunk: Trunk) -> None:
        self._accounts.unregister(trunk)

    def hang_up(self, number: int) -> None:
        if number in self._calls:
            with _tolerating("hang-up"):
                self._calls[number].leave()
            self._report()

    def forget(self, number: int) -> None:
        self._lines.pop(number, None)
        self._turns.remove(number)
        self.ignore_tones(number)
        self._calls.pop(number, None)
        self._accounts.left(number)
        self.patchbay.remove(number)
        self._room.call_ended()
        if self.tap.taps(number):
            asyncio.get_running_loop().call_later(TAPPED_ON_S, self.tap.release, number)

    def hear_tones(self, number: int) -> None:
        if number not in self._ears:
            with _tolerating("ear"):
                ear = Ear(self.new_number())
                self._ears[number], self._sounds[ear.number] = ear, ear.media
                self.patchbay.wire(number, ear.number)

    def ignore_tones(self, number: int) -> None:
        ear = self._ears.pop(number, None)
        if ear is not None:
            self.patchbay.unwire(number, ear.number)
            self._let_go(ear.number, ear)

    def quality(self, number: int) -> RtpQuality | None:
        call = self._calls.get(number)
        return quality_of(call) if call is not None and call.hasMedia() else None

    def audio(self, number: int) -> AudioTerms | None:
        with _tolerating("terms"):
            if number in self._calls:
                return terms_of(self._calls[number])
        return None

    def offer(self, number: int, towards: AudioTerms | None) -> bool:
        return number in self._calls and self._calls[number].offer(towards)

    def withdraw(self, number: int) -> None:
        if number in self._calls:
            self._calls[number].withdraw()

    def open_audio(self, number: int, *, sends: bool, hears: bool) -> None:
        if number in self._calls:
            self._calls[number].valve.turn(sends=sends, hears=hears)
            # What has come in by now is noted.
            self.quality(number)

    def playing(self, recording: Path, sink: int) -> AbstractContextManager[None]:
        return self._sounding(lambda: player(recording), sink)

    def ringing(self, sink: int) -> AbstractContextManager[None]:
        # A generator of its own: the tone of a shared one might begin with its pause.
        return self._sounding(ringback_tone, sink)

    def send_key(self, number: int, key: str) -> None:
        with _tolerating("key"):
            if number in self._calls:
                self._calls[number].dialDtmf(key)

    def key_tone(self, key: str, sink: int) -> AbstractContextManager[None]:
        return self._sounding(lambda: key_tone(key), sink)

    @contextmanager
    def _sounding(self, make: Callable[[], Any], sink: int) -> Iterator[None]:
        number = self.new_number()
        with _tolerating("sound"):
            self._sounds[number] = make()
        try:
            with self.patchbay.wired(number, sink):
                yield
        finally:
            self._let_go(number)

    def _let_go(self, sound: int, ear: Ear | None = None) -> None:
        """Later; and an ear not before the sound that writes to it."""
        asyncio.get_running_loop().call_later(SOUND_RESTS_S, self._sounds.pop, sound, ear)

    def _try_to_invite(self, number: int, order: LegOrder) -> CannotDial | None:
        fault = self._accounts.prepare(order.trunk)
        if fault is not None:
            return fault
        options = pj.CallOpParam(True)
        # From 2.17 on, a stream of real-time text is offered by default.
        options.opt.videoCount = options.opt.textCount = 0
        told = order.trunk.caller_id.headers(order.caller, self._settings.shown_host)
        tell(options.txOption, told)
        uri = uri_of(order.trunk, as_user(order.trunk.sent(order.number)))
        account, codecs = self._accounts.taken(order.trunk, number), order.trunk.link.codecs
        try:
            self._calls[number] = PjsipCall(account, number, self._reports, codecs, self.guard)
            self.tap.place(number, order, lambda: self._calls[number].makeCall(uri, options))
        except pj.Error as error:
            kind = NoWay if error.status == UNKNOWN_NAME else CannotDial
            return kind(str(error.reason))
        return None

    def _report(self) -> None:
        self._accounts.report()
        while self._reports:
            number, report = self._reports.popleft()
            if number in self._lines:
                report(self._lines[number])

    def _measure(self, number: int) -> None:
        if self._calls[number].isActive():
            self._lines[number].measure()
        else:
            # 2.17 may lose the event under load (pjproject issue 4992).
            self._lines[number].disconnected(0)

    def _patch(self, change: Callable[[Any, Any], None], source: int, sink: int) -> None:
        with _tolerating(change.__name__):
            one, other = self._audio(source), self._audio(sink)
            if one is not None and other is not None:
                change(one, other)

    def _audio(self, number: int) -> Any:
        if number in self._sounds:
            return self._sounds[number]
        call = self._calls.get(number)
        return call.getAudioMedia(-1) if call is not None and call.hasMedia() else None


@contextmanager
def _tolerating(what: str) -> Iterator[None]:
    """Races with the far end are normal, and so is a bridge that is full: logged, and gone on."""
    try:
        yield
    except pj.Error as fault:
        logger.warning("%s failed: %s", what, fault.reason)
    except OSError as fault:
        logger.warning("%s failed: %s", what, fault)


def _configuration(settings: PjsipSettings, log: EngineLog) -> Any:
    config = pj.EpConfig()
    config.logConfig.writer = log
    # The writer is given only what would go to the console without it.
    config.logConfig.level, config.logConfig.consoleLevel = QUIET, LOUD
    config.logConfig.decor = SENDER_IN_LOG
    config.uaConfig.userAgent = settings.user_agent
    config.uaConfig.maxCalls = settings.max_calls
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    media = config.medConfig
    media.threadCnt = 1
    media.clockRate = media.sndClockRate = RATE_HZ
    media.noVad = True
    media.ecTailLen = 0
    media.sndAutoCloseTime = -1
    media.maxMediaPorts = 3 * settings.max_calls + 16
    return config
