"""The spool: a settlement that the stores did not get is on the disk, and reaches them once."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from switchboard.aws.forms import to_text
from switchboard.calls.callback import Retries, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Ending
from switchboard.desk.check_books import check_books
from switchboard.desk.closing import Over
from switchboard.desk.sweep import sweep
from switchboard.desk.till import Till
from switchboard.ledger.entries import SettlementKind
from switchboard.ports import Ports
from tests.fakes.claims import beat, later, record, rung
from tests.fakes.exchange import Exchange
from tests.fakes.ports import memory_ports
from tests.fakes.weather import Outage
from tests.fakes.world import open_alice
from workers import spool as spool_module
from workers.spool import FileSpool
from workers.wiring import spool_form

FORM = spool_form()
# What the world's sheet charges a minute of both legs.
MINUTE = 60_000


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports, opening_micros=1_000_000)
    return ports


def spool(root: Path, worker: str = "w1") -> FileSpool:
    return FileSpool(root, worker, FORM)


def left_behind(ports: Ports, root: Path, identity: str = "1") -> Cdr:
    """The CDR of a minute's call, which its worker could only keep on the disk before it ended."""
    callback, purse = rung(ports, identity)
    cdr = record(callback, 60, 60, nonce=purse.nonce)
    own = spool(root)
    own.keep(Over(cdr))
    own.close()
    return cdr


@pytest.mark.parametrize("was_closed", [False, True])
def test_what_a_worker_left_behind_is_settled_once_by_another(ports, tmp_path, was_closed):
    cdr = left_behind(ports, tmp_path)
    if was_closed:
        Till(ports.books).close(cdr)
    other = spool(tmp_path, "w2")

    delivered = [other.deliver_abandoned(ports) for _ in range(2)]

    assert delivered == [1, 0]
    assert ports.callbacks.find(cdr.callback).state is State.ENDED
    assert ports.books.cdr("alice", cdr.callback, cdr.requested_at) == cdr
    assert ports.books.balance("alice").posted_micros == 1_000_000 - MINUTE
    assert ports.books.balance("alice").holds == {}
    assert list(check_books(ports)) == []
    assert [folder.name for folder in tmp_path.iterdir()] == ["w2"]


def test_what_a_sweep_did_not_know_is_posted_late(ports, tmp_path):
    cdr = left_behind(ports, tmp_path)
    beat(ports, "w1")
    later(ports, hours=2)
    (swept,) = sweep(ports).settled

    spool(tmp_path, "w2").deliver_abandoned(ports)

    kept = ports.books.cdr("alice", cdr.callback, cdr.requested_at)
    assert (swept.settlement.kind, swept.cost.micros) == (SettlementKind.EXPIRE, 0)
    assert kept.settlement.late_micros == MINUTE
    assert ports.books.balance("alice").posted_micros == 1_000_000 - MINUTE
    assert list(check_books(ports)) == []


@pytest.mark.parametrize("step", ["close", "release"])
def test_what_the_stores_do_not_take_stays_on_the_disk(ports, tmp_path, step):
    left_behind(ports, tmp_path)
    other, cut_off = spool(tmp_path, "w2"), replace(ports, books=Outage(ports.books, **{step: 1}))

    delivered = [other.deliver_abandoned(cut_off) for _ in range(2)]

    assert delivered == [0, 1]
    assert ports.books.balance("alice").posted_micros == 1_000_000 - MINUTE
    assert list(check_books(ports)) == []


def test_the_spool_of_a_worker_that_lives_is_its_own(ports, tmp_path):
    callback, purse = rung(ports)
    living = spool(tmp_path)
    living.keep(Over(record(callback, 60, 60, nonce=purse.nonce)))

    assert spool(tmp_path, "w2").deliver_abandoned(ports) == 0

    assert list(ports.books.balance("alice").holds) == [callback.id]


