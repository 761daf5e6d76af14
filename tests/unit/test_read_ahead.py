"""Long lists are read ahead, and no further than one part."""

import threading

import pytest

from switchboard.aws.read_ahead import read_ahead


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_all_parts_come_in_their_order(count):
    assert list(read_ahead(iter(range(1, count + 1)))) == list(range(1, count + 1))


def test_nothing_behind_the_first_part_is_read_before_it_is_asked_for():
    parts = iter("abc")

    assert next(read_ahead(parts)) == "a"

    assert list(parts) == ["b", "c"]


def test_the_next_part_is_read_while_one_is_worked_with():
    third = threading.Event()

    def parts():
        yield from "ab"
        third.set()
        yield "c"

    reading = read_ahead(parts())
    assert [next(reading), next(reading)] == ["a", "b"]

    assert third.wait(5)


def test_what_goes_wrong_reaches_who_reads():
    def parts():
        yield from "ab"
        raise OSError("no more")

    reading = read_ahead(parts())

    with pytest.raises(OSError, match="no more"):
        list(reading)
