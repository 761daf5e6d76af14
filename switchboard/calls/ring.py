"""A ring on a service number, from whatever door it came."""

from dataclasses import dataclass
from datetime import datetime

from switchboard.calls.callback import Trigger
from switchboard.errors import NotANumber
from switchboard.numbering import PhoneNumber


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody rang, and was not answered. The trigger is the source with its own id of the event;
    the caller is None where the caller ID is withheld, or no number."""

    trigger: Trigger
    caller: PhoneNumber | None
    service: PhoneNumber
    rang_at: datetime


def international(text: str) -> PhoneNumber:
    """A number as networks write it: E.164, perhaps with 00 for the plus or without either.
    NotANumber where it is none."""
    digits = text.strip().removeprefix("+").removeprefix("00")
    return PhoneNumber(f"+{digits}")


def caller_id(text: str | None) -> PhoneNumber | None:
    """The caller, None where this is no number."""
    try:
        return international(text or "")
    except NotANumber:
        return None
