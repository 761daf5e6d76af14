"""A call of pjsua2: what happens to it is noted, for the engine to report."""

import ctypes
import functools
import logging
import re
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pjsua2 import _pjsua2 as library
from pjsua2 import pjsua2 as pj

from switchboard.calls.leg import RtpQuality
from switchboard.calls.link import Codec
from workers.far_ends import hosts_of
from workers.guard import Guard
from workers.info import key_of_info
from workers.lines import EngineLine, Report
from workers.pjsip.valve import Valve
from workers.sdp import AudioTerms, with_audio_of, with_codecs, with_usual_telephone_events

logger = logging.getLogger(__name__)

# For an answer that pjsua2 has no call for.
_C = ctypes.CDLL(library.__file__)
_C.pjsip_rdata_get_dlg.restype = ctypes.c_void_p
_C.pjsip_rdata_get_dlg.argtypes = [ctypes.c_void_p]
_C.pjsip_dlg_respond.argtypes = [
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int,
    *3 * [ctypes.c_void_p],
]
_C.pjsip_tsx_terminate.argtypes = [ctypes.c_void_p, ctypes.c_int]
WITHDRAWN = 487
_KEEPS_TIME = re.compile(r"^(?:Session-Expires|x)\s*:", re.MULTILINE | re.IGNORECASE)


def _noting(override: Callable[["PjsipCall", Any], None]) -> Callable[["PjsipCall", Any], None]:
    """An override of pjsua2 whose failure is logged and ends the leg."""

    @functools.wraps(override)
    def noting(call: "PjsipCall", parameter: Any) -> None:
        try:
            override(call, parameter)
        except Exception:
            logger.exception("a call is given up: %s failed", override.__name__)
            call.note(EngineLine.broke)

    return noting


