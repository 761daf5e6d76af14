"""PINs: batches of accounts and vouchers are made, handed out once, blocked; accounts are found."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from switchboard.billing.account import Account, Profile
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.limits import check_valid
from switchboard.billing.pins import PinKey, RandBelow, draw_pins
from switchboard.billing.vouchers import Voucher
from switchboard.desk.accounts import Terms, opening_of
from switchboard.desk.catalogue import Offers
from switchboard.desk.trunks import check_payer
from switchboard.errors import (
    AccountBlocked,
    AlreadyExists,
    Conflict,
    Malformed,
    NotFound,
    UnknownSender,
)
from switchboard.money import check_currency, format_micros
from switchboard.ports import Opening, Ports

# What one transaction takes.
AT_ONCE = {BatchKind.ACCOUNTS: 25, BatchKind.VOUCHERS: 100}
# Each failed try means that one of a few PINs among many is taken.
TRIES = 20


@dataclass(frozen=True, slots=True)
class Issued:
    """An account or voucher with its PIN in clear: shown once, kept nowhere."""

    member: str
    pin: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mint:
    """What PINs are made with: the key of their hashes, a source of random numbers, and how many
    transactions are under way at once."""

    key: PinKey
    randbelow: RandBelow
    threads: int = 8


def make_batch(
    ports: Ports,
    mint: Mint,
    batch: Batch,
    hand_out: Callable[[Iterable[Issued]], object],
    progress: Callable[[int], object] = lambda _made: None,
) -> Batch:
    """The batch, made whole and ready. `hand_out` is given all PINs once, before the first of them
    is good for anything; `progress` how many are made.

    AlreadyExists where the name was used before, be it by a run that broke off. One that breaks
    off leaves a batch that is never ready, whose PINs nobody accepts: `discard` clears it away.
    """
    check_new(ports, batch)
    if not ports.pins.start(batch):
        raise _name_taken(batch)
    issued: list[Issued] = []
    make = partial(_make_some, ports, mint, batch)
    with ThreadPoolExecutor(mint.threads) as crowd:
        for some in crowd.map(make, _serials(batch)):
            issued += some
            progress(len(issued))
    hand_out(issued)
    if not ports.pins.move(batch.name, BatchState.MAKING, BatchState.READY):
        raise Conflict(f"batch {batch.name} was discarded while it was made")
    return replace(batch, state=BatchState.READY)


def check_new(ports: Ports, batch: Batch) -> None:
    """Refuses a batch that cannot be made: its name was used before, its sheet or its plan is not
    there, or in another currency."""
    _check_sheet(ports, batch)
    if batch.plan is not None:
        Offers.read(ports).check_plan(batch.plan, batch.currency)
    known = ports.pins.batch(batch.name)
    if known is not None and known.run != batch.run:
        raise _name_taken(batch)


def block_batch(ports: Ports, name: str, *, blocked: bool) -> Batch:
    """The batch, none of whose PINs, accounts and vouchers is accepted, or all are again."""
    states = [BatchState.READY, BatchState.BLOCKED]
    old, new = states if blocked else reversed(states)
    batch = find_batch(ports, name)
    if not ports.pins.move(name, old, new):
        raise Conflict(f"batch {name} is {batch.state.value}, it was never ready")
    return find_batch(ports, name)


def discard_batch(ports: Ports, name: str) -> Batch:
    """The batch, whose making broke off, without the accounts or vouchers that were made. Its name
    stays used, so that PINs of a run that still goes on are never accepted."""
    batch = find_batch(ports, name)
    if not ports.pins.move(name, BatchState.MAKING, BatchState.DISCARDED):
        raise Conflict(f"batch {name} is {batch.state.value}: what was handed out is blocked, only")
    ports.pins.remove_members(batch)
    return find_batch(ports, name)


def find_batch(ports: Ports, name: str) -> Batch:
    """A batch. NotFound where there is none."""
    batch = ports.pins.batch(name)
    if batch is None:
        raise NotFound(f"there is no batch {name}")
    return batch


def check_batch(ports: Ports, name: str) -> None:
    """AccountBlocked where accounts of this batch may not be used: it is blocked, or not ready."""
    if find_batch(ports, name).state is not BatchState.READY:
        raise AccountBlocked("the batch of this account is blocked")


def account_by_pin(ports: Ports, key: PinKey, pin: str) -> Account:
    """The account of a PIN. UnknownSender where it has none; AccountBlocked and AccountExpired
    where it may not be used."""
    found = ports.accounts.by_pin(key.hash(pin))
    if found is None:
        raise UnknownSender("we do not know this number or PIN")
    account = ports.accounts.get(found)
    if account.profile.batch is not None:
        check_batch(ports, account.profile.batch)
    check_valid(account.profile, ports.clock.now())
    return account


def begin_use(ports: Ports, profile: Profile) -> None:
    """Let the days begin, for which an account is valid from its first use, and its plan."""
    used = profile.used(ports.clock.now())
    if used == profile:
        return
    try:
        ports.accounts.change(profile, used)
    except Conflict:
        # Somebody else used it, or changed it, at the same moment; the next use begins it then.
        return


def currency_of(ports: Ports, sheet: str | None, named: str | None) -> str:
    """What is named; else the sheet's; else that of all sheets. Malformed where they differ."""
    if named:
        return check_currency(named)
    sheets = ports.sheets.names() if sheet is None else [sheet]
    found = {ports.sheets.current(one).terms.currency for one in sheets}
    if len(found) != 1:
        raise Malformed("which currency? Name one, or a sheet")
    return found.pop()


