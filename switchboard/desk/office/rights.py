"""How a use case of an operator is guarded, and how it is logged."""

import secrets
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from switchboard.ports import Ports
from switchboard.staff.audit import AuditEntry, Change
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
UseCase = Callable[Concatenate[Ports, Operator, Asked], Answer]


def needs(area: Area, action: Action) -> Callable[[UseCase[Asked, Answer]], UseCase[Asked, Answer]]:
    """Has a use case refuse whoever does not have this right, before it does anything."""
    right = Right(area, action)

    def guard(use_case: UseCase[Asked, Answer]) -> UseCase[Asked, Answer]:
        @wraps(use_case)
        def guarded(
            ports: Ports, by: Operator, /, *asked: Asked.args, **named: Asked.kwargs
        ) -> Answer:
            by.check(right)
            return use_case(ports, by, *asked, **named)

        guarded.__dict__["right"] = right
        return guarded

    return guard


def right_of(use_case: Callable[..., object]) -> Right:
    """The right that a use case asks for."""
    right: Right = use_case.__dict__["right"]
    return right


def log(ports: Ports, by: Operator, deed: str, about: str, changes: Sequence[Change] = ()) -> None:
    """Enter what was done into the audit log."""
    ports.audit.add(
        AuditEntry(
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
    )
