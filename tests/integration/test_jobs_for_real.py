"""Jobs in the system of `ringback up`: its runner does them, and what they made survives it."""

import asyncio
import io
import os
from collections.abc import Iterator

import httpx
import pytest
from python_calamine import CalamineWorkbook

from ringback.local.sample import ACCOUNT, ADMINISTRATOR, add_administrator, add_sample
from ringback.local.state import ADMIN_PASSWORD, DEMO_PASSWORD
from ringback.local.system import LocalSystem, SystemOptions
from ringback.wiring import passwords
from switchboard.desk.office.exports import WantedCalls, start_cdr_export
from switchboard.staff.jobs import JobState
from switchboard.staff.rights import ADMINISTRATOR as EVERYTHING
from switchboard.staff.users import Operator
from tests.integration.system import until

pytestmark = pytest.mark.integration
BY = Operator(ADMINISTRATOR, EVERYTHING, "console")


@pytest.fixture
def options(tmp_path) -> SystemOptions:
    # Nobody listens at the port of the carrier.
    return SystemOptions(tmp_path, workers=0, carrier_port=9)


@pytest.fixture
def environment() -> Iterator[None]:
    """That of this process, which a system of its own changes, is put back."""
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def system(options, environment) -> Iterator[LocalSystem]:
    with LocalSystem(options) as system:
        add_sample(system.ports, passwords(), system.env[DEMO_PASSWORD])
        add_administrator(system.ports, passwords(), system.env[ADMIN_PASSWORD])
        yield system


def done(system, job):
    found = system.ports.jobs.find(job)
    return found if found.state.final else None


def test_a_runner_does_a_job_and_its_file_is_there_after_a_restart(system, options):
    wanted = WantedCalls(ACCOUNT)
    job = start_cdr_export(system.ports, BY, wanted, "xlsx", token="1")

    ended = asyncio.run(until(lambda: done(system, job.id)))

    assert (ended.state, ended.failure) == (JobState.DONE, "")
    [file] = ended.files
    system.__exit__(None, None, None)
    with LocalSystem(options) as again:
        assert again.ports.jobs.find(job.id) == ended
        answer = httpx.get(again.ports.files.link(file.key, file.name))
    assert answer.status_code == 200, answer.text
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    [header] = book.get_sheet_by_index(0).to_python()
    assert header[0] == "requested_at"
