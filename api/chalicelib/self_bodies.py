"""What API clients send and get about their own phones and phone books."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from chalicelib.bodies import CODE, E164, ID, SPEED_DIAL, Model, Number
from switchboard.calls.phonebook import MOST_NAMES
from switchboard.desk.callback_numbers import MOST_NUMBERS, By

SpeedDial = Annotated[str, Field(pattern=SPEED_DIAL)]


class VoucherOrder(Model):
    """A voucher to be redeemed."""

    voucher: Annotated[str, Field(min_length=1, max_length=64)]
    """Its number, with or without spaces and dashes."""


class NamesOrder(Model):
    """A phone book. Local numbers are read in the account's country."""

    names: Annotated[dict[str, Number], Field(max_length=MOST_NAMES)]
    """Each name, of up to 40 characters, with its number."""


class Names(Model):
    """A phone book."""

    names: dict[str, E164]


class SpeedDialsOrder(Model):
    """Speed dials. Local numbers are read in the account's country."""

    speed_dials: dict[SpeedDial, Number]
    """1 to 99, each with its number."""


class SpeedDials(Model):
    """Speed dials, 1 to 99."""

    speed_dials: dict[SpeedDial, E164]


class NumbersOrder(Model):
    """The phones that shall act for the account and be called at its cost; the first one is the
    default. Others are removed."""

    numbers: Annotated[list[Number], Field(max_length=MOST_NUMBERS)]


class Numbers(Model):
    """The phones that act for the account."""

    numbers: list[E164]
    default_number: E164 | None
    pending: list[E164]
    """Phones to which a code was sent now: they are added when it is confirmed."""


class CodeRequest(Model):
    """A phone that shall act for the account."""

    number: Number
    by: By = By.TEXT
    """How it is confirmed: `sms` texts a code to it, which is posted to `/numbers/confirmations`
    or texted back from it; `call` rings it at no cost, and has the code keyed in there that is
    in the answer."""


class CodeSent(Model):
    """How a phone is being confirmed."""

    number: E164
    by: By
    expires_at: datetime
    code: Annotated[str | None, Field(pattern=CODE)]
    """To be keyed in on the phone; null where it was texted there."""
    callback: Annotated[str | None, Field(pattern=ID)]
    """The callback that rings the phone; null where it was texted to. It ends as `confirmed` where
    the phone was added."""


class CodeOrder(Model):
    """The code that was texted to a phone."""

    number: Number
    code: Annotated[str, Field(pattern=CODE)]
