"""Finding the rate of a number in a compiled sheet, against having all of the sheet in memory."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ringback.embedded.process import start_embedded_aws
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from tests.bench.rating import NOON, numbers_of, sheet_of

SIZES = (36_000, 250_000)
WARM_ROUNDS = 20
ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}


def sheet_rows() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as state,
        start_embedded_aws(Path(state), log=False) as aws,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in {**ENVIRONMENT, "AWS_ENDPOINT_URL": aws.url}.items():
            patch.setenv(name, value)
        settings = AwsSettings("eu-central-1", prefix="bench-")
        create_tables(settings)
        for size in SIZES:
            yield from _rows_of(settings, size)


def _rows_of(settings: AwsSettings, size: int) -> Iterator[str]:
    whole, numbers = sheet_of(size), numbers_of(size)
    published = _seconds(lambda: open_ports(settings).sheets.publish(whole))
    yield f"publish {size} prefixes: {published:.1f} s"

    cold = [_cold_lookup(open_ports(settings), whole.name, one) for one in numbers[::30]]
    loaded = _seconds(lambda: _load_all(open_ports(settings), whole.name))
    ratio = loaded / statistics.median(cold)
    yield (
        f"cold lookup, {size} prefixes: {1000 * statistics.median(cold):.1f} ms, reading all of"
        f" the sheet {1000 * loaded:,.0f} ms: x{ratio:,.0f}"
    )

    paged = open_ports(settings).sheets.current(whole.name)
    warm, in_memory = _warm_lookup(paged, numbers), _warm_lookup(whole, numbers)
    yield (
        f"warm lookup, {size} prefixes: {1e6 * warm:.2f} µs, all in memory"
        f" {1e6 * in_memory:.2f} µs: x{in_memory / warm:.1f}"
    )


def _cold_lookup(ports: Ports, name: str, number: PhoneNumber) -> float:
    sheet = ports.sheets.current(name)
    return _seconds(lambda: sheet.price(number, NOON))


def _load_all(ports: Ports, name: str) -> RateSheet:
    sheet = ports.sheets.current(name)
    return RateSheet.of(name, sheet.version, sheet.terms, sheet.rows)


def _warm_lookup(sheet: RateSheet, numbers: list[PhoneNumber]) -> float:
    seen = numbers[:100]
    for number in seen:
        sheet.price(number, NOON)
    rounds = [
        _seconds(lambda: [sheet.price(number, NOON) for number in seen]) for _ in range(WARM_ROUNDS)
    ]
    return min(rounds) / len(seen)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
