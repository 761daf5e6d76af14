"""Which system a command talks to."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from ringback.local.state import StateDirectory
from ringback.wiring import NoSystem, system_env

SHELL = {
    "PATH": "/bin",
    "AWS_PROFILE": "work",
    "AWS_REGION": "us-east-1",
    "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:1",
}


@pytest.fixture
def state(tmp_path: Path) -> Iterator[Path]:
    """A system that is up: somebody listens where its file says."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        StateDirectory(tmp_path).write_env({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})
        yield tmp_path


def test_nothing_that_the_shell_says_of_aws_leads_away_from_a_named_system(state):
    found = system_env(state, SHELL)

    assert found == {"PATH": "/bin", **StateDirectory(state).read_env()}
    assert system_env(None, {**SHELL, "RINGBACK_STATE": str(state)}).keys() == {
        *found,
        "RINGBACK_STATE",
    }


def test_the_endpoints_of_the_environment_come_before_the_system_of_this_folder(state, monkeypatch):
    monkeypatch.chdir(state.parent)

    assert system_env(None, SHELL) == SHELL


def test_a_region_alone_means_aws_only_where_no_system_is_here(state, monkeypatch):
    region = {"AWS_REGION": "us-east-1"}
    monkeypatch.chdir(state)
    assert system_env(None, region) == region

    state.joinpath("var").symlink_to(state)

    assert system_env(None, region) == StateDirectory(state).read_env()


def test_a_system_that_is_not_running_is_named(tmp_path):
    StateDirectory(tmp_path).write_env({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"})

    with pytest.raises(NoSystem, match="is not running"):
        system_env(tmp_path, {})
    with pytest.raises(NoSystem, match="there is no system"):
        system_env(tmp_path / "nowhere", SHELL)
