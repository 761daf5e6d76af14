"""Importing a large deck and exporting the sheet, against the csv module alone on the same rows."""

import csv
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path

from ringback.embedded.process import start_embedded_aws
from switchboard.spreadsheets.writing import write_file
from switchboard.tables.cells import Cell
from tests.bench.command import ringback

RATES = 200_000
HEADER = ("Destination", "Code", "Rate (EUR)", "Connection fee", "Initial", "Increment")


def deck_rows() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as directory,
        start_embedded_aws(Path(directory, "aws"), log=False) as aws,
    ):
        env = {**os.environ, **aws.environment, "RINGBACK_PREFIX": "bench-"}
        ringback(env, "tables", "create")
        yield from _rows(env, Path(directory))


def _rows(env: Mapping[str, str], directory: Path) -> Iterator[str]:
    deck, out, plain = (directory / name for name in ("deck.xlsx", "out.xlsx", "plain.csv"))
    write_file(deck, HEADER, _rates())
    write_file(plain, HEADER, _rates())
    started = time.perf_counter()
    with plain.open(newline="", encoding="utf-8") as file:
        assert sum(1 for _ in csv.DictReader(file)) == RATES
    alone = time.perf_counter() - started

    took = ringback(env, "rates", "import", str(deck), "--sheet", "bench", "--currency", "EUR")
    yield (
        f"import {RATES} rates from XLSX and publish them: {took.seconds:.1f} s,"
        f" {took.megabytes:,.0f} MB; the csv module alone {alone:.1f} s:"
        f" x{took.seconds / alone:.0f}"
    )
    took = ringback(env, "rates", "export", "--sheet", "bench", "-o", str(out))
    yield f"export {RATES} rates to XLSX: {took.seconds:.1f} s, {took.megabytes:,.0f} MB"


def _rates() -> Iterable[list[Cell]]:
    for number in range(RATES):
        rate = Decimal(1 + number % 4_999).scaleb(-4)
        code = str(10_000_000 + 449 * number)
        yield [f"Place {number // 10}", code, rate, Decimal(0), Decimal(30), Decimal(6)]
