"""What customers are told: their balance, how long they can talk, when that is nearly over, and
what became of the number that they called."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.ports import Ports
from workers.phone import Leg

FIRST_WARNING, LAST_WARNING = timedelta(seconds=60), timedelta(seconds=30)
WARNINGS = ((FIRST_WARNING, "one-minute-left"), (LAST_WARNING, "beep"))


async def tell_balance(leg: Leg, ports: Ports, account: str) -> None:
    """What the account has, until a key is pressed."""
    balance = await asyncio.to_thread(ports.books.balance, account)
    await leg.play_until_key("balance-is", balance.posted)


async def warn(leg: Leg, left: Callable[[], Awaitable[float]]) -> None:
    """Tell the customer alone that the talk is nearly over. `left` gives the seconds that it can
    still last, which may become more; of a talk that was short from the start, it is too late."""
    for before, prompt in WARNINGS:
        early_s = await left() - before.total_seconds()
        if early_s <= 0:
            continue
        while early_s > 0:
            await asyncio.sleep(early_s)
            early_s = await left() - before.total_seconds()
        await leg.play(prompt)


def what_became(verdict: Verdict) -> str:
    """The prompt that says how a destination ended."""
    match verdict:
        case Verdict(Ending.HUNG_UP, Culprit.DESTINATION):
            return "destination-hung-up"
        case Verdict(Ending.BUSY):
            return "destination-busy"
        case Verdict(Ending.NO_ANSWER):
            return "destination-no-answer"
        case _:
            return "destination-unreachable"
