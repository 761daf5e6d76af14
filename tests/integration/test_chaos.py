"""The chaos run in small: `make chaos` is the same with more callbacks."""

import asyncio

import pytest

from tests.chaos.plan import Scale, plan_of
from tests.chaos.verdicts import verdicts_on
from tests.chaos.world import live

pytestmark = pytest.mark.integration

SMALL = Scale(callbacks=30, processes=3, orders_s=14)


@pytest.mark.timeout(240)
def test_whatever_goes_wrong_no_call_and_no_money_is_lost(aws, tmp_path):
    story = asyncio.run(live(plan_of(1, SMALL), aws, tmp_path, print))

    assert [verdict for verdict in verdicts_on(story.aftermath) if not verdict.holds] == []
    rang = [one for one in story.aftermath.found if any(one.rung)]
    assert len(rang) > SMALL.callbacks / 2
