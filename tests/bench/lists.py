"""Server time of what lists something: with ten thousand accounts and a large sheet, against the
same with many times as many CDRs."""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from chalicelib.wiring import Wiring
from ringback.embedded.process import start_embedded_aws
from switchboard.aws.books import cdr_key
from switchboard.aws.forms import pack, to_us
from switchboard.aws.models.accounts import AccountItem
from switchboard.aws.models.calls import CallbackItem, CdrItem
from switchboard.aws.models.database import Database, TableItem
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.calls.cdr import Cdr
from switchboard.rating.sheet import RateSheet
from tests.bench.figures import shown
from tests.bench.rating import sheet_of
from tests.fakes.api import SETTINGS, Api, end_after_a_minute
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts
from tests.fakes.world import BOB, open_alice

REGION, PREFIX = "eu-central-1", "bench-"
ACCOUNTS, SHEET_ROWS = 10_000, 250_000
FEW_CDRS, MANY_CDRS = 10_000, 1_000_000
# So long CDRs are written, unless they are MANY before: the embedded engine is no fast writer.
FILL_S = float(os.environ.get("BENCH_FILL_S", "120"))
# Of the account whose pages are asked for.
OWN_CALLS = 2_000
ROUNDS = 30
# How far the deep pages are.
DEEP = 15

Form = dict[str, Any]


