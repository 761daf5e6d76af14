"""Logs: lines for people, or JSON with a field a fact, and no phone number in clear in either."""

import json
import logging
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

# The variable that says how a process logs, and the value that asks for JSON.
FORM = "RINGBACK_LOG"
JSON = "json"

Facts = Mapping[str, Any]

_KNOWN: ContextVar[Facts] = ContextVar("what is known here", default=MappingProxyType({}))
# What every record has is no fact of its own.
_OF_ANY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "notable"}
# The `extra` of a line that is for the system log, though nothing is wrong.
NOTABLE: Facts = MappingProxyType({"notable": True})
# That of a warning that says nothing to operators.
NOT_NOTABLE: Facts = MappingProxyType({"notable": False})
# As many digits as phone numbers have, in no word and no decimal; %2B is the plus of a URI.
_NUMBER = re.compile(r"(?:(?<![\w.])|(?<=%2B))(\+\d{5,15}|\d{8,15})(?!\w|\.\d)")
# What could begin a line of its own, or tell a terminal something.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHOWN_FIRST, _SHOWN_LAST = 3, 4
MINUTE_S = 60.0


@contextmanager
def about(**facts: object) -> Iterator[None]:
    """What is logged in this block, also by the tasks and threads that it begins, is about this."""
    token = _KNOWN.set({**_KNOWN.get(), **facts})
    try:
        yield
    finally:
        _KNOWN.reset(token)


def write_logs(form: str | None, lines: str = "%(asctime)s %(name)s: %(message)s") -> None:
    """Have what this process logs written as JSON where the form says so, else as such lines, by
    the handlers that it has, else to its standard error."""
    formatter = JsonLines() if form == JSON else PlainLines(lines)
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for handler in root.handlers:
        handler.setFormatter(formatter)


class Sparing(logging.LoggerAdapter[logging.Logger]):
    """A logger for what anybody can bring about: in a minute it lets so many lines through, and
    tells later how many it left out."""

    def __init__(
        self,
        logger: logging.Logger,
        most: int = 30,
        clock_s: Callable[[], float] = time.monotonic,
        facts: Facts | None = None,
    ) -> None:
        super().__init__(logger, facts)
        self._most = most
        self._clock_s = clock_s
        self._began_s = clock_s()
        self._asked = 0

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """As every logger does, or not."""
        if not self.isEnabledFor(level):
            return
        if self._clock_s() - self._began_s >= MINUTE_S:
            left_out, self._asked, self._began_s = self._asked - self._most, 0, self._clock_s()
            if left_out > 0:
                super().log(logging.WARNING, "%s lines like the next were left out", left_out)
        self._asked += 1
        if self._asked <= self._most:
            super().log(level, msg, *args, **kwargs)


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, what it is about, and its own facts (the
    `extra` of a call of the logger)."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        at = datetime.fromtimestamp(record.created, UTC).replace(tzinfo=None)
        told = {
            "at": at.isoformat(timespec="milliseconds") + "Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **facts_of(record),
        }
        if record.exc_info:
            told["fault"] = self.formatException(record.exc_info)
        return json.dumps({name: _masked(it) for name, it in told.items()}, ensure_ascii=False)


class PlainLines(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and a traceback below it."""
        return without_numbers(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  the name it is called by
        """One line, whatever the far end of a call has put into it."""
        record.message = visible(record.message)
        return super().formatMessage(record)


def facts_of(record: logging.LogRecord) -> dict[str, Any]:
    """What a record is about, and its own facts, as they were given."""
    own = {name: it for name, it in vars(record).items() if name not in _OF_ANY_RECORD}
    return {**_KNOWN.get(), **own}


def without_numbers(text: str) -> str:
    """The text with its phone numbers masked: +44******4567."""
    return _NUMBER.sub(lambda found: _hidden(found[0]), text)


def visible(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would do."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _hidden(number: str) -> str:
    hidden = max(3, len(number) - _SHOWN_FIRST - _SHOWN_LAST)
    return number[:_SHOWN_FIRST] + "*" * hidden + number[_SHOWN_FIRST + hidden :]


def _masked(fact: Any) -> Any:
    """A fact as JSON has it."""
    if fact is None or isinstance(fact, bool | int | float):
        return fact
    return without_numbers(str(fact))
