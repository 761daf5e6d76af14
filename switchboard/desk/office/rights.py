"""How a use case of an operator is guarded, and how it is logged.

An entry of the audit log and what it tells of are in different tables, and no transaction spans all
that a use case writes. So a use case that changes something stands in the log from its beginning:
who, when, from where, what was asked. `log` completes that entry in its place, with what was and
what became. A use case that changed nothing, or was refused, takes it out again. What breaks off in
between, by a crash or a fault, leaves an entry that is only `begun`: whether it was done nobody
knows, that it was tried, and by whom, everybody does.

Sign-ins are logged when they are over: one that breaks off before its entry gave nobody a visit.
"""

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from inspect import signature
from typing import Concatenate, ParamSpec, TypeVar

from switchboard.errors import Refusal
from switchboard.ports import Audit, Page, Ports
from switchboard.staff.audit import AuditEntry, Change, said
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
UseCase = Callable[Concatenate[Ports, Operator, Asked], Answer]
# What is told of what was asked: what names a thing, and no more, since secrets are asked for too.
NAMES = ("account", "login", "name", "number", "callback", "amount", "reference")


def needs(
    area: Area, action: Action, *, writes: bool = True
) -> Callable[[UseCase[Asked, Answer]], UseCase[Asked, Answer]]:
    """Has a use case refuse whoever does not have this right, before it does anything. One to
    change something is logged from its beginning, unless it only looks up what can be changed and
    never `writes`."""
    right = Right(area, action)

    def guard(use_case: UseCase[Asked, Answer]) -> UseCase[Asked, Answer]:
        done = noted(use_case) if writes and action is Action.CHANGE else use_case

        @wraps(use_case)
        def guarded(
            ports: Ports, by: Operator, /, *asked: Asked.args, **named: Asked.kwargs
        ) -> Answer:
            by.check(right)
            return done(ports, by, *asked, **named)

        guarded.__dict__["right"] = right
        return guarded

    return guard


def right_of(use_case: Callable[..., object]) -> Right:
    """The right that a use case asks for."""
    right: Right = use_case.__dict__["right"]
    return right


def noted(use_case: UseCase[Asked, Answer]) -> UseCase[Asked, Answer]:
    """Has a use case that is guarded in another way stand in the log from its beginning."""
    takes = signature(use_case)
    deed = use_case.__name__.replace("_", " ")

    @wraps(use_case)
    def from_beginning(
        ports: Ports, by: Operator, /, *asked: Asked.args, **named: Asked.kwargs
    ) -> Answer:
        if isinstance(ports.audit, _Begun):
            return use_case(ports, by, *asked, **named)
        told = tuple(_told(takes.bind(ports, by, *asked, **named).arguments))
        with _begun(ports, _entry(ports, by, deed, "", told)) as known:
            return use_case(known, by, *asked, **named)

    return from_beginning


def log(ports: Ports, by: Operator, deed: str, about: str, changes: Sequence[Change] = ()) -> None:
    """Enter what was done into the audit log."""
    ports.audit.add(_entry(ports, by, deed, about, changes))


def _entry(
    ports: Ports, by: Operator, deed: str, about: str, changes: Sequence[Change]
) -> AuditEntry:
    return AuditEntry(
        id=secrets.token_hex(8),
        at=ports.clock.now(),
        by=by.login,
        role=by.role.name,
        door=by.door,
        address=by.address,
        deed=deed,
        about=about,
        changes=tuple(changes),
    )


class _Begun:
    """The audit log for a use case that stands in it: what that logs first completes its entry."""

    def __init__(self, audit: Audit, entry: AuditEntry) -> None:
        self._audit = audit
        self._entry = entry
        self.completed = False

    def begin(self, entry: AuditEntry) -> None:
        self._audit.begin(entry)

    def add(self, entry: AuditEntry) -> None:
        if not self.completed:
            entry = replace(entry, id=self._entry.id, at=self._entry.at)
        self._audit.add(entry)
        self.completed = True

    def forget(self, entry: AuditEntry) -> None:
        self._audit.forget(entry)

    def page(
        self,
        *,
        by: str | None = None,
        about: str | None = None,
        begun: bool = False,
        limit: int,
        cursor: str | None,
    ) -> Page[AuditEntry]:
        return self._audit.page(by=by, about=about, begun=begun, limit=limit, cursor=cursor)


@contextmanager
def _begun(ports: Ports, entry: AuditEntry) -> Iterator[Ports]:
    entry = replace(entry, begun=True)
    ports.audit.begin(entry)
    audit = _Begun(ports.audit, entry)
    try:
        yield replace(ports, audit=audit)
    except Refusal:
        if not audit.completed:
            ports.audit.forget(entry)
        raise
    if not audit.completed:
        ports.audit.forget(entry)


def _told(asked: Mapping[str, object]) -> Iterator[Change]:
    """What a use case was asked about: its arguments that name something, and the names of those
    that are things."""
    for parameter, value in asked.items():
        if parameter in NAMES:
            yield Change(parameter, "", said(value))
        elif parameter not in {"ports", "by"}:
            named = ((name, getattr(value, name, None)) for name in NAMES)
            yield from (Change(name, "", said(one)) for name, one in named if one is not None)
