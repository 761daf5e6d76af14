"""Lists that are read part by part."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list; `cursor` asks for the next part, None is the end."""

    items: Sequence[Item]
    cursor: str | None
