"""Counted minutes: each worker's own, replaced when it tells them again, found by instant."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.minutes import Counts, Minute, Tally
from tests.fakes.world import NOON

RICH = Tally(7, 5, 300, 6, 9_000, {"EUR": 1_230_000, "USD": -5}, {"EUR": 400_000})
COUNTS = Counts(RICH, {"carrier": RICH, "other": Tally(attempts=1)}, {"GB": RICH, "": RICH})


def minute(worker: str, minutes: int, counts: Counts = COUNTS) -> Minute:
    return Minute(worker, NOON + timedelta(minutes=minutes), counts)


def test_a_minute_that_is_told_again_replaces_what_was_told(ports):
    for attempts in (1, 2, 2):
        ports.minutes.save(minute("w1", 0, Counts(replace(RICH, attempts=attempts))))
    ports.minutes.save(minute("w2", 0))

    found = list(ports.minutes.between(NOON, NOON + timedelta(minutes=1)))

    assert found == [minute("w1", 0, Counts(replace(RICH, attempts=2))), minute("w2", 0)]


def test_minutes_are_found_by_when_they_began_over_the_hours(ports):
    for after in (-61, -1, 0, 59, 60, 61):
        ports.minutes.save(minute("w1", after))

    found = ports.minutes.between(NOON - timedelta(minutes=1), NOON + timedelta(minutes=61))

    assert [one.at for one in found] == [minute("", after).at for after in (-1, 0, 59, 60)]
