"""What customers press: one key, or a number."""

from datetime import timedelta

from workers.phone import Leg
from workers.speech.spoken import Part

# How long a customer may take, to the first key and from one key to the next.
FIRST_KEY_LIMIT = timedelta(seconds=8)
NEXT_KEY_LIMIT = timedelta(seconds=4)
TRIES = 3
# More than any number or PIN has.
LONGEST = 32
REDIAL = "0*"


async def enter(leg: Leg, *parts: Part) -> str:
    """What is entered after, or while, this is said, until `#` or a pause.

    A `*` takes back what was entered; at the beginning it is part of it, and so it is in `0*`.
    """
    await leg.play_until_key(*parts)
    entered, limit = "", FIRST_KEY_LIMIT
    while len(entered) < LONGEST:
        key = await leg.key(limit=limit)
        if key is None or key == "#":
            break
        entered = _after(entered, key)
        if entered == REDIAL:
            break
        limit = NEXT_KEY_LIMIT
    return "" if entered == "*" else entered


async def choose(leg: Leg, *parts: Part) -> str | None:
    """The one key that is pressed after, or while, this is said."""
    await leg.play_until_key(*parts)
    return await leg.key(limit=FIRST_KEY_LIMIT)


async def forget(leg: Leg) -> None:
    """What was pressed before a question is no answer to it."""
    while await leg.key(limit=timedelta()) is not None:
        pass


def _after(entered: str, key: str) -> str:
    if key != "*" or entered in ("", "0"):
        return entered + key
    return ""