def pin_table(batch: Batch, issued: Iterable[Issued]) -> tuple[Sequence[str], Iterator[list[str]]]:
    """The header and the rows of the file in which PINs are handed out."""
    until = "" if batch.valid_until is None else batch.valid_until.isoformat()
    days = "" if batch.valid_days is None else str(batch.valid_days)
    alike = (format_micros(batch.value_micros), batch.currency, until, days, batch.name)
    member = batch.kind.value.removesuffix("s")
    header = (member, "pin", "value", "currency", "valid_until", "valid_days", "batch")
    return header, ([one.member, one.pin, *alike] for one in issued)


def _check_sheet(ports: Ports, batch: Batch) -> None:
    if batch.sheet is not None:
        currency = ports.sheets.current(batch.sheet).terms.currency
        if currency != batch.currency:
            raise Conflict(f"sheet {batch.sheet} is in {currency}, the batch in {batch.currency}")
        check_payer(ports, currency)


def _name_taken(batch: Batch) -> AlreadyExists:
    return AlreadyExists(f"there was a batch {batch.name} before: take another name")


def _serials(batch: Batch) -> Iterator[range]:
    step = AT_ONCE[batch.kind]
    for first in range(1, batch.count + 1, step):
        yield range(first, min(first + step, batch.count + 1))


def _make_some(ports: Ports, mint: Mint, batch: Batch, serials: range) -> list[Issued]:
    for _ in range(TRIES):
        pins = draw_pins(len(serials), batch.length, mint.randbelow)
        issued = [
            Issued(batch.member(serial), pin) for serial, pin in zip(serials, pins, strict=True)
        ]
        if _add(ports, mint.key, batch, issued):
            return issued
    raise AlreadyExists(f"there are accounts or too many PINs like those of batch {batch.name}")


def _add(ports: Ports, key: PinKey, batch: Batch, issued: Iterable[Issued]) -> bool:
    if batch.kind is BatchKind.VOUCHERS:
        return ports.pins.add_vouchers(
            [Voucher(one.member, batch.name, key.hash(one.pin)) for one in issued]
        )
    try:
        ports.accounts.open(*(_opening(batch, one, key) for one in issued))
    except AlreadyExists:
        return False
    return True


def _opening(batch: Batch, issued: Issued, key: PinKey) -> Opening:
    assert batch.sheet is not None, "a batch of accounts has a sheet"
    account = issued.member
    profile = Profile(
        account=account,
        name=account,
        currency=batch.currency,
        sheet=batch.sheet,
        valid_until=batch.valid_until,
        valid_days=batch.valid_days,
        pin_hash=key.hash(issued.pin),
        batch=batch.name,
        first_plan=batch.plan,
    )
    return opening_of(profile, Terms(opening_micros=batch.value_micros), batch.made_at)
