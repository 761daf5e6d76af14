"""What several areas of the office are asked for and tell."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, create_model
from pydantic_core import PydanticCustomError

from chalicelib.bodies import ID as CALLBACK
from chalicelib.bodies import Model

NAME = "^[a-z0-9][a-z0-9._-]{0,63}$"
TRUNK = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
Kind = Literal["account", "number", "trunk", "callback"]
# What stands in a path by each name; anything else is not there.
PARTS: Mapping[str, str] = {
    "account": NAME,
    "batch": NAME,
    "callback": CALLBACK,
    "kind": "^(account|number|trunk|callback)$",
    "number": r"^\+?[1-9][0-9]{4,14}$",
    "role": NAME,
    "trunk": TRUNK,
    "user": NAME,
    "value": r"^\+?[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
}
FIRST_YEAR, LAST_YEAR = 2000, 2199

Name = Annotated[str, Field(pattern=NAME, examples=["alice"])]
TrunkName = Annotated[str, Field(pattern=TRUNK, examples=["carrier"])]
# What people read: no control characters, and none that turn the direction of what follows.
_MARKS = r"\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069"
Text = Annotated[str, Field(max_length=200, pattern=f"^[^{_MARKS}]*$")]
Title = Annotated[
    str, Field(max_length=80, pattern=f"^[^{_MARKS}]*[^ {_MARKS}][^{_MARKS}]*$", examples=["Alice"])
]
# What is entered of money: no more than an account can hold.
Sum = Annotated[str, Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$", examples=["12.50"])]
Version = Annotated[str, Field(pattern="^[0-9a-f]{16}$")]


def _meant(at: datetime) -> datetime:
    # The calendar ends soon after; beyond it nothing can be compared.
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise PydanticCustomError("year", f"the year is not between {FIRST_YEAR} and {LAST_YEAR}")
    return at.astimezone(UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_meant)]


class Patch(Model):
    """What is left out stays as it is; null takes away what may be missing, and leaves the rest."""

    def said(self) -> dict[str, Any]:
        """What is named, by field."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Part(Model):
    """Which part of a list."""

    cursor: Annotated[str | None, Field(max_length=2048)] = None
    """The cursor of the part before; the first where it is left out."""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class _Made(Model):
    """What has no source to look for the descriptions of its fields in, which takes 40 ms."""

    model_config = ConfigDict(use_attribute_docstrings=False)


@cache
def page_of(model: type[Model]) -> type[Model]:
    """A part of a list of these."""
    return create_model(
        f"{model.__name__}List",
        __base__=_Made,
        __doc__="A part of a list; `cursor` asks for the next part, null is the end.",
        items=(list[model], ...),  # type: ignore[valid-type]  # made while it runs
        cursor=(str | None, ...),
    )
