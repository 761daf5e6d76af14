"""What API clients send and get about their own phones and phone books."""

from typing import Annotated

from pydantic import Field

from chalicelib.bodies import E164, Model, Number
from switchboard.calls.phonebook import MOST_NAMES
from switchboard.desk.callback_numbers import MOST_NUMBERS

SpeedDial = Annotated[str, Field(pattern="^[1-9][0-9]?$")]


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


class CodeOrder(Model):
    """The code that was sent to a phone."""

    number: Number
    code: Annotated[str, Field(pattern="^[0-9]{6}$")]
