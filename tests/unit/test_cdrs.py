"""CDRs as operators look for them, and as files."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.aws.cdr_rows import cdr_row
from switchboard.aws.forms import from_us, pack
from switchboard.calls.cdr import Cdr
from switchboard.calls.cdr_file import COLUMNS
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.routing import TrunkCost
from switchboard.desk.cdrs import find_cdrs
from switchboard.errors import NotFound
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.tables.cells import Cell, plain, scaled
from tests.contract.test_books import cdr
from tests.fakes.ports import memory_ports
from tests.fakes.world import BOB, CAROL, NOON, open_alice

HANGS_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    for days in range(4):
        ports.books.close(cdr(f"c{days}", requested_at=NOON + timedelta(days=days)))
    return ports


def found(ports, **asked) -> list[str]:
    return [one.callback for one in find_cdrs(ports, "alice", **asked)]


def row_of(record: Cdr) -> dict[str, Cell]:
    return dict(zip(COLUMNS, cdr_row(pack(record)), strict=True))


def test_cdrs_are_found_since_an_instant_and_before_another(ports):
    since, until = NOON + timedelta(days=1), NOON + timedelta(days=3)

    assert found(ports) == ["c3", "c2", "c1", "c0"]
    assert found(ports, since=since) == ["c3", "c2", "c1"]
    assert found(ports, until=until) == ["c2", "c1", "c0"]
    assert found(ports, since=since, until=until) == ["c2", "c1"]


def test_without_an_account_those_of_all_are_found(ports):
    assert [one.callback for one in find_cdrs(ports, None)] == found(ports)


def test_cdrs_of_nobody_are_not_found(ports):
    with pytest.raises(NotFound):
        find_cdrs(ports, "nobody")


def test_a_row_tells_the_whole_call_and_its_parts_add_up():
    cost = TrunkCost("USD", 5_000, "1", "carrier", "v1")
    last = LegRecord(
        Party.DESTINATION, BOB, "carrier", HANGS_UP, "1", seconds=5, cost_micros=40_000
    )
    busy = replace(last, number=CAROL, seconds=0, cost_micros=10_000)
    record = cdr(charge=300_000, destination=replace(last, trunk_cost=cost), earlier=(busy, busy))

    row = row_of(record)

    assert (row["requested_at"], row["account"]) == ("2026-01-02T12:00:00Z", "alice")
    assert (row["from"], row["to"]) == ("+442071234567", str(BOB))
    assert (row["destination_trunk_cost"], row["destination_trunk_currency"]) == (
        Decimal("0.005"),
        "USD",
    )
    assert row["earlier_numbers"] == f"{CAROL}, {CAROL}"
    assert (row["customer_cost"], row["destination_cost"], row["earlier_cost"]) == (
        Decimal("0.3"),
        Decimal("0.04"),
        Decimal("0.02"),
    )


def test_a_row_leaves_out_what_did_not_happen():
    row = row_of(cdr(destination=None))

    assert {row[column] for column in COLUMNS if column.startswith(("destination", "earlier"))} == {
        ""
    }


MICROS = st.integers(-(10**12), 10**12)
SECONDS = st.integers(0, 10**5)
COSTS = st.none() | st.builds(
    TrunkCost, st.just("USD"), MICROS, *[st.just("1")] * 3, st.fractions(0, 100).filter(bool)
)
INSTANTS = st.integers(0, 10**16).map(from_us)


def legs_of(party: Party) -> st.SearchStrategy[LegRecord]:
    return st.builds(
        LegRecord,
        st.just(party),
        st.sampled_from([BOB, CAROL]),
        st.just("carrier"),
        st.just(HANGS_UP),
        answered_at=st.none() | INSTANTS,
        seconds=SECONDS,
        billed_s=SECONDS,
        cost_micros=MICROS,
        trunk_cost=COSTS,
    )


@given(
    customer=st.none() | legs_of(Party.CUSTOMER),
    destination=st.none() | legs_of(Party.DESTINATION),
    earlier=st.lists(legs_of(Party.DESTINATION), max_size=2).map(tuple),
    charge_micros=MICROS,
    late_micros=st.none() | MICROS,
    ended_at=INSTANTS,
)
def test_a_row_says_of_any_call_what_its_cdr_does(charge_micros, late_micros, **parts):
    settlement = Settlement(SettlementKind.POST, "n", charge_micros, late_micros)
    record = replace(cdr(), settlement=settlement, **parts)

    row = row_of(record)

    told = {name: plain(cell) if isinstance(cell, Decimal) else cell for name, cell in row.items()}
    assert told == {**told, **expected(record)}


def expected(record: Cdr) -> dict[str, str]:
    """What has to be computed, or is left out where it is as ever."""
    cells = {
        "ended_at": f"{record.ended_at:%Y-%m-%dT%H:%M:%SZ}",
        "talked_seconds": str(record.talked_s),
        "cost": amount(record.cost.micros),
        "margin": amount(record.margin_micros),
        "late": "no" if record.settlement.late_micros is None else "yes",
        "earlier_cost": amount(sum(one.cost_micros for one in record.earlier))
        if record.earlier
        else "",
    }
    for party, leg in (("customer", record.customer), ("destination", record.destination)):
        if leg is not None:
            at, cost = leg.answered_at, leg.trunk_cost
            cells[f"{party}_answered_at"] = "" if at is None else f"{at:%Y-%m-%dT%H:%M:%SZ}"
            cells[f"{party}_seconds"] = str(leg.seconds)
            cells[f"{party}_billed_seconds"] = str(leg.billed_s)
            cells[f"{party}_cost"] = amount(leg.cost_micros)
            cells[f"{party}_trunk_cost"] = amount(None if cost is None else cost.micros)
    return cells


def amount(micros: int | None) -> str:
    return "" if micros is None else plain(scaled(micros, 6))
