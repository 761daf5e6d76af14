"""A voucher is redeemed by its number."""

import asyncio

from switchboard.billing.pins import PinKey
from switchboard.calls.callback import Callback
from switchboard.desk.lockout import one_try
from switchboard.desk.vouchers import redeem
from switchboard.errors import Malformed, VoucherRefused
from switchboard.ports import Ports
from workers.dialogue.keypad import enter
from workers.phone import Leg


async def redeem_voucher(leg: Leg, ports: Ports, key: PinKey, callback: Callback) -> None:
    """Ask for a voucher and top the account up with it. Vouchers are PINs: whoever tries them is
    locked out as for any other, and what refuses one is not told. UnknownSender where locked out,
    VoucherRefused otherwise."""
    entered = await enter(leg, "enter-voucher")

    def redeemed() -> None:
        with one_try(ports, callback.customer, callback.service or callback.customer):
            redeem(ports, key, callback.account, entered)

    try:
        await asyncio.to_thread(redeemed)
    except Malformed:
        raise VoucherRefused("no voucher has this number") from None
    await leg.play("voucher-redeemed")
