"""Confirmation by keys, which no voicemail box presses: that a person answers, and that a phone
belongs to who asked for its code."""

import asyncio
from datetime import timedelta

from switchboard.billing.pins import PinKey
from switchboard.calls.callback import Callback
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.callback_numbers import By, confirm_number
from switchboard.errors import AlreadyExists, Conflict, Refusal
from switchboard.ports import Ports
from workers.dialogue.keypad import TRIES, choose, enter
from workers.phone import Leg

# We pay for it: long enough for three tries, and no longer.
CODE_LIMIT = timedelta(seconds=90)
CONFIRMED = Verdict(Ending.CONFIRMED, Culprit.CUSTOMER)
NOT_CONFIRMED = Verdict(Ending.NOT_CONFIRMED, Culprit.CUSTOMER)


async def confirmed(leg: Leg) -> bool:
    """Whether 1 was pressed, soon enough."""
    for _ in range(TRIES):
        if await choose(leg, "press-one") == "1":
            return True
    return False


async def phone_confirmed(leg: Leg, ports: Ports, key: PinKey, callback: Callback) -> Verdict:
    """How a call ended that asks for the code of a phone: confirmed where it was keyed in."""
    try:
        async with asyncio.timeout(CODE_LIMIT.total_seconds()):
            # Who did not ask for it hears why the phone rings, and hangs up.
            if await choose(leg, "confirm-number") == "1":
                return await _code_entered(leg, ports, key, callback)
    except TimeoutError:
        pass
    return NOT_CONFIRMED


async def _code_entered(leg: Leg, ports: Ports, key: PinKey, callback: Callback) -> Verdict:
    def confirm(code: str) -> None:
        number, account = callback.customer, callback.account
        confirm_number(ports, key, number, code, account=account, by=By.CALL)

    for _ in range(TRIES):
        entered = await enter(leg, "enter-code")
        try:
            await asyncio.to_thread(confirm, entered)
        except Refusal as refusal:
            if isinstance(refusal, (AlreadyExists, Conflict)):
                await leg.play("try-later")
                break
            await leg.play("wrong-code")
        else:
            return CONFIRMED
    return NOT_CONFIRMED
