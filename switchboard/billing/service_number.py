"""Service numbers: what customers ring and text, and what a ring on one does."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from switchboard.billing.account import check_language
from switchboard.billing.opening_hours import OpeningHours
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.errors import Malformed, NumberClosed
from switchboard.numbering import PhoneNumber

LONGEST_DELAY = timedelta(minutes=10)
MOST_RETRIES = 10
MOST_LANGUAGES = 9
LONGEST_RETRY_PAUSE = timedelta(hours=1)
LONGEST_QUIET = timedelta(hours=1)


class ServiceMode(Enum):
    """How a service number knows who pays: by caller ID, by belonging to one account, by a PIN that
    is asked for on the phone, or by a PIN of those only whose caller ID says nothing."""

    ANI = "ani"
    DID = "did"
    PIN = "pin"
    ANI_OR_PIN = "ani-or-pin"

    @property
    def may_ask_pin(self) -> bool:
        """Whether it rings callers of whom no account is known."""
        return self in {ServiceMode.PIN, ServiceMode.ANI_OR_PIN}


class RingsBack(Enum):
    """Which phone is rung for a caller whose account is known by caller ID."""

    CALLER = "caller"
    DEFAULT_NUMBER = "default-number"


class WhenClosed(Enum):
    """What becomes of a ring outside of the opening hours."""

    QUEUE = "queue"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class ServiceNumber:
    """A number that customers ring or text. A DID names its account and the phone to ring; one that
    may ask for a PIN names the account that pays until the PIN is known.

    A ring is answered by a callback after `delay`, in which the caller's line becomes free; within
    `quiet` of it, another ring of the same caller is the same. Where the customer is not reached
    it is tried `retries` times more, `retry_after` each. Without a language it is the account's.
    While it is `suspended`, it rings nobody.

    Of several `languages` the caller chooses by key; a PIN is asked for together with an account
    number where it `asks_account`. Its manners go before those of accounts.
    """

    number: PhoneNumber
    mode: ServiceMode = ServiceMode.ANI
    account: str | None = None
    rings: PhoneNumber | None = None
    rings_back: RingsBack = RingsBack.CALLER
    delay: timedelta = timedelta(seconds=2)
    language: str | None = None
    hours: OpeningHours | None = None
    when_closed: WhenClosed = WhenClosed.QUEUE
    retries: int = 0
    retry_after: timedelta = timedelta(minutes=1)
    quiet: timedelta = timedelta(seconds=30)
    suspended: bool = False
    languages: tuple[str, ...] = ()
    asks_account: bool = False
    manners: Manners = AS_USUAL

    def __post_init__(self) -> None:
        if (self.rings is not None) != (self.mode is ServiceMode.DID):
            raise Malformed("a DID, and only a DID, has a number that it rings")
        if (self.account is not None) != (self.mode is not ServiceMode.ANI):
            raise Malformed(
                "a DID has an account, a number that asks for PINs has one that pays until the PIN"
                " is known, and a number that goes by caller ID has none"
            )
        if self.language is not None:
            check_language(self.language)
        for language in self.languages:
            check_language(language)
        if len(self.languages) > MOST_LANGUAGES:
            raise Malformed(f"callers choose by one key, among {MOST_LANGUAGES} languages at most")
        _check("the delay", self.delay, timedelta(), LONGEST_DELAY)
        _check("the quiet period", self.quiet, timedelta(), LONGEST_QUIET)
        _check(
            "the pause before a retry", self.retry_after, timedelta(seconds=1), LONGEST_RETRY_PAUSE
        )
        if not 0 <= self.retries <= MOST_RETRIES:
            raise Malformed(f"a callback is tried again 0 to {MOST_RETRIES} times")

    def rings_at(self, at: datetime) -> datetime:
        """When a callback that was ready at this instant may ring: NumberClosed where the number is
        closed then and does not queue."""
        opens_at = at if self.hours is None else self.hours.opens_at(at)
        if opens_at > at and self.when_closed is WhenClosed.REFUSE:
            raise NumberClosed("this service number is closed now")
        return opens_at


def _check(what: str, span: timedelta, least: timedelta, most: timedelta) -> None:
    if not least <= span <= most:
        raise Malformed(
            f"{what} is {least // timedelta(seconds=1)} to {most // timedelta(seconds=1)} seconds"
        )
