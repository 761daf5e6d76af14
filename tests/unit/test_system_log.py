"""What a process logs comes into the system log: bounded, masked, off the path of who logs."""

import logging
import threading
from datetime import UTC, datetime

import pytest

from switchboard.desk.system_log import MOST_A_MINUTE, Gathered, SystemLogHandler, telling
from switchboard.logs import NOT_NOTABLE, NOTABLE, about
from switchboard.staff.system_log import Severity, SystemEntry
from tests.fakes.system_log import MemorySystemLog

AT = datetime(2026, 1, 2, 12, tzinfo=UTC)
log = logging.getLogger("ringback.test")


class Clock:
    def __init__(self) -> None:
        self.now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gathered(clock) -> Gathered:
    return Gathered(clock)


def entry(name: int, text: str = "it broke") -> SystemEntry:
    return SystemEntry(f"p-{name}", AT, Severity.ERROR, "api", "p", text)


def told(write) -> list[SystemEntry]:
    """What comes into the log while something is done."""
    store = MemorySystemLog()
    with telling(store, "api", "api-1"):
        write()
    return sorted(store.kept.values(), key=lambda one: one.at)


def test_the_same_line_again_is_one_entry_that_is_written_once_a_minute(gathered, clock):
    for name in range(1_000):
        gathered.tell(entry(name))
    first = gathered.take()
    gathered.tell(entry(1_000))
    at_once = gathered.take()
    clock.now_s += 61
    later = gathered.take()

    assert [(one.id, one.times) for one in first] == [("p-0", 1_000)]
    assert at_once == []
    assert [(one.id, one.times, one.last_at) for one in later] == [("p-0", 1_001, AT)]
    assert gathered.take() == []


def test_a_line_that_comes_again_much_later_is_a_new_entry(gathered, clock):
    gathered.tell(entry(1))
    gathered.take()
    clock.now_s += 601
    gathered.tell(entry(2))

    assert [(one.id, one.times) for one in gathered.take()] == [("p-2", 1)]


def test_a_flood_of_other_lines_is_cut_off_and_its_number_told(gathered, clock):
    for name in range(10_000):
        gathered.tell(entry(name, text=f"line {name}"))
    taken = gathered.take()
    clock.now_s += 60
    gathered.tell(entry(10_000, text="the next minute"))

    assert len(taken) == MOST_A_MINUTE
    assert sorted(one.text for one in gathered.take()) == [
        f"{10_000 - MOST_A_MINUTE} other lines were left out",
        "the next minute",
    ]


def test_what_could_not_be_written_is_taken_again_and_no_more_than_so_much_is_kept(gathered, clock):
    for name in range(5_000):
        clock.now_s += 1
        gathered.tell(entry(name, text=f"line {name}"))
        gathered.give_back(gathered.take())

    assert len(gathered.take()) <= 1_001


def test_warnings_faults_and_what_is_notable_are_told_and_nothing_else():
    def write() -> None:
        log.debug("small")
        log.info("usual")
        log.info("a worker came", extra=NOTABLE)
        log.warning("a trunk rests")
        log.warning("the engine tries another port", extra=NOT_NOTABLE)
        try:
            raise LookupError("no +442071234567 there")
        except LookupError:
            log.exception("it broke")

    found = told(write)

    assert [(one.severity.value, one.text) for one in found] == [
        ("info", "a worker came"),
        ("warning", "a trunk rests"),
        ("error", "it broke"),
    ]
    assert found[2].fault.endswith("LookupError: no +44******4567 there")


def test_an_entry_has_its_facts_and_no_number_in_clear():
    def write() -> None:
        with about(worker="w1"):
            log.warning("%s\nis rung", "+442071234567", extra={"trunk": "a", "part": "sweep"})

    [found] = told(write)

    assert (found.part, found.process) == ("sweep", "api-1")
    assert found.text == "+44******4567\\nis rung"
    assert found.facts == {"logger": "ringback.test", "worker": "w1", "trunk": "a"}


def test_a_line_whose_arguments_do_not_fit_hurts_nobody(capsys):
    store = MemorySystemLog()
    record = logging.makeLogRecord({"msg": "%s and %s", "args": ("one",), "levelno": 30})

    SystemLogHandler(store.keep, "api", "api-1").handle(record)

    assert store.kept == {}
    assert "not enough arguments" in capsys.readouterr().err


def test_a_store_that_is_out_of_reach_hurts_nobody_and_is_complained_of_once(caplog):
    tried = threading.Event()

    def keep(_entries) -> None:
        tried.set()
        raise OSError("no route to host")

    handler = SystemLogHandler(keep, "api", "api-1")
    logging.getLogger().addHandler(handler)
    try:
        log.warning("one")
        assert tried.wait(5)
        handler.flush()
        for number in range(100):
            log.warning("line %s", number)
        handler.flush()
    finally:
        logging.getLogger().removeHandler(handler)

    assert caplog.text.count("the system log is out of reach") == 1
