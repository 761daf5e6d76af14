"""What a text can ask for. Where it names phones, they stay as written until it is known whose
phone book and country they are to be read by."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Connect:
    """Connect these phones; none are named where the customer is to be asked. They may be behind
    a PIN, so that they are not shown."""

    phones: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Later:
    """Connect these phones at this time, by the account's clocks; on the day given, else the next
    time that it is so late."""

    at: time
    on: date | None
    phones: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowBalance:
    """How much money is there?"""


@dataclass(frozen=True, slots=True)
class ShowPrice:
    """What would these phones be connected for, and for how long?"""

    phones: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Redial:
    """Connect me with the last number again."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End what is running, or give up what is planned."""


@dataclass(frozen=True, slots=True)
class Redeem:
    """Top up with a voucher."""

    voucher: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Register:
    """Let this phone be called at the account's cost."""

    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Confirm:
    """The code that confirms a phone."""

    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ShowHelp:
    """What can be texted?"""


PlainOrder: TypeAlias = (
    Connect
    | Later
    | ShowBalance
    | ShowPrice
    | Redial
    | HangUp
    | Redeem
    | Register
    | Confirm
    | ShowHelp
)


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order by whoever has this login and password, from any phone."""

    login: str
    password: str = field(repr=False)
    order: Connect | Register


TextOrder: TypeAlias = PlainOrder | SignedOrder
