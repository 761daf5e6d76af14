"""Settlements on disk until the stores have them: a worker may end while they are out of reach."""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from switchboard.desk.closing import Over, close_callback
from switchboard.ports import Ports, UnreadableRecord

RECORD = ".json"
DRAFT = ".draft"
DAMAGED = ".damaged"
LOCK = "lock"
# After so many that failed in one go, the stores are out of reach.
MOST_FAULTS = 3

logger = logging.getLogger(__name__)


class Spool(Protocol):
    """Where a worker keeps the ends of callbacks that it has yet to deliver."""

    def keep(self, over: Over) -> None:
        """It is there until it is forgotten, whatever happens to this process."""

    def forget(self, over: Over) -> None:
        """It was delivered."""

    def deliver_abandoned(self, ports: Ports) -> int:
        """Settle what other workers of this machine left when they ended; how many callbacks. What
        fails stays for the next time, and holds nothing else up."""

    def close(self) -> None:
        """This worker ends; what it could not deliver is for another one of this machine."""


class NoSpool:
    """A spool without a disk: what a worker could not deliver ends with it."""

    def keep(self, over: Over) -> None:
        """Nothing is kept."""

    def forget(self, over: Over) -> None:
        """There is nothing."""

    def deliver_abandoned(self, ports: Ports) -> int:  # noqa: ARG002  a port's signature
        """Nobody left anything."""
        return 0

    def close(self) -> None:
        """There is nothing to be left."""


@dataclass(frozen=True, slots=True)
class Form:
    """How the end of a callback is written down and read; UnreadableRecord where it is none."""

    write: Callable[[Over], str]
    read: Callable[[str], Over]


class FileSpool:
    """A file for each callback, in a folder of this worker's that is locked while it lives. The
    folders of workers that are gone lie beside it."""

    def __init__(self, root: Path, worker: str, form: Form) -> None:
        self._root = root
        self._form = form
        self._own = root / worker
        self._lock = _new_folder(self._own)

    def keep(self, over: Over) -> None:
        """On the disk when this returns, unless that is full or broken: the stores come first."""
        path = self._path(over)
        draft = path.with_suffix(DRAFT)
        try:
            with draft.open("w", encoding="utf-8") as file:
                file.write(self._form.write(over))
                file.flush()
                os.fdatasync(file.fileno())
            draft.rename(path)
        except OSError:
            logger.exception("the settlement of %s is in memory only", over.cdr.callback)

    def forget(self, over: Over) -> None:
        """Remove its file; one that is gone is fine."""
        self._path(over).unlink(missing_ok=True)

    def close(self) -> None:
        """Give the folder up."""
        _leave(self._own, self._lock)

    def deliver_abandoned(self, ports: Ports) -> int:
        """What is delivered is removed, what cannot be read put aside."""
        delivered = faults = 0
        for folder in sorted(self._root.iterdir()):
            if folder == self._own or not folder.is_dir():
                continue
            lock = _lock(folder)
            if lock is None:
                continue
            try:
                for path, over in self._left_in(folder):
                    if _is_delivered(ports, over):
                        path.unlink()
                        delivered += 1
                        continue
                    # The others come first the next time.
                    path.touch()
                    faults += 1
                    if faults == MOST_FAULTS:
                        return delivered
            finally:
                _leave(folder, lock)
        return delivered

    def _left_in(self, folder: Path) -> Iterator[tuple[Path, Over]]:
        """Those first that were written first."""
        for path in sorted(folder.glob(f"*{RECORD}"), key=lambda path: path.stat().st_mtime_ns):
            try:
                over = self._form.read(path.read_text(encoding="utf-8"))
            except (UnreadableRecord, UnicodeDecodeError):
                logger.exception("%s is no CDR, and stays for somebody to look at", path)
                path.rename(path.with_suffix(DAMAGED))
                continue
            yield path, over
        for draft in folder.glob(f"*{DRAFT}"):
            # Its worker ended while it wrote; the sweep settles that callback.
            draft.unlink()

    def _path(self, over: Over) -> Path:
        return self._own / f"{over.cdr.callback}{RECORD}"


def _is_delivered(ports: Ports, over: Over) -> bool:
    try:
        close_callback(ports, over)
    except Exception:
        logger.exception("callback %s is left for the next time", over.cdr.callback)
        return False
    return True


def _new_folder(folder: Path) -> int:
    """Made and locked; another worker may take it for an abandoned one in between, and tidy it
    away."""
    while True:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock(folder)
        if lock is not None:
            return lock


def _lock(folder: Path) -> int | None:
    """Held until it is closed or the process ends; None where another process has the folder, or
    has just removed it."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    if not (folder / LOCK).exists():
        os.close(handle)
        return None
    return handle


def _leave(folder: Path, lock: int) -> None:
    """Remove a folder in which nothing is left but its lock, and give that back."""
    if [path.name for path in folder.iterdir()] == [LOCK]:
        (folder / LOCK).unlink()
        folder.rmdir()
    os.close(lock)
