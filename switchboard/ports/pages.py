"""Lists that are read part by part."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a list; `cursor` asks for the next part, None is the end."""

    items: Sequence[Item]
    cursor: str | None


def items_of(part_at: Callable[[str | None], Page[Item]]) -> Iterator[Item]:
    """All items of a list, whose parts are read as they are asked for: the first one at None."""
    cursor = None
    while True:
        part = part_at(cursor)
        yield from part.items
        cursor = part.cursor
        if cursor is None:
            return
