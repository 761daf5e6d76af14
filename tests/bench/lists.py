"""Server time of every page, with 10,000 accounts, a million CDRs and a sheet of 250,000 rows,
against the same page of a company that has begun."""

import hashlib
import shutil
import statistics
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chalicelib.wiring import Wiring
from ringback.embedded.process import EmbeddedAws, start_embedded_aws
from switchboard.aws import models
from switchboard.aws.opening import AwsSettings, open_ports
from switchboard.rating.sheet import RateSheet
from tests.bench.figures import ninety_ninth, worked_s
from tests.bench.rating import sheet_of
from tests.fakes import full
from tests.fakes.api import SETTINGS
from tests.fakes.console import answers_at_once
from tests.fakes.everywhere import Everywhere, addresses
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts
from tests.meters import metered

HUGE = full.Sizes(
    accounts=10_000,
    calls=1_000_000,
    own_calls=100_000,
    own_entries=2_000,
    numbers=1_000,
    trunks=100,
    audit=20_000,
    batches=500,
    vouchers=10_000,
    traces=2_000,
)
TINY = full.Sizes(
    accounts=10,
    calls=100,
    own_calls=60,
    own_entries=5,
    numbers=10,
    trunks=1,
    audit=20,
    batches=2,
    vouchers=10,
    traces=5,
)
SHEET_ROWS = {HUGE: 250_000, TINY: 10}
AWS = AwsSettings("eu-central-1", "bench-")
KEPT = Path(__file__).parents[2] / "var" / "bench"
BUDGET_MS = 300
ROUNDS = 20
# How far the deep pages are.
DEEP = 15
# A million items are put back in a minute.
START_LIMIT = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Asked:
    """How long the server took for a page, each time; how long it and the engine worked for it on
    average, which is the same however busy the machine is; what it asked of DynamoDB, and how many
    items were looked at."""

    status: int
    taken_s: list[float]
    cpu_s: float
    calls: Mapping[str, int]
    items: int

    def row(self, path: str, tiny: "Asked") -> str:
        """For people: against the same of few."""
        median_ms, p99_ms = (
            1000 * figure(self.taken_s) for figure in (statistics.median, ninety_ninth)
        )
        calls = ", ".join(f"{times} {operation}" for operation, times in self.calls.items())
        return (
            f"{path:64.64} {self.status} {median_ms:7.1f} {p99_ms:7.1f} {1000 * self.cpu_s:7.1f}"
            f" x{self.cpu_s / tiny.cpu_s:5.1f} {self.items:6,}"
            f" x{self.items / max(1, tiny.items):5.1f}  {calls}"
        )


def list_rows() -> Iterator[str]:
    few = _ask_everywhere(TINY)
    began = time.monotonic()
    many = _ask_everywhere(HUGE)
    yield (
        f"{HUGE.accounts:,} accounts, {HUGE.calls:,} CDRs ({HUGE.own_calls:,} of one account),"
        f" {SHEET_ROWS[HUGE]:,} rows of a sheet; against {TINY.accounts} and {TINY.calls};"
        f" {time.monotonic() - began:.0f} s"
    )
    columns = f"{'median':>7} {'p99':>7} {'CPU ms':>7} {'of few':>6} {'items':>6} {'of few':>6}"
    yield f"{'page':64} {'':3} {columns}  calls"
    for path, asked in many.items():
        yield asked.row(path, few[path])
    over = [one for one in many if 1000 * statistics.median(many[one].taken_s) > BUDGET_MS]
    yield f"{len(over)} of {len(many)} pages over {BUDGET_MS} ms: {', '.join(over) or 'none'}"


def _ask_everywhere(sizes: full.Sizes) -> dict[str, Asked]:
    with (
        start_embedded_aws(_filled(sizes), deadline=START_LIMIT) as aws,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        timed = _browser()
        pages = {path: path for path in addresses(timed.app)}
        for path in list(pages):
            deep = timed.deep(path, DEEP)
            if deep is not None or sizes is TINY:
                pages[f"{path} (deep)"] = deep or path
        with metered(aws.url) as meter:
            patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", meter.url)
            counted = _browser()
            found: dict[str, Asked] = {}
            for path, address in pages.items():
                status = counted.get(address).status_code
                meter.asked.clear()
                counted.get(address)
                calls = Counter(one.operation for one in meter.asked)
                items = sum(one.items for one in meter.asked)
                taken_s, cpu_s = _time(timed, address, aws)
                found[path] = Asked(status, taken_s, cpu_s, calls, items)
        return found


def _browser() -> Everywhere:
    ports = open_ports(AWS)
    texts = MemoryTexts()
    return Everywhere(Wiring(SETTINGS, ports, PlainPasswords(), texts, answers_at_once))


def _time(browser: Everywhere, address: str, aws: EmbeddedAws) -> tuple[list[float], float]:
    taken_s, begun_s = [], _cpu_s(aws)
    for _ in range(ROUNDS):
        started = time.perf_counter()
        browser.get(address)
        taken_s.append(time.perf_counter() - started)
    return taken_s, (_cpu_s(aws) - begun_s) / ROUNDS


def _cpu_s(aws: EmbeddedAws) -> float:
    """What this process and the engine have worked."""
    return time.process_time() + worked_s(aws.process.pid)


def _filled(sizes: full.Sizes) -> Path:
    """What an embedded AWS keeps that is so full: kept from one run to the next of a day, until
    something else is kept, or otherwise."""
    name = "huge" if sizes is HUGE else "tiny"
    state = KEPT / f"{name}-{_digest(sizes)}"
    if not (state / "filled").exists():
        for older in KEPT.glob(f"{name}-*"):
            shutil.rmtree(older)
        with start_embedded_aws(state) as aws, pytest.MonkeyPatch.context() as patch:
            for variable, value in aws.environment.items():
                patch.setenv(variable, value)
            full.open_office(AWS)
            _publish(SHEET_ROWS[sizes])
        full.keep(state, AWS, full.all_items(sizes, datetime.now(UTC)))
        (state / "filled").touch()
    return state


def _publish(rows: int) -> None:
    """Alice's sheet, with so many rows more."""
    sheets = open_ports(AWS).sheets
    known = sheets.current("retail")
    sheets.publish(RateSheet.of("retail", "v2", known.terms, [*sheet_of(rows).rows, *known.rows]))


def _digest(sizes: full.Sizes) -> str:
    layout = [Path(full.__file__), *sorted(Path(models.__file__).parent.glob("*.py"))]
    said = [str(asdict(sizes)), f"{datetime.now(UTC):%Y-%m-%d}"]
    said += [file.read_text() for file in layout]
    return hashlib.sha256("".join(said).encode()).hexdigest()[:12]
