"""Caller IDs: how a trunk is told who calls, and what the phone that rings shows."""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Self

from switchboard.calls.rewriting import Rewrite, rewritten
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber

_NUMBER = re.compile(r"\+?[0-9]{1,20}", re.ASCII)
DOMAIN = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)
ANONYMOUS = '"Anonymous" <sip:anonymous@anonymous.invalid>'  # RFC 3323 §4.1.1.3


class Whose(Enum):
    """Whose number a header has: of who calls, or in its place the first of the account's."""

    CALLER = "caller"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls: `number`, None where that is not known, which is not `shown` to the far end where
    the account does not want it; `account` is the first number of the account, where known."""

    number: PhoneNumber | None = None
    account: PhoneNumber | None = None
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Header:
    """A header that has a number: `fixed` as it stands, else that of `whose`, written by the first
    of the `rewrites` that is for it."""

    whose: Whose = Whose.CALLER
    fixed: str = ""
    rewrites: tuple[Rewrite, ...] = ()

    def __post_init__(self) -> None:
        if self.fixed and not _NUMBER.fullmatch(self.fixed):
            raise Malformed(f"“{self.fixed[:30]}” is no number to show: up to 20 digits")

    def read(self, text: str) -> Self:
        """The header with what a text like `caller`, `account` or a number says."""
        if text in {whose.value for whose in Whose}:
            return type(self)(Whose(text), "", self.rewrites)
        return type(self)(Whose.CALLER, text, self.rewrites)

    @property
    def says(self) -> str:
        """What `read` reads as this."""
        return self.fixed or self.whose.value

    def __str__(self) -> str:
        return " ".join([self.says, *map(str, self.rewrites)])

    def user(self, caller: Caller) -> str | None:
        """The user part of its URI; None where there is no number."""
        if self.fixed:
            return self.fixed
        own = caller.account if self.whose is Whose.ACCOUNT else None
        number = own or caller.number
        return None if number is None else as_user(rewritten(number, self.rewrites))


@dataclass(frozen=True, slots=True)
class CallerId:
    """How a trunk is told who calls: by From, and where it trusts us by a P-Asserted-Identity
    (RFC 3325), both at `domain`, which is our address where it is empty. Where the number is not
    to be shown, From is anonymous unless it is fixed, and the trunk is asked for privacy."""

    sender: Header = Header()
    asserted: Header | None = None
    domain: str = ""

    def __post_init__(self) -> None:
        if self.domain and not DOMAIN.fullmatch(self.domain):
            raise Malformed(f"“{self.domain[:60]}” is no domain")

    @property
    def wants_account(self) -> bool:
        """Whether it has a number of the account's."""
        headers = (self.sender,) if self.asserted is None else (self.sender, self.asserted)
        return any(one.whose is Whose.ACCOUNT for one in headers)

    def headers(self, caller: Caller, host: str) -> "CallerHeaders":
        """What an INVITE says of this caller; `host` is how the outside knows us."""
        domain = self.domain or host
        user, others = self.sender.user(caller), []
        if user is None or not (caller.shown or self.sender.fixed):
            sender = ANONYMOUS
        else:
            sender = f"<sip:{user}@{domain}>"
        asserted = None if self.asserted is None else self.asserted.user(caller)
        if asserted is not None:
            others.append(("P-Asserted-Identity", f"<sip:{asserted}@{domain}>"))
        if not caller.shown:
            others.append(("Privacy", "id"))
        return CallerHeaders(sender, tuple(others))


@dataclass(frozen=True, slots=True)
class CallerHeaders:
    """The address in From, and the headers beside it, names with values."""

    sender: str
    others: tuple[tuple[str, str], ...] = ()


def as_user(number: str) -> str:
    """A number as the user part of a URI: of what may be in one, only # must be escaped (RFC 3261
    §25.1)."""
    return number.replace("#", "%23")