def test_a_worker_starts_though_another_one_tidies_its_new_folder_away(tmp_path, monkeypatch):
    real, tidied = spool_module._lock, []

    def lock(folder):
        if not tidied:
            tidied.append(folder)
            folder.rmdir()
            return None
        return real(folder)

    monkeypatch.setattr(spool_module, "_lock", lock)

    spool(tmp_path)

    assert [folder.name for folder in tmp_path.iterdir()] == ["w1"]


@pytest.mark.parametrize("text", ['{"account": "ali', "{}", '{"cdr": {}}', "[1]", "null"])
def test_a_damaged_file_is_put_aside_and_holds_nothing_up(ports, tmp_path, text):
    left_behind(ports, tmp_path)
    (tmp_path / "w1" / "0.json").write_text(text)

    assert spool(tmp_path, "w2").deliver_abandoned(ports) == 1

    assert [path.name for path in (tmp_path / "w1").glob("0.*")] == ["0.damaged"]


def test_one_that_the_stores_never_take_holds_no_other_up(ports, tmp_path):
    cdr = left_behind(ports, tmp_path)
    stuck = to_text(Over(replace(cdr, callback="c0", account="nobody")))
    (tmp_path / "w1" / "0.json").write_text(stuck)

    assert spool(tmp_path, "w2").deliver_abandoned(ports) == 1

    assert [path.name for path in (tmp_path / "w1").glob("*.json")] == ["0.json"]


def test_what_an_earlier_version_left_is_settled(ports, tmp_path):
    cdr = left_behind(ports, tmp_path)
    (tmp_path / "w1" / f"{cdr.callback}.json").write_text(to_text(cdr))

    assert spool(tmp_path, "w2").deliver_abandoned(ports) == 1

    assert ports.books.balance("alice").posted_micros == 1_000_000 - MINUTE


def test_a_next_try_is_not_lost_with_the_worker_that_could_not_order_it(ports, tmp_path):
    callback, purse = rung(ports)
    callback = replace(callback, retries=Retries(1, timedelta(seconds=30)))
    cdr = record(callback, 0, nonce=purse.nonce)
    busy = replace(cdr.customer, verdict=replace(cdr.customer.verdict, ending=Ending.BUSY))
    own = spool(tmp_path)
    own.keep(Over(replace(cdr, customer=busy), callback))
    own.close()

    spool(tmp_path, "w2").deliver_abandoned(ports)

    again = ports.callbacks.find(callback.next_try)
    assert (again.customer, again.retries) == (callback.customer, Retries(0, timedelta(seconds=30)))


def test_a_file_that_was_not_finished_is_removed(ports, tmp_path):
    left_behind(ports, tmp_path)
    (tmp_path / "w1" / "0.draft").write_text('{"account": "ali')

    spool(tmp_path, "w2").deliver_abandoned(ports)

    assert [folder.name for folder in tmp_path.iterdir()] == ["w2"]


def test_a_broken_disk_stops_no_settlement(ports, tmp_path):
    callback, purse = rung(ports)
    own = spool(tmp_path)
    (tmp_path / "w1" / f"{callback.id}.draft").mkdir()

    own.keep(Over(record(callback, 60, 60, nonce=purse.nonce)))

    assert list((tmp_path / "w1").glob("*.json")) == []


def test_a_session_keeps_its_settlement_until_it_is_applied(tmp_path):
    exchange, own = Exchange(), spool(tmp_path)
    on_disk = []

    class Watched(Outage):
        def __getattr__(self, name):
            if name in {"close", "release"}:
                on_disk.append((name, len(list(tmp_path.glob("*/*.json")))))
            return super().__getattr__(name)

    exchange.desk = replace(
        exchange.desk, spool=own, ports=replace(exchange.ports, books=Watched(exchange.ports.books))
    )

    cdr = exchange.connect(events={30: lambda session: session.hang_up()})

    assert on_disk == [("close", 1), ("release", 1)]
    assert list(tmp_path.glob("*/*.json")) == []
    assert exchange.balance.posted_micros == 5_000_000 - cdr.cost.micros
