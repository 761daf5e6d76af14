"""The system log: newest first, day by day, and only so much of it is read at once."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.aws import system_log
from switchboard.errors import Malformed
from switchboard.staff.system_log import KEPT, LogSearch, Severity, SystemEntry
from tests.fakes.world import NOON

LINE = SystemEntry(
    "w1-1",
    NOON,
    Severity.WARNING,
    "worker",
    "w1",
    "trunk carrier rests",
    fault="Traceback …",
    facts={"trunk": "carrier"},
)
ALL = LogSearch()


def listed(ports, search=ALL, *, limit=10):
    """The texts of all parts, each of which has a cursor but the last."""
    parts, cursor = [], None
    while True:
        page = ports.system_log.page(search, NOON, limit=limit, cursor=cursor)
        parts.append([entry.text for entry in page.items])
        if (cursor := page.cursor) is None:
            return parts


def line(number: int, **changes) -> SystemEntry:
    """One of so many hours ago."""
    at = NOON - timedelta(hours=number)
    return replace(LINE, **{"id": f"w1-{number}", "at": at, "text": f"line {number}", **changes})


def test_entries_are_found_as_they_were_kept(ports):
    ports.system_log.keep([LINE])

    assert ports.system_log.page(ALL, NOON, limit=5, cursor=None).items == [LINE]


def test_the_newest_come_first_part_by_part_over_the_days(ports):
    ports.system_log.keep([line(number) for number in (0, 50, 3, 30, 200)])
    ports.system_log.keep([line(number) for number in (1, 720)])

    parts = listed(ports, limit=2)

    assert parts == [
        ["line 0", "line 1"],
        ["line 3", "line 30"],
        ["line 50", "line 200"],
        ["line 720"],
    ]
    assert listed(ports, LogSearch(since=NOON - timedelta(hours=4))) == [
        ["line 0", "line 1", "line 3"]
    ]


def test_a_line_that_came_again_stands_in_its_own_place(ports):
    ports.system_log.keep([LINE, replace(LINE, times=2)])
    ports.system_log.keep([replace(LINE, times=7, last_at=NOON + timedelta(minutes=1))])

    [entry] = ports.system_log.page(ALL, NOON, limit=5, cursor=None).items

    assert (entry.times, entry.last_at) == (7, NOON + timedelta(minutes=1))


def test_entries_are_found_by_severity_part_and_words(ports):
    ports.system_log.keep(
        [
            line(1, severity=Severity.INFO, part="sweep", text="settled 2 callbacks"),
            line(2),
            line(3, severity=Severity.ERROR, text="it broke", facts={"callback": "c77"}),
        ]
    )

    assert listed(ports, LogSearch(Severity.WARNING)) == [["line 2", "it broke"]]
    assert listed(ports, LogSearch(Severity.ERROR)) == [["it broke"]]
    assert listed(ports, LogSearch(part="sweep")) == [["settled 2 callbacks"]]
    assert listed(ports, LogSearch(words="C77 broke")) == [["it broke"]]
    assert listed(ports, LogSearch(words="nowhere")) == [[]]


def test_more_than_two_batches_are_kept_at_once(ports):
    ports.system_log.keep([line(number) for number in range(60)])

    assert sum(map(len, listed(ports, limit=25))) == 60


def test_only_so_much_is_read_for_a_part(ports, monkeypatch):
    monkeypatch.setattr(system_log, "MOST_READ", 4)
    ports.system_log.keep([line(number) for number in range(10)])
    ports.system_log.keep([line(10, severity=Severity.ERROR)])

    found = listed(ports, LogSearch(Severity.ERROR))

    assert [text for part in found for text in part] == ["line 10"]


def test_what_is_older_than_it_is_kept_is_not_listed(ports):
    ports.system_log.keep([replace(LINE, at=NOON - KEPT - timedelta(seconds=1))])

    assert listed(ports) == [[]]


@pytest.mark.parametrize("cursor", ["x", "", "MjAyNi0wMS0wMi94", "MjAyNi0xMy0wMi8="])
def test_a_cursor_of_others_is_refused(ports, cursor):
    with pytest.raises(Malformed):
        ports.system_log.page(ALL, NOON, limit=2, cursor=cursor)
