"""The write-ahead log: a text file from which the embedded AWS is put together again after a crash.

After a header, each line is a checksum and a JSON list of changes that were made together. Changes
say what is now so, never how it came about: reading them again needs no clock and no condition,
and reading one twice does no harm.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Self

HEADER = b"ringback embedded aws log 1\n"

Thing = tuple[str, ...]
"""What a change is about: ("table", arn), ("queue", arn), ("bucket", account, name), or ("token",
account, region, token)."""

Part = tuple[str, ...]
"""What of it: an item's key, a message's id, or () for the thing itself."""

State = dict[Thing, dict[Part, Any]]
"""All things that are there, with their parts, in the order in which they appeared."""


class LogError(Exception):
    """The log of a directory cannot be used; the message says in one line why."""


@dataclass(frozen=True, slots=True)
class Change:
    """From now on this part of this thing is `value`; with `None` it is gone."""

    thing: Thing
    part: Part
    value: Any

    def encode(self) -> bytes:
        return json.dumps([self.thing, self.part, self.value], separators=(",", ":")).encode()


def differences(before: Mapping[Thing, str], now: Mapping[Thing, str]) -> Iterator[Change]:
    """What became of things that were described in JSON, and are described anew."""
    for thing in before.keys() - now.keys():
        yield Change(thing, (), None)
    for thing, description in now.items():
        if before.get(thing) != description:
            yield Change(thing, (), json.loads(description))


def line(changes: Iterable[bytes]) -> bytes:
    """One line of the log: encoded changes that are read back together or not at all."""
    payload = b"[" + b",".join(changes) + b"]"
    return b"%08x %b\n" % (zlib.crc32(payload), payload)


def read(file: BinaryIO) -> Iterator[Change]:
    """Every change in the order written.

    A torn last line, which nobody was told about, is left out. Damage anywhere else is a
    `LogError`: what follows it was acknowledged.
    """
    header = file.readline()
    if header != HEADER and not HEADER.startswith(header):
        raise LogError("its first line is not that of a log of this version")
    for number, written in enumerate(file, start=2):
        changes = _parse(written)
        if changes is None:
            if file.read(1):
                raise LogError(f"line {number} is damaged and is not the last one")
            return
        yield from changes


def _parse(written: bytes) -> list[Change] | None:
    checksum, _, payload = written.rstrip(b"\n").partition(b" ")
    if not written.endswith(b"\n") or checksum != b"%08x" % zlib.crc32(payload):
        return None
    return [Change(tuple(thing), tuple(part), value) for thing, part, value in json.loads(payload)]


def fold(changes: Iterable[Change]) -> State:
    """What is there after all these changes; a thing that goes takes its parts along."""
    state: State = {}
    for change in changes:
        if change.value is not None:
            state.setdefault(change.thing, {})[change.part] = change.value
        elif change.part:
            state.get(change.thing, {}).pop(change.part, None)
        else:
            state.pop(change.thing, None)
    return state


class Log:
    """The log of one directory, which it keeps other processes from using until it is closed."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "aws.log"
        self._directory = directory
        self._lock = _locked(directory / "aws.lock")
        self._file: BinaryIO | None = None

    def state(self) -> State:
        if not self.path.exists():
            return {}
        with self.path.open("rb") as file:
            try:
                return fold(read(file))
            except LogError as error:
                raise LogError(f"{self.path}: {error}") from None

    def rewrite(self, state: State) -> None:
        """Replaces, before anything is appended, all that was written by what it came to.

        A crash leaves the old log or the new one.
        """
        shorter = self.path.with_suffix(".new")
        with shorter.open("wb") as file:
            file.write(HEADER)
            for thing, parts in state.items():
                file.writelines(
                    line([Change(thing, part, value).encode()]) for part, value in parts.items()
                )
            file.flush()
            os.fsync(file.fileno())
        shorter.replace(self.path)
        _fsync_directory(self._directory)
        self._file = self.path.open("ab")

    def append(self, changes: Sequence[bytes]) -> None:
        """Returns when these encoded changes are on the disk."""
        assert self._file is not None, "a log is rewritten before it is appended to"
        self._file.write(line(changes))
        self._file.flush()
        os.fdatasync(self._file.fileno())

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        self._lock.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _locked(path: Path) -> BinaryIO:
    file = path.open("ab")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise LogError(f"{path.parent} is in use by another embedded AWS") from None
    return file


def _fsync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
