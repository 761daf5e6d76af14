"""The system log of real processes: a worker comes, is killed, and another one leaves."""

import asyncio
import signal

import pytest

from switchboard.desk.sweep import sweep
from switchboard.desk.system_log import telling
from switchboard.staff.system_log import LogSearch
from tests.integration.system import System, make_system, until

pytestmark = pytest.mark.integration


def texts_of(system: System) -> list[str]:
    """What was told, the oldest first."""
    log, now = system.ports.system_log, system.ports.clock.now()
    return [entry.text for entry in log.page(LogSearch(), now, limit=50, cursor=None).items][::-1]


def test_a_worker_that_comes_is_killed_or_leaves_is_in_the_log_within_seconds(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log")

    def swept_text(worker: str) -> str | None:
        sweep(system.ports)
        return next((text for text in texts_of(system) if f"{worker} is lost" in text), None)

    async def story() -> None:
        with telling(system.ports.system_log, "up", "up-1"), system.worker() as first:
            await until(lambda: [text for text in texts_of(system) if first.name in text], 5)
            first.process.kill()
            assert await until(lambda: swept_text(first.name), 10)
        with system.worker() as second:
            second.process.send_signal(signal.SIGTERM)
            await until(lambda: second.process.poll() is not None)

    asyncio.run(story())

    told = texts_of(system)
    assert sum("uses SIP port" in text for text in told) == 2
    assert any("takes no more callbacks" in text for text in told)
    assert any(text.endswith("has left") for text in told)
