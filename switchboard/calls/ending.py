"""How a leg or a callback ended, and whose doing it was."""

from dataclasses import dataclass
from enum import Enum


class Party(Enum):
    """Who stands at the end of a leg."""

    CUSTOMER = "customer"
    DESTINATION = "destination"


class Culprit(Enum):
    """Whose doing an ending was."""

    CUSTOMER = "customer"
    DESTINATION = "destination"
    CARRIER = "carrier"
    US = "us"


class Ending(Enum):
    """Why something ended; a value, not an error."""

    HUNG_UP = "hung_up"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    NOT_FOUND = "not_found"
    UNREACHABLE = "unreachable"
    CARRIER_FAILED = "carrier_failed"
    TALK_LIMIT = "talk_limit"
    NOT_CONFIRMED = "not_confirmed"
    CONFIRMED = "confirmed"
    NO_DESTINATION = "no_destination"
    CANCELLED = "cancelled"
    WORKER_LOST = "worker_lost"
    NO_CREDIT = "no_credit"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An ending with its culprit: what one leg's failure says of the world."""

    ending: Ending
    culprit: Culprit


def verdict_of(sip_code: int, party: Party) -> Verdict:
    """What a final SIP answer to our INVITE means. An unknown code counts against us.

    RFC 3261 §21; 480, 408 and 487 are what carriers send when nobody picked up.
    """
    person = Culprit(party.value)
    known = {
        404: Verdict(Ending.NOT_FOUND, person),
        408: Verdict(Ending.UNREACHABLE, Culprit.CARRIER),
        410: Verdict(Ending.NOT_FOUND, person),
        480: Verdict(Ending.NO_ANSWER, person),
        484: Verdict(Ending.NOT_FOUND, person),
        486: Verdict(Ending.BUSY, person),
        487: Verdict(Ending.NO_ANSWER, person),
        600: Verdict(Ending.BUSY, person),
        603: Verdict(Ending.DECLINED, person),
        604: Verdict(Ending.NOT_FOUND, person),
    }
    if sip_code in known:
        return known[sip_code]
    if 500 <= sip_code <= 599:
        return Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)
    return Verdict(Ending.FAILED, Culprit.US)


def is_about_the_trunk(sip_code: int | None) -> bool:
    """Whether a final answer to our INVITE is not about the number, so that another trunk may do
    better: a redirection, which is not followed, our credentials or our money there (401, 402,
    407), what we can do (415, 488), and whatever a carrier fails with (408, 5xx)."""
    if sip_code is None:
        return False
    return sip_code // 100 in {3, 5} or sip_code in {401, 402, 407, 408, 415, 488}
