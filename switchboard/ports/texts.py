"""What texts need of the world: limits, answers that were given, codes, providers, a way out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from switchboard.calls.phonebook import PhoneBook
from switchboard.calls.velocity import Limit
from switchboard.numbering import PhoneNumber
from switchboard.texts.provider import SmsProvider


class Throttle(Protocol):
    """Counts what must not happen too often. Two writers never both take the last place."""

    def take(self, key: str, limit: Limit, now: datetime) -> bool:
        """Whether it may happen once more in the present window; it is counted then: one
        conditional write, which counts twice at most where its reply was lost."""

    def give_back(self, key: str, limit: Limit, now: datetime) -> None:
        """Not count it, after all."""


class Answers(Protocol):
    """What was answered to a trigger, kept for a day: a trigger that comes again gets the same."""

    def find(self, trigger: str) -> str | None:
        """The answer kept, strongly consistent; an empty one is an answer, too."""

    def keep(self, trigger: str, answer: str, now: datetime) -> None:
        """Keep an answer, unless there is one."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A phone that an account wants to use, and the keyed hash of the code that was sent to it."""

    number: PhoneNumber
    account: str
    code_hash: str = field(repr=False)
    expires_at: datetime
    tries: int


class Confirmations(Protocol):
    """Codes that are waited for, one a phone."""

    def put(self, confirmation: Confirmation) -> None:
        """Wait for this code, in the place of an earlier one."""

    def try_once(self, number: PhoneNumber, now: datetime) -> Confirmation | None:
        """The code to compare with, one of its tries taken; None where it expired, has no try
        left, or never was."""

    def remove(self, number: PhoneNumber) -> None:
        """Wait no more."""


class PhoneBooks(Protocol):
    """The phone book and speed dials of each account."""

    def get(self, account: str) -> PhoneBook:
        """As it stands, strongly consistent; an empty one where nothing was saved."""

    def save(self, old: PhoneBook, new: PhoneBook) -> bool:
        """Replace it, if it is still the old one."""


class SmsProviders(Protocol):
    """How the providers of texts that are not built in speak."""

    def save(self, provider: SmsProvider) -> None:
        """Keep a provider, in the place of one of the same name. Seen within seconds."""

    def get(self, name: str) -> SmsProvider:
        """The provider of this name. NotFound where there is none."""

    def remove(self, name: str) -> bool:
        """Take a provider away; whether there was one."""

    def all(self) -> Sequence[SmsProvider]:
        """Every provider, by name."""


class Texts(Protocol):
    """The way out, for texts that answer nobody."""

    def send(self, to: PhoneNumber, text: str) -> None:
        """Send a text. NotTexted where no texts can be sent, or not to there."""
