"""Another phone is registered by the customer on the line."""

import asyncio

from switchboard.billing.pins import PinKey
from switchboard.desk.callback_numbers import CodeMaker
from switchboard.desk.code_calls import CodeCall, call_for_code
from switchboard.numbering import parse_number
from switchboard.ports import Ports
from workers.dialogue.keypad import enter
from workers.phone import Leg
from workers.speech.spoken import Keys


async def register_phone(leg: Leg, ports: Ports, key: PinKey, account: str) -> None:
    """Ask for a phone, have it rung, and tell the code that is to be keyed in there. Refuses as
    `call_for_code` does, and what is no number in the account's country."""
    entered = await enter(leg, "enter-new-number")

    def called() -> CodeCall:
        known = ports.accounts.get(account)
        number = parse_number(entered, known.profile.country)
        return call_for_code(ports, CodeMaker(key), known, number)

    code = Keys((await asyncio.to_thread(called)).code.digits)
    # Who heard it in full may go on at once.
    await leg.play_until_key("your-code-is", code, "your-code-is", code)
