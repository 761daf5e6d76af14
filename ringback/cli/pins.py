"""`ringback pins` and `ringback vouchers`: PINs made in batches, and vouchers redeemed."""

import gc
import os
import secrets
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from ringback.cli import account_options as opt
from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.files import OutFile

if TYPE_CHECKING:
    from switchboard.billing.batches import Batch, BatchKind
    from switchboard.desk.pins import Issued

pins = typer.Typer(help="PINs: accounts and vouchers made in batches.", no_args_is_help=True)
vouchers = typer.Typer(help="Vouchers: PINs that top an account up.", no_args_is_help=True)

COLUMNS = ("batch", "kind", "status", "count", "length", "value", "currency", "sheet", "made_at")
Name = Annotated[str, typer.Argument(metavar="BATCH")]
NewName = Annotated[
    str | None, typer.Option("--batch", help="Its name; made of the time, if not given.")
]
Value = Annotated[
    str, typer.Option(help="Opening balance of an account, or what a voucher is worth.")
]
Kind = Annotated[
    str | None,
    typer.Option(help="accounts or vouchers; accounts where a sheet is given, if not said."),
]
Sheet = Annotated[
    str | None,
    typer.Option(help="The sheet of the accounts, or that a voucher moves an account to."),
]
Currency = Annotated[str | None, typer.Option(help="ISO 4217; the sheet's, if not given.")]
ValidUntil = Annotated[
    str | None, typer.Option(metavar="ISO", help="A date, or an instant; UTC, if not said.")
]
ValidDays = Annotated[
    int | None,
    typer.Option(
        help="An account is valid for days from its first use; a voucher makes an account that"
        " has an end last for these days at least."
    ),
]


@pins.command()
def generate(
    count: Annotated[int, typer.Option(help="How many.")],
    length: Annotated[int, typer.Option(help="Digits of each PIN, 6 to 20.")],
    output: OutFile,
    value: Value = "0",
    kind: Kind = None,
    sheet: Sheet = None,
    plan: Annotated[str | None, typer.Option(help="The plan, likewise.")] = None,
    currency: Currency = None,
    batch: NewName = None,
    valid_until: ValidUntil = None,
    valid_days: ValidDays = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Make a batch and write its PINs into a file, once: nothing else ever shows them."""
    from ringback.wiring import check_new_table, pin_key
    from switchboard.billing.batches import Batch
    from switchboard.desk.office.pins import make_batch
    from switchboard.desk.pins import Mint, currency_of
    from switchboard.money import parse_units

    ports, mint = ports_for(state), Mint(pin_key(os.environ), secrets.randbelow)
    check_new_table(output)
    now = ports.clock.now()
    wanted = Batch(
        name=batch or f"{now:%Y%m%d-%H%M%S}",
        kind=_kind(kind, sheet),
        count=count,
        length=length,
        currency=currency_of(ports, sheet, currency),
        made_at=now,
        value_micros=parse_units(value, decimals=6),
        sheet=sheet,
        plan=plan,
        valid_until=opt.read_date(valid_until, "UTC") if valid_until else None,
        valid_days=valid_days,
        run=uuid4().hex,
    )
    # What is loaded stays: looking through it for garbage takes a tenth of a large batch's time.
    gc.freeze()
    with _progress(count) as progress:
        made = make_batch(ports, operator(), mint, wanted, _into(output, wanted), progress)
    _show(made, as_json=as_json)


@pins.command("batches")
def list_batches(state: State = None, as_json: AsJson = False) -> None:
    """Every batch, without its PINs."""
    from switchboard.wire import batch_body

    rows = [batch_body(batch) for batch in ports_for(state).pins.batches()]
    show_list(rows, COLUMNS, as_json=as_json)


@pins.command()
def block(batch: Name, state: State = None, as_json: AsJson = False) -> None:
    """Accept none of its PINs, nor callbacks of its accounts."""
    from switchboard.desk.office.pins import block_batch

    _show(block_batch(ports_for(state), operator(), batch), as_json=as_json)


@pins.command()
def unblock(batch: Name, state: State = None, as_json: AsJson = False) -> None:
    """Accept its PINs and accounts again."""
    from switchboard.desk.office.pins import unblock_batch

    _show(unblock_batch(ports_for(state), operator(), batch), as_json=as_json)


@pins.command()
def discard(batch: Name, state: State = None, as_json: AsJson = False) -> None:
    """Clear away a batch whose making broke off; its name stays used."""
    from switchboard.desk.office.pins import discard_batch

    _show(discard_batch(ports_for(state), operator(), batch), as_json=as_json)


@vouchers.command()
def redeem(account: opt.Name, state: State = None, as_json: AsJson = False) -> None:
    """Top an account up with a voucher, whose PIN is asked for or taken from $RINGBACK_PIN."""
    from ringback.wiring import pin_key
    from switchboard.desk.office.pins import redeem_voucher
    from switchboard.wire import account_body

    ports = ports_for(state)
    key = pin_key(os.environ)
    topped_up = redeem_voucher(ports, operator(), key, account, opt.ask_pin())
    show_one(account_body(topped_up, ports.clock.now()), as_json=as_json)


@vouchers.command()
def show(state: State = None, as_json: AsJson = False) -> None:
    """What became of a voucher, whose PIN is asked for or taken from $RINGBACK_PIN."""
    from ringback.wiring import pin_key
    from switchboard.desk.office.pins import find_voucher
    from switchboard.wire import voucher_body

    found = find_voucher(ports_for(state), operator(), pin_key(os.environ), opt.ask_pin())
    show_one(voucher_body(*found), as_json=as_json)


def _kind(named: str | None, sheet: str | None) -> "BatchKind":
    from switchboard.billing.batches import BatchKind
    from switchboard.errors import Malformed

    if named is None:
        return BatchKind.VOUCHERS if sheet is None else BatchKind.ACCOUNTS
    try:
        return BatchKind(named)
    except ValueError:
        raise Malformed(f"“{named}” is neither accounts nor vouchers") from None


def _into(path: Path, batch: "Batch") -> "Callable[[Iterable[Issued]], None]":
    """Writes PINs into a file; they are on the disk when it returns."""
    from ringback.wiring import write_table
    from switchboard.desk.pins import pin_table

    def write(issued: "Iterable[Issued]") -> None:
        write_table(path, *pin_table(batch, issued))
        with path.open("rb") as file:
            os.fsync(file.fileno())

    return write


def _show(batch: "Batch", *, as_json: bool) -> None:
    from switchboard.wire import batch_body

    show_one(batch_body(batch), as_json=as_json)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], object]]:
    """Shows how many are made, where somebody looks."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not sys.stderr.isatty()) as bar:
        task: Any = bar.add_task("PINs", total=total)
        yield lambda made: bar.update(task, completed=made)