class PjsipCall(pj.Call):  # type: ignore[misc] # SWIG generates no types
    """Notes what happens to a call, for the engine to report."""

    def __init__(
        self,
        account: Any,
        number: int,
        reports: deque[tuple[int, Report]],
        codecs: Sequence[Codec],
        guard: Guard,
    ) -> None:
        super().__init__(account)
        self._number = number
        self._reports = reports
        self._codecs = codecs
        self._guard = guard
        self.valve = Valve()
        # Whether the far end notices within a session timer that we are gone.
        self.keeps_time = False
        # Where the far end is told to send, if not to us, and where it has agreed to; the
        # transaction of an offer of ours that is open.
        self._towards: AudioTerms | None = None
        self._agreed: AudioTerms | None = None
        self._transaction: int | None = None

    def offer(self, towards: AudioTerms | None) -> bool:
        """Whether a re-INVITE is sent, whose answer is noted: not while another offer is open."""
        if self._transaction is not None:
            return False
        options = pj.CallOpParam(True)
        options.opt.videoCount = options.opt.textCount = 0
        self._towards = towards
        try:
            self.reinvite(options)
        except pj.Error:
            self._towards = self._agreed
            return False
        return True

    def withdraw(self) -> None:
        """An offer that was not answered is none any more, and that is noted as its answer. Left to
        itself, the library would end the call with it."""
        if self._transaction is not None:
            _C.pjsip_tsx_terminate(self._transaction, WITHDRAWN)

    def leave(self) -> None:
        """Hang up. The library does not tell any more when it lets go of the stream and of the
        transaction, so that we do at once."""
        self.valve.on(None)
        self._transaction = None
        self.hangup(pj.CallOpParam())

    def note(self, report: Report) -> None:
        """Have this reported to the call's line, after the callback."""
        self._reports.append((self._number, report))

    @_noting
    def onCallTsxState(self, parameter: Any) -> None:
        """The only one to tell of a 100, which changes nothing in the state of the call, and of an
        INFO that the library leaves to us."""
        state = parameter.e.body.tsxState
        request = state.tsx
        if request.method == "INVITE":
            self._expect_far_end(state)
        if request.method == "INVITE" and request.role == pj.PJSIP_ROLE_UAC:
            self._invited(state)
        elif request.method == "INFO" and request.state == pj.PJSIP_TSX_STATE_TRYING:
            self._informed(state.src.rdata)

    @_noting
    def onCallState(self, _parameter: Any) -> None:
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.note(EngineLine.answered)
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.note(functools.partial(EngineLine.disconnected, sip_code=info.lastStatusCode))

    @_noting
    def onCallMediaState(self, _parameter: Any) -> None:
        # In a variable: the list of media dies with the information that it came in.
        info = self.getInfo()
        active = any(media.status == pj.PJSUA_CALL_MEDIA_ACTIVE for media in info.media)
        self.note(functools.partial(EngineLine.audio_changed, active=active))
        if active:
            signals = self.getStreamInfo(0).audTxEventPt >= 0
            self.note(functools.partial(EngineLine.agreed, telephone_events=signals))

    @_noting
    def onStreamCreated(self, parameter: Any) -> None:
        self.valve.on(int(parameter.stream))

    @_noting
    def onStreamDestroyed(self, _parameter: Any) -> None:
        """The last moment at which the figures are there; by then the call denies its media."""
        self.note(functools.partial(EngineLine.stream_closed, quality=quality_of(self)))
        self.valve.on(None)

    @_noting
    def onDtmfDigit(self, parameter: Any) -> None:
        """Once a key; onDtmfEvent tells of the same key several times more."""
        self.note(functools.partial(EngineLine.pressed, key=parameter.digit))

    def onCallTransferRequest(self, parameter: Any) -> None:
        """Refused: left alone, the library calls whomever the far end names (REFER), at our cost
        and on no record."""
        parameter.statusCode = pj.PJSIP_SC_DECLINE

    def onCallReplaceRequest(self, parameter: Any) -> None:
        """Refused: left alone, the library answers whoever comes in the place of the far end, in a
        call that nobody here knows of."""
        parameter.statusCode = pj.PJSIP_SC_DECLINE

    @_noting
    def onCallSdpCreated(self, parameter: Any) -> None:
        description = with_usual_telephone_events(parameter.sdp.wholeSdp)
        description = with_codecs(description, self._codecs)
        if self._towards is not None:
            description = with_audio_of(description, self._towards)
        parameter.sdp.wholeSdp = description

    def _invited(self, state: Any) -> None:
        """An INVITE of ours, the first or another, has come further."""
        transaction, code = int(state.tsx.pjTransaction), state.tsx.statusCode
        if state.tsx.state == pj.PJSIP_TSX_STATE_CALLING:
            # Also where it is sent once more, with credentials.
            self._transaction = transaction
        elif 100 <= code < 200:
            self.note(functools.partial(EngineLine.progressed, sip_code=code))
        elif code >= 200 and transaction == self._transaction:
            self._transaction = None
            if code < 300:
                self._agreed = self._towards
                self.keeps_time = bool(_KEEPS_TIME.search(state.src.rdata.wholeMsg))
            else:
                self._towards = self._agreed
            self.note(functools.partial(EngineLine.offered, sip_code=code))

    def _expect_far_end(self, state: Any) -> None:
        """What it sends of its own accord may come from others than its trunk's host."""
        hosts: Iterable[str] = ()
        if state.type == pj.PJSIP_EVENT_TX_MSG:
            hosts = [state.src.tdata.dstAddress.rpartition(":")[0]]
        elif state.type == pj.PJSIP_EVENT_RX_MSG:
            hosts = hosts_of(state.src.rdata.wholeMsg)
        for host in hosts:
            self._guard.expect(host)

    def _informed(self, received: Any) -> None:
        key = key_of_info(received.wholeMsg)
        if key is not None:
            request = int(received.pjRxData)
            _C.pjsip_dlg_respond(_C.pjsip_rdata_get_dlg(request), request, 200, None, None, None)
            self.note(functools.partial(EngineLine.pressed, key=key))


def quality_of(call: PjsipCall) -> RtpQuality:
    """What has come in on its present stream."""
    # In a variable: what is in it dies with it.
    statistics = call.getStreamStat(0)
    rtcp, buffer = statistics.rtcp, statistics.jbuf
    return RtpQuality(
        received=rtcp.rxStat.pkt,
        lost=call.valve.lost(rtcp.rxStat.pkt, rtcp.rxStat.loss),
        jitter_ms=round(rtcp.rxStat.jitterUsec.mean / 1000, 3),
        discarded=buffer.discard,
        buffered_ms=buffer.avgDelayMsec,
        round_trip_ms=round(rtcp.rttUsec.mean / 1000),
    )


def terms_of(call: PjsipCall) -> AudioTerms | None:
    """Where and how its far end hears; None where it has no audio."""
    if not call.hasMedia():
        return None
    # In variables: what is in them dies with them.
    stream, transport = call.getStreamInfo(0), call.getMedTransportInfo(0)
    codec = stream.audCodecParam
    host, _, port = stream.remoteRtpAddress.rpartition(":")
    return AudioTerms(
        host.strip("[]"),
        int(port),
        payload=stream.txPt,
        events=stream.audTxEventPt if stream.audTxEventPt >= 0 else None,
        packet_ms=codec.info.frameLen * codec.setting.frmPerPkt,
        both_ways=stream.dir == pj.PJMEDIA_DIR_ENCODING_DECODING,
        keeps_time=call.keeps_time,
        is_there=stream.remoteRtpAddress == transport.srcRtpName,
    )
