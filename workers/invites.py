"""What an INVITE tells of a ring: which number was rung, by whom, and whether that may be known."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime

from switchboard.calls.callback import Trigger
from switchboard.calls.ring import Ring, caller_id, international
from switchboard.errors import NotANumber
from switchboard.numbering import PhoneNumber
from switchboard.sip.fields import MalformedSip, NameAddress, Uri, split
from switchboard.sip.message import Request

SOURCE = "sip"
# RFC 3323 §4.2, RFC 3325 §9.3. "session" asks for a relay of the media, which hides no number.
HIDES_CALLER = {"id", "user", "header"}
# RFC 3966 §5.1.1
_SEPARATORS = re.compile("[-.() ]")


def read_ring(invite: Request, at: datetime) -> Ring:
    """The ring that an INVITE is; its id is that of the dialog which it would have made, so that
    the INVITE repeated is the same ring. NotANumber where no number was rung."""
    dialog = f"{invite.call_id}#{invite.from_tag or ''}"
    # Bytes that are no UTF-8 tell dialogs apart, too, and cannot be written down as they are.
    identity = dialog.encode(errors="surrogateescape").decode(errors="backslashreplace")
    trigger = Trigger(SOURCE, identity)
    return Ring(trigger, None if _is_private(invite) else _caller(invite), _rung(invite), at)


def _rung(invite: Request) -> PhoneNumber:
    """Where a carrier sends all calls to one address, only To has the number."""
    try:
        return international(_user(Uri.parse(invite.uri)))
    except (NotANumber, MalformedSip):
        return international(_user(NameAddress.parse(invite.required("To")).uri))


def _caller(invite: Request) -> PhoneNumber | None:
    """What the network asserts comes before what the caller says."""
    fields = ("P-Asserted-Identity", "Remote-Party-ID", "From")
    addresses = (address for field in fields for address in _addresses(invite, field))
    return next(filter(None, (caller_id(_user(address.uri)) for address in addresses)), None)


def _is_private(invite: Request) -> bool:
    asked = {word for value in invite.listed("Privacy") for word in split(value.lower(), ";")}
    # What came before RFC 3325, and is sent still (draft-ietf-sip-privacy-04).
    remote = {one.params.get("privacy") for one in _addresses(invite, "Remote-Party-ID")}
    return bool(asked & HIDES_CALLER or remote & {"full", "uri"})


def _addresses(invite: Request, field: str) -> Iterator[NameAddress]:
    """Those that can be read: a field is as good as the proxy that wrote it."""
    for value in invite.listed(field):
        with suppress(MalformedSip):
            yield NameAddress.parse(value)


def _user(uri: Uri) -> str:
    return _SEPARATORS.sub("", uri.user)
