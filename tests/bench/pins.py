"""A batch of PINs, against how A2Billing makes its vouchers: one query and one insert each."""

import os
import random
import secrets
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from ringback.embedded.process import start_embedded_aws
from ringback.wiring import write_table
from switchboard.aws import AwsSettings, create_tables, open_ports
from switchboard.billing.batches import Batch, BatchKind
from switchboard.billing.pins import PinKey, draw_pins
from switchboard.desk.pins import Mint, make_batch
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.bench.figures import worked_s

PINS = 100_000
LENGTH = 12
KEY = PinKey(secrets.token_hex())
REGION = "eu-central-1"


def pin_rows() -> Iterator[str]:
    ours_s = _seconds(lambda: [KEY.hash(pin) for pin in draw_pins(PINS, LENGTH, secrets.randbelow)])
    theirs_s = _seconds(_by_a2billing)
    yield (
        f"{PINS:,} PINs drawn and hashed: {ours_s:.1f} s; as A2Billing draws and looks them up"
        f" (in SQLite, in clear): {theirs_s:.1f} s: x{theirs_s / ours_s:.1f}"
    )
    for kind in BatchKind:
        with TemporaryDirectory() as folder:
            seconds, cpu_s, engine_s = _whole_batch(kind, Path(folder))
        yield (
            f"{PINS:,} {kind.value} with value kept in DynamoDB and written as XLSX:"
            f" {seconds:.1f} s (budget 60 s), {cpu_s:.1f} s of its own CPU, {engine_s:.1f} s of the"
            f" embedded engine's; as A2Billing makes its vouchers {theirs_s:.1f} s:"
            f" x{cpu_s / theirs_s:.0f}"
        )


def _whole_batch(kind: BatchKind, folder: Path) -> tuple[float, float, float]:
    """How long a batch takes, and the CPU time of this process and of the engine."""
    with start_embedded_aws(folder, log=False) as aws:
        os.environ.update(aws.environment)
        settings = AwsSettings(REGION)
        create_tables(settings)
        ports = open_ports(settings)
        ports.sheets.publish(RateSheet.of("retail", "v1", SheetTerms("EUR"), []))
        sheet, now = "retail" if kind is BatchKind.ACCOUNTS else None, ports.clock.now()
        batch = Batch("bench", kind, PINS, LENGTH, "EUR", now, value_micros=1, sheet=sheet)
        header, file = (kind.value, "pin"), folder / "pins.xlsx"
        own_s, engine_s = time.process_time(), worked_s(aws.process.pid)
        seconds = _seconds(
            lambda: make_batch(
                ports,
                Mint(KEY, secrets.randbelow),
                batch,
                lambda issued: write_table(file, header, ((one.member, one.pin) for one in issued)),
            )
        )
        return seconds, time.process_time() - own_s, worked_s(aws.process.pid) - engine_s


def _by_a2billing() -> None:
    """Random digits until a query finds no voucher like them, then an insert; not hashed."""
    vouchers = sqlite3.connect(":memory:")
    vouchers.execute("CREATE TABLE cc_voucher (voucher TEXT UNIQUE)")
    for _ in range(PINS):
        while True:
            voucher = "".join(str(random.randrange(10)) for _ in range(LENGTH))
            found = vouchers.execute("SELECT 1 FROM cc_voucher WHERE voucher = ?", (voucher,))
            if found.fetchone() is None:
                break
        vouchers.execute("INSERT INTO cc_voucher VALUES (?)", (voucher,))


def _seconds(work) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
