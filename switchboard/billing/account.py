"""An account: who pays, and what holds for their callbacks."""

import re
from dataclasses import dataclass, field
from enum import Enum

from switchboard.errors import Malformed
from switchboard.ledger.balance import Balance
from switchboard.numbering import PhoneNumber

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


class AccountType(Enum):
    """Whether an account pays before or after."""

    PREPAID = "prepaid"
    POSTPAID = "postpaid"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of an account beside its money. `country` (ISO 3166) is how its local numbers
    are read; `numbers` are the caller IDs that act for it, the first one is the default."""

    account: str
    name: str
    currency: str
    sheet: str
    type: AccountType = AccountType.PREPAID
    country: str = "US"
    language: str = "en"
    numbers: tuple[PhoneNumber, ...] = ()
    login: str | None = None
    password_hash: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_id("account", self.account)
        if self.login is not None:
            check_id("login", self.login)
        if not re.fullmatch("[A-Z]{2}", self.country):
            raise Malformed(f"“{self.country[:20]}” is not a country: write two letters, like GB")

    @property
    def default_number(self) -> PhoneNumber | None:
        """The phone that Ringback calls where nothing else is said."""
        return self.numbers[0] if self.numbers else None


@dataclass(frozen=True, slots=True)
class Account:
    """A profile with its balance, as both stood at one moment."""

    profile: Profile
    balance: Balance


class ServiceMode(Enum):
    """How a service number knows who pays: by caller ID, or by belonging to one account."""

    ANI = "ani"
    DID = "did"


@dataclass(frozen=True, slots=True)
class ServiceNumber:
    """A number that customers ring or text. A DID names its account and the phone to ring."""

    number: PhoneNumber
    mode: ServiceMode = ServiceMode.ANI
    account: str | None = None
    rings: PhoneNumber | None = None

    def __post_init__(self) -> None:
        is_did = self.mode is ServiceMode.DID
        if (self.account is not None, self.rings is not None) != (is_did, is_did):
            raise Malformed("a DID, and only a DID, has an account and a number that it rings")


def check_id(what: str, text: str) -> str:
    """An account id or login as it may be. Malformed where it may not."""
    if not _ID.fullmatch(text):
        raise Malformed(
            f"{what} “{text[:40]}”: use up to 64 small letters, digits, dots, dashes, underscores"
        )
    return text
