"""A call of pjsua2: what happens to it is noted, for the engine to report."""

import ctypes
import functools
import logging
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
from workers.sdp import with_codecs, with_usual_telephone_events

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
        if request.method == "INVITE" and 100 <= request.statusCode < 200:
            self.note(functools.partial(EngineLine.progressed, sip_code=request.statusCode))
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
    def onStreamDestroyed(self, _parameter: Any) -> None:
        """The last moment at which the figures are there; by then the call denies its media."""
        self.note(functools.partial(EngineLine.stream_closed, quality=quality_of(self)))

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
        parameter.sdp.wholeSdp = with_codecs(description, self._codecs)

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
        lost=rtcp.rxStat.loss,
        jitter_ms=round(rtcp.rxStat.jitterUsec.mean / 1000, 3),
        discarded=buffer.discard,
        buffered_ms=buffer.avgDelayMsec,
        round_trip_ms=round(rtcp.rttUsec.mean / 1000),
    )