def list_rows() -> Iterator[str]:
    with (
        tempfile.TemporaryDirectory() as state,
        start_embedded_aws(Path(state), log=False) as aws,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        office = Office(aws.process.pid)
        yield (
            f"{ACCOUNTS:,} accounts, {SHEET_ROWS:,} rows of their sheet, {OWN_CALLS:,} calls of the"
            " one whose pages these are"
        )
        office.fill(FEW_CDRS, time.monotonic() + FILL_S)
        before, few = office.visits(), office.cdrs
        office.fill(MANY_CDRS, time.monotonic() + FILL_S)
        for page, visit in office.visits().items():
            ratio = visit.cpu_s / before[page].cpu_s
            yield (
                f"{page}: {shown(visit.taken_s)}, {1000 * visit.cpu_s:.1f} ms of them CPU, with"
                f" {office.cdrs:,} CDRs; CPU with {few:,}: x{ratio:.2f}"
            )


@dataclass(frozen=True)
class Visits:
    """How long the server took for a page, each time, and how long it and the engine worked for it
    on average: that is the same however busy the machine is."""

    taken_s: list[float]
    cpu_s: float


class Office:
    """An API in this process over the embedded engine. Alice has signed in to it."""

    def __init__(self, engine: int) -> None:
        self._engine = engine
        settings = AwsSettings(REGION, PREFIX)
        create_tables(settings)
        self._database = Database.open(PREFIX, REGION)
        self._api = Api(Wiring(SETTINGS, open_ports(settings), PlainPasswords(), MemoryTexts()))
        self.cdrs = 0
        self._open_accounts()
        self._cdr = self._call()
        self._own_calls()
        self._others = self._cdrs_of_others()

    def fill(self, cdrs: int, deadline: float) -> None:
        """Write CDRs of all accounts until there are so many, or the time is over."""
        while self.cdrs < cdrs and time.monotonic() < deadline:
            self._write(CdrItem, islice(self._others, 1_000))
            self.cdrs += 1_000

    def visits(self) -> dict[str, Visits]:
        """Each page, asked for time and again."""
        pages = {
            "calls, newest": "/api/v1/calls?limit=100",
            "calls, deep": self._deep("/api/v1/calls?limit=100"),
            "callbacks, newest": "/api/v1/callbacks?limit=100",
            "callbacks, deep": self._deep("/api/v1/callbacks?limit=100"),
            "planned callbacks": "/api/v1/callbacks?planned=true",
            "a quote": f"/api/v1/quote?to={BOB.digits}",
            "Connect Two": "/",
        }
        return {name: self._visits(path) for name, path in pages.items()}

    def _visits(self, path: str) -> Visits:
        begun_s = self._cpu_s()
        taken_s = [self._seconds(path) for _ in range(ROUNDS)]
        return Visits(taken_s, (self._cpu_s() - begun_s) / ROUNDS)

    def _cpu_s(self) -> float:
        """What this process and the engine have worked (proc(5))."""
        stat = Path(f"/proc/{self._engine}/stat").read_text().rpartition(")")[2].split()
        return time.process_time() + (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")

    def _seconds(self, path: str) -> float:
        started = time.perf_counter()
        assert self._api.get(path).status_code == 200
        return time.perf_counter() - started

    def _deep(self, path: str) -> str:
        page = path
        for _ in range(DEEP):
            page = f"{path}&cursor={self._api.get(page).json_body['cursor']}"
        return page

    def _open_accounts(self) -> None:
        ports = self._api.ports
        open_alice(ports, passwords=PlainPasswords())
        known = ports.sheets.current("retail")
        large = sheet_of(SHEET_ROWS)
        rows = [*large.rows, *known.rows]
        ports.sheets.publish(RateSheet.of("retail", "v2", known.terms, rows))
        table = self._database.table(AccountItem)
        hers = [item.serialize() for item in table.query("alice")]
        others = (
            {**form, "account": {"S": f"customer-{number}"}}
            for number in range(ACCOUNTS)
            for form in hers
        )
        self._write(AccountItem, others)
        page = self._api.get("/login").body.decode()
        self._api.submit(page, "/login", login="alice", password="wonderland")
        credentials = {"login": "alice", "password": "wonderland"}
        token = self._api.send("/api/v1/sessions", credentials).json_body["token"]
        self._api.headers["authorization"] = f"Bearer {token}"

    def _call(self) -> Cdr:
        """One call of hers, from the order to the CDR."""
        ports = self._api.ports
        placed = self._api.send("/api/v1/callbacks", {"to": str(BOB)}).json_body["id"]
        now = ports.clock.now()
        callback = ports.callbacks.claim(placed, "w1", now=now, lease=timedelta(seconds=30))
        assert callback is not None
        end_after_a_minute(ports, callback)
        cdr = ports.books.cdr("alice", placed, callback.requested_at)
        assert cdr is not None
        return cdr

    def _own_calls(self) -> None:
        template = self._database.table(CallbackItem).get(self._cdr.callback).serialize()
        cdrs = [
            replace(
                self._cdr,
                callback=UUID(int=number).hex,
                requested_at=self._cdr.requested_at - timedelta(minutes=number),
            )
            for number in range(1, OWN_CALLS)
        ]
        callbacks = (
            {
                **template,
                "id": {"S": cdr.callback},
                "requested_at": {"N": str(to_us(cdr.requested_at))},
            }
            for cdr in cdrs
        )
        self._write(CallbackItem, callbacks)
        self._write(CdrItem, (_form(cdr, "alice", pack(cdr)) for cdr in cdrs))
        self.cdrs = OWN_CALLS

    def _cdrs_of_others(self) -> Iterator[Form]:
        record = pack(self._cdr)
        for number in range(MANY_CDRS):
            at = self._cdr.requested_at - timedelta(seconds=number)
            cdr = replace(self._cdr, callback=UUID(int=number).hex, requested_at=at)
            yield _form(cdr, f"customer-{number % ACCOUNTS}", record)

    def _write(self, model: type[TableItem], forms: Iterable[Form]) -> None:
        name, left = self._database.table(model).Meta.table_name, iter(forms)
        while some := list(islice(left, 25)):
            self._database.connection.batch_write_item(name, put_items=some)


def _form(cdr: Cdr, account: str, record: bytes) -> Form:
    key = cdr_key(cdr.requested_at, cdr.callback)
    return {"account": {"S": account}, "call": {"S": key}, "record": {"B": record}}
