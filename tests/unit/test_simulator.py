"""The ledger in a simulated world where everything goes wrong: the books are right in the end.

Each seed is a world of its own, and the same one every time. `Story(seed, Plot()).tell()` says
what is amiss in one.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.ledger.balance import Hold
from switchboard.ledger.entries import SettlementKind
from tests.fakes.plenty import a_bucket
from tests.fakes.ports import MemoryBooks
from tests.simulator import mutants
from tests.simulator.crowd import ACCOUNT
from tests.simulator.story import Plot, Story

SEEDS = 250
# Most mutants are caught within thirty seeds; the rarest needs a hundred and sixty.
SEEDS_A_MUTANT = 600
PLOT = Plot()
# So little that calls race for it, and that some go on with money.
BUCKETS = (
    a_bucket(100, "44", name="uk", increment_s=6, per_call_s=60),
    a_bucket(400, name="any", per_day_s=120),
)
COVERED = Plot(buckets=BUCKETS)


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_whatever_goes_wrong_each_call_is_charged_once_and_nothing_is_left(first):
    wrong = {seed: Story(seed, PLOT).tell() for seed in range(first, first + 50)}

    assert {seed: found for seed, found in wrong.items() if found} == {}


@pytest.mark.parametrize("first", range(0, SEEDS, 50))
def test_whatever_goes_wrong_no_included_second_is_burned_twice_or_lost(first):
    wrong = {seed: Story(seed, COVERED).tell() for seed in range(first, first + 50)}

    assert {seed: found for seed, found in wrong.items() if found} == {}


class Counting(MemoryBooks):
    """Knows how often a later attempt took over the hold of an earlier one."""

    adopted = 0

    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        made = super().adopt(account, callback, old, nonce)
        self.adopted += made
        return made


def test_the_simulation_goes_where_it_hurts():
    stories = [Story(seed, PLOT, books=Counting) for seed in range(50)]
    for story in stories:
        story.tell()

    records = [cdr for story in stories for cdr in story.ports.books.cdrs(ACCOUNT)]
    kinds = [cdr.settlement.kind for cdr in records]
    assert min(kinds.count(kind) for kind in SettlementKind) >= 10
    assert sum(cdr.settlement.late_micros is not None for cdr in records) >= 10
    assert sum(len(cdr.earlier) for cdr in records) >= 5
    assert sum(story.deaths for story in stories) >= 50
    assert sum(story.ports.books.adopted for story in stories) >= 10
    counted = [story.ports.books.balance(ACCOUNT).spent for story in stories]
    assert len({counter for spent in counted for counter in spent}) == 4


def test_the_same_seed_tells_the_same_story():
    one, other = Story(7, PLOT), Story(7, PLOT)
    one.tell()
    other.tell()

    assert one.ports.books.closed == other.ports.books.closed
    assert one.ports.callbacks.placed == other.ports.callbacks.placed


@given(st.integers(0, 2**32), st.integers(0, 300_000))
def test_two_callbacks_of_one_account_side_by_side_never_overspend(seed, opening_micros):
    story = Story(seed, Plot(opening_micros, callbacks=2, workers=2, steps=80, clerks=False))

    assert story.tell() == []

    late = sum(cdr.settlement.late_micros or 0 for cdr in story.ports.books.cdrs(ACCOUNT))
    assert story.ports.books.balance(ACCOUNT).posted_micros + late >= 0


@pytest.mark.parametrize(
    "mutant", mutants.ALL, ids=lambda kinds: next(iter(kinds.values())).__name__
)
def test_a_condition_that_is_missing_is_noticed(mutant):
    amiss = (seed for seed in range(SEEDS_A_MUTANT) if Story(seed, PLOT, **mutant).tell())

    assert next(amiss, None) is not None


@pytest.mark.parametrize(
    "mutant", mutants.OF_BUCKETS, ids=lambda kinds: next(iter(kinds.values())).__name__
)
def test_a_condition_of_buckets_that_is_missing_is_noticed(mutant):
    amiss = (seed for seed in range(SEEDS_A_MUTANT) if Story(seed, COVERED, **mutant).tell())

    assert next(amiss, None) is not None
