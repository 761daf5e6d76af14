"""How many calls an engine allows, whatever it was asked for: both of our engines pass."""

import os
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.integration.full_engine import ENOUGH
from tests.integration.system import ROOT

pytestmark = pytest.mark.integration

IS_TUNED = "+ringback" in version("pjsua2-python")


def test_every_call_that_an_engine_promises_can_be_made_and_no_other():
    full = subprocess.run(
        [sys.executable, "-m", "tests.integration.full_engine"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )

    promised, made, free = map(int, full.stderr.splitlines()[-1].split())
    assert promised == (4096 if IS_TUNED else 4)
    assert made == min(promised, ENOUGH)
    assert free == promised - made


def test_a_worker_takes_no_more_callbacks_than_its_engine_has_room_for(system):
    [beat] = system.ports.workers.all()

    assert beat.capacity == (500 if IS_TUNED else 2)
