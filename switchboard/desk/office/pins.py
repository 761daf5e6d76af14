"""Batches of PINs and vouchers, as operators see and make them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from switchboard.billing.batches import Batch
from switchboard.billing.pins import PinKey
from switchboard.billing.vouchers import Voucher
from switchboard.desk import pins, vouchers
from switchboard.desk.lockout import one_try
from switchboard.desk.office.rights import log, needs
from switchboard.desk.pins import Issued, Mint
from switchboard.ports import Ports
from switchboard.staff.audit import Change, changes_between
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

EXPORT_PINS = Right(Area.PINS, Action.EXPORT)


@needs(Area.PINS, Action.SEE)
def list_batches(ports: Ports, _by: Operator) -> Sequence[Batch]:
    """Every batch, the newest first, without its PINs."""
    return sorted(ports.pins.batches(), key=lambda batch: batch.made_at, reverse=True)


@needs(Area.PINS, Action.SEE)
def find_batch(ports: Ports, _by: Operator, name: str) -> Batch:
    """A batch, without its PINs. NotFound where there is none."""
    return pins.find_batch(ports, name)


@needs(Area.PINS, Action.CHANGE)
def sheets_for_pins(ports: Ports, _by: Operator) -> Sequence[str]:
    """The names of the sheets that a batch can have."""
    return ports.sheets.names()


@needs(Area.PINS, Action.CHANGE)
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
) -> Batch:
    """The batch, made whole and ready, whose PINs are handed out once: who may do this may take
    PINs away, too. Refuses as the desk's `make_batch` does."""
    by.check(EXPORT_PINS)
    # Logged before, so that no PIN is ever handed out of which the log knows nothing.
    made = changes_between(None, replace(batch, run=""))
    log(ports, by, "make", f"batch {batch.name}", [one for one in made if one.what != "state"])
    return pins.make_batch(ports, mint, batch, hand_out)


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
    """The voucher of a PIN and its batch. NotFound where there is none; TooOften for who tries
    many, since users could search for PINs, too."""
    with one_try(ports, f"user {by.login}", "the console", says_why=True):
        voucher, batch = vouchers.find_voucher(ports, key, pin)
    found = Change("batch", "", batch.name)
    log(ports, by, "look up", f"voucher {voucher.voucher}", [found])
    return voucher, batch


def _block(ports: Ports, by: Operator, name: str, *, blocked: bool) -> Batch:
    old = pins.find_batch(ports, name)
    new = pins.block_batch(ports, name, blocked=blocked)
    deed = "block" if blocked else "unblock"
    log(ports, by, deed, f"batch {name}", changes_between(old, new))
    return new
