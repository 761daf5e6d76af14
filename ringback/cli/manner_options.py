"""What the command line says of how customers are spoken to."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from switchboard.calls.manners import Manners

WORDS = ("confirm", "tell-balance", "tell-limit", "ask-next", "show-number")

Manner = Annotated[
    list[str] | None,
    typer.Option(
        metavar="[no-]confirm|tell-balance|tell-limit|ask-next|show-number",
        help="Customers must press 1 first; hear the balance; hear how long they can talk; are"
        " asked for the next number after a call; are shown to who is called. Repeatable.",
    ),
]


def manners_of(given: list[str] | None) -> "Manners":
    """The manners that the options ask for."""
    from switchboard.calls.manners import Manners
    from switchboard.errors import Malformed

    said = {}
    for text in given or ():
        word = text.removeprefix("no-")
        if word not in WORDS:
            raise Malformed(
                f"--manner is “{text[:20]}”: write {', '.join(WORDS)}, or no- before one of them"
            )
        said[word.replace("-", "_")] = word == text
    return Manners(**said)
