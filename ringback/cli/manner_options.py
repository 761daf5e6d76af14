"""What the command line says of how customers are spoken to."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from switchboard.calls.manners import Manners

Confirm = Annotated[
    bool | None,
    typer.Option(
        "--confirm/--no-confirm",
        help="Whether a customer must press 1 before anything else: a voicemail box does not.",
    ),
]
TellBalance = Annotated[
    bool | None,
    typer.Option(
        "--tell-balance/--no-tell-balance",
        help="Whether the balance is told before a number is dialled (to who gave a PIN).",
    ),
]
TellLimit = Annotated[
    bool | None,
    typer.Option(
        "--tell-limit/--no-tell-limit",
        help="Whether it is told how long one can talk (to who dialled the number).",
    ),
]
AskNext = Annotated[
    bool | None,
    typer.Option(
        "--ask-next/--no-ask-next",
        help="Whether the next number is asked for after a call (of who dialled the first).",
    ),
]


def manners_of(given: Mapping[str, Any]) -> "Manners":
    """The manners that the options, by their names, ask for."""
    from switchboard.calls.manners import Manners

    names = ("confirm", "tell_balance", "tell_limit", "ask_next")
    return Manners(**{name: given.get(name) for name in names})
