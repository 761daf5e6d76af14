"""Jobs, as an operator types them."""

from collections.abc import Iterator

import pytest

from switchboard.aws import AwsSettings, open_ports
from switchboard.desk.office.exports import start_account_export
from switchboard.ports import Ports
from tests.fakes.clerks import clerk
from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    with shell_of_a_new_system(tmp_path_factory.mktemp("aws"), "jobs-") as shell:
        yield shell


@pytest.fixture
def ports(shell, monkeypatch) -> Ports:
    """Those of the console, by which jobs are started."""
    for name, value in shell.env.items():
        monkeypatch.setenv(name, value)
    return open_ports(AwsSettings.from_env(shell.env))


def test_a_job_is_listed_shown_and_cancelled(shell, ports):
    jane = clerk(ports)
    job = start_account_export(ports, jane, "csv", token="1")

    [listed] = shell.json("jobs", "list")
    assert (listed["job"], listed["status"], listed["by"]) == (job.id, "waiting", "jane")
    assert shell.json("jobs", "show", job.id) == listed
    cancelled = shell.json("jobs", "cancel", job.id)

    assert cancelled["status"] == "cancelled"
    [entry] = shell.json("audit", "list", "--about", "job account-export")[:1]
    assert (entry["deed"], entry["door"]) == ("cancel", "command line")
