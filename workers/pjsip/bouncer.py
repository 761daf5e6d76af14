"""The bouncer: refuses requests that belong to no call of ours, before pjsua-lib takes them up.

pjsua2 has no say in this. Left alone, the library opens two sockets for each INVITE that comes in,
whoever sent it, and a few dozen within half a second abort the process of the stock wheel; it takes
text messages, too. So a module of our own stands in front of the library's among pjsip's, behind
those that know transactions and dialogs: it sees only what is of neither.
"""

import ctypes
import re
from typing import Any

from pjsua2 import _pjsua2 as library

# Behind dialogs and their usages (pjsip's sip_module.h), in front of pjsua-lib.
PRIORITY = 60
NOT_FOUND, NOT_IMPLEMENTED = 404, 501
# An ACK is never answered; a CANCEL of what is over and a ping are the library's to answer.
LEFT_TO_THE_LIBRARY = {b"ACK", b"CANCEL", b"OPTIONS"}
# A request is stored within the structure that tells of it, how far behind its beginning depends on
# how the library was compiled; the buffer for it alone has 4,000 bytes.
WITHIN = 4000
_REQUEST_LINE = re.compile(rb"([^\s\0]+)[ \t]+[^\r\n\0]+[ \t]SIP/2\.0\s*[\r\n]", re.IGNORECASE)

_C = ctypes.CDLL(library.__file__)
_C.pjsua_get_pjsip_endpt.restype = ctypes.c_void_p
_C.pjsip_endpt_register_module.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
_C.pjsip_endpt_respond_stateless.argtypes = [
    ctypes.c_void_p,
    ctypes.c_void_p,
    ctypes.c_int,
    *3 * [ctypes.c_void_p],
]
_OnRequest = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)


class _Module(ctypes.Structure):
    """pjsip_module."""

    _fields_ = (
        *((name, ctypes.c_void_p) for name in ("prev", "next")),
        ("name", ctypes.c_char_p),
        ("name_length", ctypes.c_ssize_t),
        ("id", ctypes.c_int),
        ("priority", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("load", "start", "stop", "unload")),
        ("on_request", _OnRequest),
        *((f"on_{what}", ctypes.c_void_p) for what in ("response", "tx_request", "tx_response")),
        ("on_transaction", ctypes.c_void_p),
    )


class Bouncer:
    """To be kept for as long as the library lives."""

    def __init__(self) -> None:
        self._name = b"mod-bouncer"
        self._module = _Module(
            name=self._name,
            name_length=len(self._name),
            id=-1,
            priority=PRIORITY,
            on_request=_OnRequest(self._on_request),
        )

    def stand(self) -> None:
        """From now on, once the library is initialised."""
        endpoint = _C.pjsua_get_pjsip_endpt()
        status = _C.pjsip_endpt_register_module(endpoint, ctypes.byref(self._module))
        assert status == 0, f"pjsip took no module: {status}"

    def _on_request(self, request: int) -> Any:
        line = _REQUEST_LINE.search(ctypes.string_at(request, WITHIN))
        method = None if line is None else line[1].upper()
        if method in LEFT_TO_THE_LIBRARY:
            return False
        if method is None:
            # An answer to what may be an ACK would end the process of the stock wheel.
            return True
        code = NOT_FOUND if method == b"INVITE" else NOT_IMPLEMENTED
        endpoint = _C.pjsua_get_pjsip_endpt()
        _C.pjsip_endpt_respond_stateless(endpoint, request, code, None, None, None)
        return True
