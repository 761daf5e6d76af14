"""Tells the system log what a process logs: warnings, faults, and what is notable."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count
from secrets import token_hex

from switchboard.logs import facts_of, visible, without_numbers
from switchboard.ports import SystemLog
from switchboard.staff.system_log import Severity, SystemEntry

# New lines that a process may tell in a minute; of more, their number is told.
MOST_A_MINUTE = 60
# That wait to be written, or may come again.
MOST_AT_ONCE = 1_000
MINUTE_S = 60.0
# A line that comes again within this is counted, and written once a minute at most.
SAME_WITHIN_S = 600.0
# What is told together is written together.
GATHER_S = 0.3
# A store that is out of reach is tried again.
AGAIN_AFTER_S = 15.0
# How long a process that ends, or freezes, waits for what it told last.
FLUSH_LIMIT_S = 2.0
LONGEST_TEXT, LONGEST_FACT, MOST_FACTS, LONGEST_FAULT = 500, 100, 12, 4_000

logger = logging.getLogger(__name__)

Key = tuple[Severity, str, str]
Keep = Callable[[Sequence[SystemEntry]], object]


class _Line:
    """A line that was told, and when it was written as it stands."""

    __slots__ = ("began_s", "changed", "entry", "written_s")

    def __init__(self, entry: SystemEntry, began_s: float) -> None:
        self.entry = entry
        self.began_s = began_s
        self.changed = True
        self.written_s: float | None = None


class Gathered:
    """What a process has told lately. However much that is, little of it is kept and written: the
    same line is one entry that counts, and there are so many new ones a minute."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._lines: dict[Key, _Line] = {}
        self._left_out: SystemEntry | None = None
        self._left_out_s = 0.0
        self._minute_s = clock_s()
        self._new = 0

    def tell(self, entry: SystemEntry) -> None:
        """Take a line, or count it."""
        with self._lock:
            now = self._clock_s()
            if now - self._minute_s >= MINUTE_S:
                self._minute_s, self._new = now, 0
            key = (entry.severity, entry.part, entry.text)
            line = self._lines.get(key)
            if line is not None and now - line.began_s < SAME_WITHIN_S:
                line.entry = _again(line.entry, entry)
                line.changed = True
            elif self._new < MOST_A_MINUTE and len(self._lines) < MOST_AT_ONCE:
                self._new += 1
                self._lines[key] = _Line(entry, now)
            else:
                self._leave_out(entry, now)

    def take(self) -> list[SystemEntry]:
        """What is to be written now: what is new, and once a minute what was counted since."""
        with self._lock:
            now = self._clock_s()
            due = [line for line in self._lines.values() if _is_due(line, now)]
            for line in due:
                line.changed, line.written_s = False, now
            self._lines = {
                key: line
                for key, line in self._lines.items()
                if line.changed or now - line.began_s < SAME_WITHIN_S
            }
            return [*(line.entry for line in due), *self._taken_left_out(now)]

    def give_back(self, entries: Sequence[SystemEntry]) -> None:
        """They could not be written, and are taken again."""
        ids = {entry.id for entry in entries}
        with self._lock:
            for line in self._lines.values():
                if line.entry.id in ids:
                    line.changed, line.written_s = True, None

    def _leave_out(self, entry: SystemEntry, now: float) -> None:
        if self._left_out is None:
            self._left_out, self._left_out_s = entry, now
        else:
            self._left_out = _again(self._left_out, entry)

    def _taken_left_out(self, now: float) -> Iterator[SystemEntry]:
        told = self._left_out
        if told is not None and now - self._left_out_s >= MINUTE_S:
            self._left_out = None
            text = f"{told.times} other lines were left out"
            yield replace(told, severity=Severity.WARNING, text=text, fault="", times=1)


def _again(first: SystemEntry, entry: SystemEntry) -> SystemEntry:
    return replace(first, times=first.times + 1, last_at=entry.at)


