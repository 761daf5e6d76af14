"""The audit log: who did what, when, from where, what it was and what it became."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from typing import Any

SECRET = "(secret)"  # noqa: S105 - what is shown in a secret's place
OTHER_SECRET = "(another secret)"  # noqa: S105 - what is shown in a secret's place
LONGEST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that changed, in the words of the log; nothing was or became of it: empty."""

    what: str
    was: str
    became: str


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed, like `block`, on one thing, like `account alice`. Entries are only added; one that
    is only `begun` tells what was asked, and not whether it was done."""

    id: str
    at: datetime
    by: str
    role: str
    door: str
    address: str
    deed: str
    about: str
    changes: tuple[Change, ...] = ()
    begun: bool = False


def changes_between(old: Any, new: Any) -> tuple[Change, ...]:
    """What differs between two values of one dataclass, or of one and None. A field that `repr`
    leaves out is a secret: that it changed is told, and nothing else."""
    return tuple(_changes(old, new))


def members_changed(what: str, old: Iterable[str], new: Iterable[str]) -> tuple[Change, ...]:
    """What left a list that may be long, and what came to it."""
    was, became = list(old), list(new)
    left = [one for one in was if one not in {*became}]
    came = [one for one in became if one not in {*was}]
    return (Change(what, said(left), said(came)),) if left or came else ()


def _changes(old: Any, new: Any) -> Iterator[Change]:
    known = new if old is None else old
    for field in fields(known):
        was, became = (None if one is None else getattr(one, field.name) for one in (old, new))
        if was == became:
            continue
        if field.repr:
            told = said(was), said(became)
            # Of a new thing, what is empty is not told.
            if any(told):
                yield Change(field.name, *told)
        else:
            yield Change(field.name, SECRET if was else "", OTHER_SECRET if became else "")


def said(value: Any) -> str:
    """A value in the words of the log."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, (frozenset, set)):
        return ", ".join(sorted(map(said, value)))
    if isinstance(value, (tuple, list)):
        return ", ".join(map(said, value))[:LONGEST_TEXT]
    return str(value)[:LONGEST_TEXT]
