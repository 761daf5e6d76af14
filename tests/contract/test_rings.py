"""What is remembered of rings: one comes first, and the refused ones are counted."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.fakes.world import BOB, NOON, SERVICE

SECOND = timedelta(seconds=1)


def first(ports, callback: str, at_s: int, key: str = "k") -> str:
    now = NOON + at_s * SECOND
    return ports.rings.first(key, callback, now=now, until=now + 30 * SECOND)


def test_the_first_ring_counts_until_its_time_is_over(ports):
    assert first(ports, "c1", 0) == "c1"
    assert first(ports, "c2", 29) == "c1"
    assert first(ports, "c1", 29) == "c1"
    assert first(ports, "c3", 30) == "c3"
    assert first(ports, "c4", 59) == "c3"


def test_rings_with_other_keys_have_nothing_to_do_with_each_other(ports):
    assert [first(ports, f"c{key}", 0, key) for key in "abc"] == ["ca", "cb", "cc"]


def test_of_many_at_once_one_is_the_first(busy_ports):
    with ThreadPoolExecutor(8) as crowd:
        found = list(crowd.map(lambda number: first(busy_ports, f"c{number}", 0), range(8)))

    assert len(set(found)) == 1


def test_refused_rings_are_counted_by_number_code_and_day(ports):
    today = NOON.date()
    for code in ("withheld_caller", "unknown_sender", "unknown_sender"):
        ports.rings.count_refused(SERVICE, code, today)
    ports.rings.count_refused(BOB, "too_late", today)
    ports.rings.count_refused(SERVICE, "too_late", today - timedelta(days=1))

    assert ports.rings.refused(SERVICE, today) == {"withheld_caller": 1, "unknown_sender": 2}