def _is_due(line: _Line, now: float) -> bool:
    return line.changed and (line.written_s is None or now - line.written_s >= MINUTE_S)


class SystemLogHandler(logging.Handler):
    """Has what is logged written by a thread of its own, which starts with the first line: nobody
    who logs waits for the store, or is told that it is out of reach."""

    def __init__(self, keep: Keep, part: str, process: str) -> None:
        super().__init__(logging.INFO)
        self._keep = keep
        self._part = part
        self._process = process
        self._gathered = Gathered()
        self._names = (f"{token_hex(4)}-{number}" for number in count(1))
        self._writer: threading.Thread | None = None
        self._news, self._hurry = threading.Event(), threading.Event()
        self._written = threading.Event()
        self._written.set()
        self._broken = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take what is notable by its own word, else what is a warning or worse. The writer's own
        lines are left out: they tell of the store that they would be written to."""
        notable = getattr(record, "notable", record.levelno >= logging.WARNING)
        if not notable or threading.current_thread() is self._writer:
            return
        try:
            entry = self._entry(record)
        except (TypeError, ValueError, LookupError):  # its arguments do not fit its text
            self.handleError(record)
            return
        self._gathered.tell(entry)
        self._written.clear()
        self._news.set()
        if self._writer is None:
            self._writer = threading.Thread(target=self._write_for_ever, daemon=True)
            self._writer.start()

    def flush(self) -> None:
        """Wait until what was told is written, but not for a store that is out of reach."""
        if not self._broken and not self._written.is_set():
            self._hurry.set()
            self._written.wait(FLUSH_LIMIT_S)

    def _entry(self, record: logging.LogRecord) -> SystemEntry:
        facts = {"logger": record.name, **facts_of(record)}
        part = str(facts.pop("part", self._part))
        fault = "" if not record.exc_info else _FORM.formatException(record.exc_info)
        return SystemEntry(
            next(self._names),
            datetime.fromtimestamp(record.created, UTC),
            _severity(record.levelno),
            part,
            self._process,
            without_numbers(visible(record.getMessage()))[:LONGEST_TEXT],
            without_numbers(fault)[-LONGEST_FAULT:],
            {
                name: without_numbers(visible(str(told)))[:LONGEST_FACT]
                for name, told in list(facts.items())[:MOST_FACTS]
                if told is not None
            },
        )

    def _write_for_ever(self) -> None:
        while True:
            self._news.wait(MINUTE_S)
            self._hurry.wait(GATHER_S)
            self._news.clear()
            self._hurry.clear()
            self._write()
            if self._broken:
                self._hurry.wait(AGAIN_AFTER_S)
                self._news.set()

    def _write(self) -> None:
        entries = self._gathered.take()
        try:
            if entries:
                self._keep(entries)
        except Exception:
            self._gathered.give_back(entries)
            if not self._broken:
                logger.exception("the system log is out of reach")
            self._broken = True
        else:
            self._broken = False
        if not self._news.is_set():
            self._written.set()


_FORM = logging.Formatter()


def _severity(level: int) -> Severity:
    if level >= logging.ERROR:
        return Severity.ERROR
    return Severity.WARNING if level >= logging.WARNING else Severity.INFO


def tell(log: SystemLog, part: str, process: str) -> SystemLogHandler:
    """Have this process tell the system log what it logs from now on."""
    handler = SystemLogHandler(log.keep, part, process)
    logging.getLogger().addHandler(handler)
    # Lines of ours are notable below what others warn of.
    logging.getLogger("ringback").setLevel(logging.INFO)
    return handler


@contextmanager
def telling(log: SystemLog, part: str, process: str) -> Iterator[SystemLogHandler]:
    """The same while the block lasts; at its end all of it is written."""
    handler = tell(log, part, process)
    try:
        yield handler
    finally:
        handler.flush()
        logging.getLogger().removeHandler(handler)
