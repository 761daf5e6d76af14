"""The stories of tests/unit/test_simulator.py over the adapters of DynamoDB and the embedded
engine: what botocore and PynamoDB make of trouble on the wire is part of them."""

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from switchboard.calls.cdr import Cdr
from switchboard.ledger.balance import Balance
from tests.simulator.careless import LOST, Lost
from tests.simulator.crowd import ACCOUNT
from tests.simulator.story import Plot, Story
from tests.simulator.wire import EmbeddedStores, tame

SEEDS = 100
PLOT = Plot(steps=100)


@pytest.fixture(autouse=True)
def _tamed(monkeypatch):
    tame(monkeypatch)


@pytest.fixture(scope="module")
def crowd() -> Iterator[Executor]:
    """As many processes as a build has cores: a story is all computation."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(2, spawn, initializer=_tame_for_good) as crowd:
        yield crowd


def _tame_for_good() -> None:
    tame(pytest.MonkeyPatch())


def tell(seed: int, **kinds: type) -> list[str]:
    return Story(seed, PLOT, over=EmbeddedStores, **kinds).tell()


@pytest.mark.parametrize("first", range(0, SEEDS, 10))
def test_whatever_goes_wrong_each_call_is_charged_once_and_nothing_is_left(first, crowd):
    seeds = range(first, first + 10)

    wrong = dict(zip(seeds, crowd.map(tell, seeds), strict=True))

    assert {seed: found for seed, found in wrong.items() if found} == {}


def test_the_same_seed_tells_the_same_story():
    def told() -> tuple[list[Cdr], Balance]:
        story = Story(3, PLOT, over=EmbeddedStores)
        story.tell()
        return list(story.ports.books.cdrs(ACCOUNT)), story.ports.books.balance(ACCOUNT)

    assert told() == told()


@pytest.mark.parametrize(
    "lost", LOST, ids=lambda lost: f"{lost.port}.{lost.method} without its condition {lost.place}"
)
def test_a_condition_that_is_missing_is_noticed(lost: Lost):
    # The seed that noticed it before comes first; where the story has changed since, others do.
    amiss = (seed for seed in (lost.seed, *range(60)) if tell(seed, **lost.adapter))

    assert next(amiss, None) is not None
