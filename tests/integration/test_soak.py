"""A small soak: workers are after many short callbacks what they were before them."""

import asyncio
import logging
from pathlib import Path

import pytest

from ringback.embedded.process import EmbeddedAws
from tests.soak.run import Plan, Soak

pytestmark = pytest.mark.integration

# Two callbacks fit into a process with the stock engine. Without a rest, SIP is still busy with
# what was; what is counted is not.
SMALL = Plan(callbacks=40, warm_up=12, workers=2, at_once=4, rest_s=1)

logger = logging.getLogger(__name__)


def test_short_callbacks_leave_nothing_behind(aws: EmbeddedAws, tmp_path: Path):
    soaked = asyncio.run(Soak(aws, tmp_path, SMALL, logger.info).run())

    logger.info("%.1f callbacks a second", SMALL.callbacks / soaked.took_s)
    assert soaked.lost == []
    assert soaked.books_are_clean
    for before, after in zip(soaked.before, soaked.after, strict=True):
        logger.info("%.1f MB, then %.1f", before.megabytes, after.megabytes)
        assert after.too_much(before, SMALL.callbacks) == []
