"""Vouchers: redeemed once, by whoever is first."""

from uuid import uuid4

from switchboard.billing.account import Account
from switchboard.billing.batches import Batch
from switchboard.billing.pins import PinKey
from switchboard.billing.vouchers import Voucher, no_voucher, redemption
from switchboard.desk.lockout import one_try
from switchboard.errors import AccountBlocked, Conflict, NotFound
from switchboard.ports import Ports

# Each failed try means that somebody else changed the account or its balance.
TRIES = 20


def redeem(ports: Ports, key: PinKey, account: str, pin: str) -> Account:
    """The account after the voucher with this PIN topped it up. VoucherRefused where there is no
    such voucher, or it was redeemed before, is blocked, expired, or of another currency, without
    saying which; AccountBlocked for an account that is blocked itself."""
    now, pin_hash, receipt = ports.clock.now(), key.hash(pin), uuid4().hex
    for _ in range(TRIES):
        known = ports.accounts.get(account)
        if not known.balance.active:
            raise AccountBlocked("this account is blocked")
        voucher = ports.pins.voucher(pin_hash)
        batch = None if voucher is None else ports.pins.batch(voucher.batch)
        if voucher is None or batch is None:
            raise no_voucher()
        planned = redemption(voucher, batch, known.profile, now, receipt=receipt)
        if ports.pins.redeem(planned):
            return ports.accounts.get(account)
        # The client repeats a write whose reply was lost, and the second fails: it may be ours.
        if ports.pins.voucher(pin_hash) == planned.voucher:
            return ports.accounts.get(account)
    raise Conflict("the account is being changed by too many at once")


def redeem_online(ports: Ports, key: PinKey, account: str, pin: str, address: str) -> Account:
    """The same for a customer who is signed in at this address. Vouchers are PINs: who tries them
    is locked out by account, by address and in all, and TooOften then."""
    with one_try(ports, f"account {account}", f"address {address}", says_why=True):
        return redeem(ports, key, account, pin)


def find_voucher(ports: Ports, key: PinKey, pin: str) -> tuple[Voucher, Batch]:
    """The voucher of a PIN and its batch, for those who run the system: they may know why it is
    not redeemed. NotFound where there is none."""
    voucher = ports.pins.voucher(key.hash(pin))
    batch = None if voucher is None else ports.pins.batch(voucher.batch)
    if voucher is None or batch is None:
        raise NotFound("no voucher has this PIN")
    return voucher, batch
