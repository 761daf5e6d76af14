"""Answer confirmation: a person presses 1, and a voicemail box does not."""

from workers.dialogue.keypad import TRIES, choose
from workers.phone import Leg


async def confirmed(leg: Leg) -> bool:
    """Whether 1 was pressed, soon enough."""
    for _ in range(TRIES):
        if await choose(leg, "press-one") == "1":
            return True
    return False
