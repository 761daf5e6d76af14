"""The operator's door, put together by hand: which system a command talks to, and its ports."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from ringback.local.child import listens
from ringback.local.state import DEFAULT_STATE, PIN_KEY, PUBLIC_URL, StateDirectory
from switchboard.aws import AwsSettings, create_tables, delete_tables, open_ports
from switchboard.billing.pins import PinKey
from switchboard.calls.trunk import Trunk
from switchboard.errors import Malformed
from switchboard.ports import Passwords, Ports
from switchboard.ports.carriers import Reply
from switchboard.spreadsheets.kinds import kind_of_name
from switchboard.spreadsheets.reading import MOST_BYTES, FileForm, read_worksheets
from switchboard.spreadsheets.writing import write_file
from switchboard.tables.cells import Cell, Worksheet
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
    return local_env(env, known)


def local_env(env: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """The environment for a system on this machine. What the shell says of AWS is left out: a
    profile, a region or the endpoint of one service there would lead away from it."""
    return {name: value for name, value in env.items() if not name.startswith("AWS_")} | {**known}


def ports_of(env: Mapping[str, str]) -> Ports:
    """The ports of a system; the SDK takes its endpoints from this process's environment."""
    _adopt(env)
    return open_ports(_settings(env))


def passwords() -> Passwords:
    """How passwords are kept."""
    return ArgonPasswords()


def pin_key(env: Mapping[str, str]) -> PinKey:
    """The key of PINs. NoSystem where it is not set: PINs under another key would fit nobody."""
    if not env.get(PIN_KEY):
        raise NoSystem(f"the variable {PIN_KEY} is not set: it is the key that PINs are kept by")
    return PinKey(env[PIN_KEY])


def public_url(env: Mapping[str, str]) -> str:
    """Where the world reaches the API. NoSystem where it is not set."""
    if not env.get(PUBLIC_URL):
        raise NoSystem(f"the variable {PUBLIC_URL} is not set: it is the address of the API")
    return env[PUBLIC_URL].rstrip("/")


def pin_hash_of(env: Mapping[str, str]) -> Callable[[str], str] | None:
    """How PINs are kept; None where their key is not set."""
    return PinKey(env[PIN_KEY]).hash if env.get(PIN_KEY) else None


@contextmanager
def worksheets_of(
    path: Path,
    *,
    worksheet: str | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Iterator[Iterator[Worksheet]]:
    """The worksheets of a file. Malformed where it cannot be read."""
    data = _data_of(path)
    with closing(read_worksheets(data, FileForm(worksheet, encoding, delimiter))) as worksheets:
        yield worksheets


def _data_of(path: Path) -> bytes:
    """What is in a file or a pipe, up to what is too much anyway. A pipe that nobody writes to is
    empty, and not waited for."""
    try:
        with open(path, "rb", opener=_open_at_once) as file:
            os.set_blocking(file.fileno(), True)
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Malformed(f"{path} cannot be read: {error.strerror}") from None


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)


def check_new_table(path: Path) -> None:
    """Malformed where `write_table` could not write a new file."""
    kind_of_name(path.name)
    if path.exists():
        raise Malformed(f"{path} exists already: take another name")
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Malformed(f"{path.parent} is no directory that can be written to")


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a table as its name's ending asks; gives the number of rows."""
    return write_file(path, header, rows)


def ask_trunk(trunk: Trunk, limit_s: float) -> Reply:
    """Ask a trunk for its options. NoReply where it is silent for so long."""
    from switchboard.ping import ask_trunk

    return ask_trunk(trunk, limit_s)


def make_tables(env: Mapping[str, str]) -> list[str]:
    """Make what is missing of the tables and queues; gives the names of all."""
    _adopt(env)
    return create_tables(_settings(env))


def drop_tables(env: Mapping[str, str]) -> list[str]:
    """Delete tables and queues with all that is in them; gives their names."""
    _adopt(env)
    return delete_tables(_settings(env))


def _adopt(env: Mapping[str, str]) -> None:
    """Let the SDK, which reads this process's environment, see what `env` says of AWS only."""
    for name in [name for name in os.environ if name.startswith("AWS_") and name not in env]:
        del os.environ[name]
    os.environ.update(env)


def _settings(env: Mapping[str, str]) -> AwsSettings:
    try:
        return AwsSettings.from_env(env)
    except KeyError as missing:
        raise NoSystem(f"the variable {missing} is not set") from None
