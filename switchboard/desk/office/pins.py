"""Batches of PINs and vouchers, as operators see and make them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from switchboard.billing.account import Account
from switchboard.billing.batches import Batch
from switchboard.billing.pins import PinKey
from switchboard.billing.vouchers import Voucher
from switchboard.desk import pins, vouchers
from switchboard.desk.lockout import one_try
from switchboard.desk.office.known import check_sheet_shown, own_account, shown_sheets
from switchboard.desk.office.rights import log, needs
from switchboard.desk.pins import Issued, Mint
from switchboard.ports import Page, Ports
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

EXPORT_PINS = Right(Area.PINS, Action.EXPORT)


@needs(Area.PINS, Action.SEE)
def list_batches(
    ports: Ports, _by: Operator, *, limit: int, cursor: str | None = None
) -> Page[Batch]:
    """A part of the batches, the newest first, without their PINs."""
    return ports.pins.batch_page(limit=limit, cursor=cursor)


@needs(Area.PINS, Action.SEE)
def find_batch(ports: Ports, _by: Operator, name: str) -> Batch:
    """A batch, without its PINs. NotFound where there is none."""
    return pins.find_batch(ports, name)


@needs(Area.PINS, Action.CHANGE, writes=False)
def sheets_for_pins(ports: Ports, by: Operator) -> Sequence[str]:
    """The names of the sheets that a batch can have."""
    return shown_sheets(ports, by)


@needs(Area.PINS, Action.CHANGE, writes=False)
def plans_for_pins(ports: Ports, _by: Operator) -> Sequence[str]:
    """The names of the plans that a batch can have."""
    return [plan.name for plan in ports.catalogue.plans()]


@needs(Area.PINS, Action.CHANGE)
def make_batch(
    ports: Ports,
    by: Operator,
    mint: Mint,
    batch: Batch,
    hand_out: Callable[[Iterable[Issued]], object],
    progress: Callable[[int], object] = lambda _made: None,
) -> Batch:
    """The batch, made whole and ready, whose PINs are handed out once: who may do this may take
    PINs away, too. Refuses as the desk's `make_batch` does."""
    by.check(EXPORT_PINS)
    check_sheet_shown(ports, by, batch.sheet)
    # Logged before, so that no PIN is ever handed out of which the log knows nothing.
    made = changes_between(None, replace(batch, run=""))
    log(ports, by, "make", f"batch {batch.name}", [one for one in made if one.what != "state"])
    return pins.make_batch(ports, mint, batch, hand_out, progress)


@needs(Area.PINS, Action.CHANGE)
def block_batch(ports: Ports, by: Operator, name: str) -> Batch:
    """The batch, none of whose PINs, accounts and vouchers is accepted any more."""
    return _block(ports, by, name, blocked=True)


@needs(Area.PINS, Action.CHANGE)
def unblock_batch(ports: Ports, by: Operator, name: str) -> Batch:
    """The batch, whose PINs, accounts and vouchers are accepted again."""
    return _block(ports, by, name, blocked=False)


@needs(Area.PINS, Action.CHANGE)
def discard_batch(ports: Ports, by: Operator, name: str) -> Batch:
    """The batch, whose making broke off, cleared away; its name stays used."""
    old = pins.find_batch(ports, name)
    new = pins.discard_batch(ports, name)
    log(ports, by, "discard", f"batch {name}", changes_between(old, new))
    return new


@needs(Area.PINS, Action.SEE)
def find_voucher(ports: Ports, by: Operator, key: PinKey, pin: str) -> tuple[Voucher, Batch]:
    """The voucher of a PIN and its batch, without the account that redeemed it where that is none
    for this operator. NotFound where there is none; TooOften for who tries many, since users could
    search for PINs, too."""
    with one_try(ports, f"user {by.login}", "the console", says_why=True):
        voucher, batch = vouchers.find_voucher(ports, key, pin)
    found = Change("batch", "", batch.name)
    log(ports, by, "look up", f"voucher {voucher.voucher}", [found])
    redeemer = voucher.redeemed_by
    if redeemer is not None and not by.has(ports.accounts.get(redeemer).profile):
        voucher = replace(voucher, redeemed_by=None)
    return voucher, batch


@needs(Area.MONEY, Action.CHANGE)
def redeem_voucher(ports: Ports, by: Operator, key: PinKey, account: str, pin: str) -> Account:
    """The account after the voucher with this PIN topped it up; refuses as the desk's `redeem`
    does. TooOften for who tries many."""
    old = own_account(ports, by, account)
    with one_try(ports, f"user {by.login}", "the console", says_why=True):
        new = vouchers.redeem(ports, key, account, pin)
    changes = [
        *changes_between(old.profile, new.profile),
        Change("balance", str(old.balance.posted), str(new.balance.posted)),
    ]
    log(ports, by, "redeem voucher", f"account {account}", changes)
    return new


def _block(ports: Ports, by: Operator, name: str, *, blocked: bool) -> Batch:
    old = pins.find_batch(ports, name)
    new = pins.block_batch(ports, name, blocked=blocked)
    deed = "block" if blocked else "unblock"
    log(ports, by, deed, f"batch {name}", changes_between(old, new))
    return new
