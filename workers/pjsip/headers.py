"""The headers of a request, as pjsua2 wants to be given them."""

from typing import Any

from pjsua2 import pjsua2 as pj

from switchboard.calls.caller_id import CallerHeaders


def tell(options: Any, headers: CallerHeaders) -> None:
    """Have the request that is sent with these options tell who calls."""
    options.localUri = headers.sender
    for name, value in headers.others:
        header = pj.SipHeader()
        header.hName, header.hValue = name, value
        options.headers.append(header)
