"""Exporting CDRs, against the csv module alone on the same rows."""

import csv
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from ringback.embedded.process import start_embedded_aws
from switchboard.aws.cdrs import cdr_key
from switchboard.aws.forms import pack
from switchboard.aws.models.calls import CdrItem
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.ledger.entries import Settlement, SettlementKind
from tests.bench.command import Took, ringback
from tests.bench.figures import worked_s
from tests.fakes.full import Items, form, keep
from tests.fakes.world import ALICE, BOB, NOON, open_alice

CDRS = 100_000
FEW = 10_000
BUDGETS_S = {"xlsx": 20, "txt": 5}
AWS = AwsSettings("eu-central-1", "bench-")


def cdr_rows() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with start_embedded_aws(folder) as aws, pytest.MonkeyPatch.context() as patch:
            for variable, value in aws.environment.items():
                patch.setenv(variable, value)
            create_tables(AWS)
            open_alice(open_ports(AWS))
        keep(folder, AWS, _items())
        with start_embedded_aws(folder) as aws:
            env = {**os.environ, **aws.environment, "RINGBACK_PREFIX": AWS.prefix}
            few = {kind: _export(env, folder, kind, FEW) for kind in BUDGETS_S}
            many, engine_s = {}, {}
            for kind in BUDGETS_S:
                before_s = worked_s(aws.process.pid)
                many[kind] = _export(env, folder, kind, CDRS)
                engine_s[kind] = worked_s(aws.process.pid) - before_s
        alone_s = _csv_alone(folder)
    for kind, budget_s in BUDGETS_S.items():
        took = many[kind]
        yield (
            f"export {CDRS:,} CDRs to {kind.upper()}: {took.seconds:.1f} s (budget {budget_s} s),"
            f" {took.cpu_s:.1f} s of its own CPU, {engine_s[kind]:.1f} s of the embedded engine's;"
            f" the csv module alone {alone_s:.1f} s: x{took.cpu_s / alone_s:.0f};"
            f" {took.megabytes:.0f} MB, and {few[kind].megabytes:.0f} MB for {FEW:,}"
        )


def _items() -> Items:
    for cdr in map(_cdr, range(CDRS)):
        key = cdr_key(cdr.requested_at, cdr.callback)
        yield CdrItem, form(account=cdr.account, call=key, record=pack(cdr))


def _cdr(number: int) -> Cdr:
    at, verdict = NOON + timedelta(seconds=number), Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
    leg = LegRecord(
        Party.CUSTOMER,
        ALICE,
        "carrier",
        verdict,
        "44",
        invited_at=at,
        ringing_at=at + timedelta(microseconds=123_456),
        answered_at=at + timedelta(seconds=3),
        ended_at=at + timedelta(seconds=63),
        seconds=60,
        billed_s=60,
        cost_micros=300_000 + number,
        sip_code=200,
        hung_up_by_far_end=True,
        rtp=RtpQuality(3000, 2, 1.25),
    )
    return Cdr(
        account="alice",
        callback=f"callback-{number}",
        requested_at=at,
        ended_at=at + timedelta(seconds=64),
        trigger="twilio-sms",
        verdict=verdict,
        currency="EUR",
        sheet="retail",
        version="v1",
        settlement=Settlement(SettlementKind.POST, "n1", 600_000 + 2 * number),
        worker="w1",
        claimed_at=at,
        customer=leg,
        destination=replace(leg, party=Party.DESTINATION, number=BOB),
    )


def _export(env: Mapping[str, str], folder: Path, kind: str, count: int) -> Took:
    """The newest so many."""
    since = NOON + timedelta(seconds=CDRS - count)
    options = ["--account", "alice", "--from", since.strftime("%Y-%m-%dT%H:%M:%S")]
    return ringback(env, "cdrs", "export", *options, "-o", str(folder / f"cdrs.{kind}"))


def _csv_alone(folder: Path) -> float:
    with (folder / "cdrs.txt").open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file, delimiter="\t"))
    assert len(rows) == CDRS + 1
    started = time.process_time()
    with (folder / "alone.txt").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    return time.process_time() - started
