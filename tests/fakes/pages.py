"""Parts of a list in memory."""

from collections.abc import Sequence
from typing import TypeVar

from switchboard.errors import Malformed
from switchboard.ports import Page

Item = TypeVar("Item")


def page_of(
    items: Sequence[Item], names: Sequence[str], *, limit: int, cursor: str | None
) -> Page[Item]:
    """What stands behind the item that the cursor names, up to a limit."""
    if cursor is not None and cursor not in names:
        raise Malformed("this cursor is not one of ours")
    start = 0 if cursor is None else names.index(cursor) + 1
    more = len(items) > start + limit
    return Page(items[start : start + limit], names[start + limit - 1] if more else None)
