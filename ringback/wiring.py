"""The operator's door, put together by hand: which system a command talks to, and its ports."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from ringback.local.child import listens
from ringback.local.state import DEFAULT_STATE, StateDirectory
from switchboard.aws import AwsSettings, create_tables, delete_tables, open_ports
from switchboard.ports import Passwords, Ports
from switchboard.vault import ArgonPasswords

REGIONS = ("AWS_REGION", "AWS_DEFAULT_REGION")


class NoSystem(Exception):
    """There is no system to talk to; the message says what to do."""


def system_env(state: Path | None, env: Mapping[str, str]) -> dict[str, str]:
    """The environment of the system that a command talks to: the `ringback up` of the state
    directory where one is named, by option or $RINGBACK_STATE; else the endpoints that the
    environment names; else the `ringback up` of ./var; else AWS, where a region is set."""
    named = state or (Path(env["RINGBACK_STATE"]) if env.get("RINGBACK_STATE") else None)
    if named is None and any(name.startswith("AWS_ENDPOINT_URL") for name in env):
        return dict(env)
    directory = StateDirectory(named or DEFAULT_STATE)
    known = directory.read_env()
    if not known and named is None and any(name in env for name in REGIONS):
        return dict(env)
    if not known:
        raise NoSystem(f"there is no system in {directory.path}: start one with `ringback up`")
    port = urlsplit(known["AWS_ENDPOINT_URL"]).port
    if port is None or not listens(port):
        raise NoSystem(f"the system in {directory.path} is not running: start `ringback up`")
    return {**env, **known}


def ports_of(env: Mapping[str, str]) -> Ports:
    """The ports of a system; the SDK takes its endpoints from this process's environment."""
    os.environ.update(env)
    return open_ports(_settings(env))


def passwords() -> Passwords:
    """How passwords are kept."""
    return ArgonPasswords()


def make_tables(env: Mapping[str, str]) -> list[str]:
    """Make what is missing of the tables and queues; gives the names of all."""
    os.environ.update(env)
    return create_tables(_settings(env))


def drop_tables(env: Mapping[str, str]) -> list[str]:
    """Delete tables and queues with all that is in them; gives their names."""
    os.environ.update(env)
    return delete_tables(_settings(env))


def _settings(env: Mapping[str, str]) -> AwsSettings:
    try:
        return AwsSettings.from_env(env)
    except KeyError as missing:
        raise NoSystem(f"the variable {missing} is not set") from None
