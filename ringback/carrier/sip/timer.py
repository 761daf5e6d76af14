"""The session timer of one call: who called refreshes it, or it is over (RFC 4028)."""

import asyncio
import re
from collections.abc import Callable

from switchboard.sip.message import Header, Request

_EXPIRES = re.compile(r"(\d{1,6})\s*(?:;.*)?", re.ASCII)
# How long before the end a callee gives up, at most, and as a part of the whole (§10).
_SPARE_S, _SPARE_PART = 32, 3


class SessionTimer:
    """The callee's half; none runs where it is not `wanted`. `expired` is called where no refresh
    comes in time."""

    def __init__(self, expired: Callable[[], None], *, wanted: bool) -> None:
        self._expired = expired
        self._wanted = wanted
        self._expires_s = 0
        self._end: asyncio.TimerHandle | None = None

    def granted(self, invite: Request) -> tuple[Header, ...]:
        """What our acceptance of an INVITE says of the timer, which it starts anew."""
        self.stop()
        asked = _EXPIRES.fullmatch(invite.header("Session-Expires") or "")
        if asked is None or "timer" not in invite.listed("Supported") or not self._wanted:
            return ()
        self._expires_s = int(asked[1])
        self._start()
        return ("Require", "timer"), ("Session-Expires", f"{self._expires_s};refresher=uac")

    @property
    def asked(self) -> tuple[Header, ...]:
        """What an INVITE of ours says of it."""
        if self._end is None:
            return ()
        return ("Supported", "timer"), ("Session-Expires", f"{self._expires_s};refresher=uas")

    def refreshed(self) -> None:
        """An INVITE of ours was accepted."""
        if self._end is not None:
            self.stop()
            self._start()

    def stop(self) -> None:
        """No more."""
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _start(self) -> None:
        spare_s = min(_SPARE_S, self._expires_s / _SPARE_PART)
        loop = asyncio.get_running_loop()
        self._end = loop.call_later(self._expires_s - spare_s, self._expired)
