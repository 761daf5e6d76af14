"""The PIN: asked for, tried against the lockout, and never repeated anywhere."""

import asyncio
import hmac
from dataclasses import dataclass, field
from datetime import timedelta

from switchboard.billing.account import Account
from switchboard.billing.pins import PinKey
from switchboard.desk.callback_numbers import add_number
from switchboard.desk.lockout import one_try, unknown
from switchboard.desk.pins import account_by_pin
from switchboard.errors import Malformed, Refusal, UnknownSender
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from workers.dialogue.keypad import TRIES, choose, enter
from workers.phone import Leg

# Every answer to a wrong PIN takes as long as any other, and each one longer than the one before.
ANSWER_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PinDoor:
    """Where a PIN is asked for: with an account number, or alone. Tries count against the caller,
    the service number, and all PINs."""

    ports: Ports
    key: PinKey = field(repr=False)
    caller: PhoneNumber
    service: PhoneNumber
    asks_account: bool = False

    async def ask(self, leg: Leg) -> Account | None:
        """The account whose PIN is entered; None where none is, within three tries."""
        for tried in range(1, TRIES + 1):
            number = await enter(leg, "enter-account") if self.asks_account else ""
            pin = await enter(leg, "enter-pin")
            answer_at = asyncio.get_running_loop().time() + tried * ANSWER_AFTER.total_seconds()
            try:
                return await asyncio.to_thread(self._find, number, pin)
            except (UnknownSender, Malformed):
                await asyncio.sleep(answer_at - asyncio.get_running_loop().time())
                await leg.play("wrong-pin" if tried < TRIES else "locked-out")
        return None

    def _find(self, number: str, pin: str) -> Account:
        """AccountBlocked and AccountExpired are for those only who know the PIN."""
        with one_try(self.ports, self.caller, self.service):
            account = account_by_pin(self.ports, self.key, pin)
            if self.asks_account and not _is_number_of(account, number):
                raise unknown()
            return account


async def offer_to_remember(
    leg: Leg, ports: Ports, account: Account, number: PhoneNumber
) -> Account:
    """The account, with the phone that it called from where that is wanted. A phone that belongs to
    an account is not offered: whose it is, is nobody's business."""
    if await asyncio.to_thread(ports.accounts.by_number, number) is not None:
        return account
    if await choose(leg, "remember-number") != "1":
        return account
    try:
        known = await asyncio.to_thread(add_number, ports, account, number)
    except Refusal:
        await leg.play("try-later")
        return account
    await leg.play("number-remembered")
    return known


def _is_number_of(account: Account, number: str) -> bool:
    """An account's number is what its id has of digits: 4711 of customer-4711."""
    digits = "".join(filter(str.isdecimal, account.profile.account))
    return bool(digits) and hmac.compare_digest(digits, number)
