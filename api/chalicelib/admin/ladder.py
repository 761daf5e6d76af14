"""A trace as a ladder: where each message, prompt, key and payment stands in the drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.translation import mark
from switchboard.calls.ending import Party
from switchboard.calls.tracing import SipRecord, Trace, TraceEvent

CUSTOMER_X, WORKER_X, DESTINATION_X = 150, 410, 670
WIDTH = 740
HEAD, ROW = 64, 30
# Of a title above its arrow, and of an event across the drawing.
MOST_IN_TITLE, MOST_IN_NOTE = 36, 84
LETTER = 6.6
ARROW_HEAD = 8
PARTIES = {Party.CUSTOMER: mark("customer"), Party.DESTINATION: mark("destination")}
WORKER = mark("worker")


@dataclass(frozen=True, slots=True)
class Line:
    """One of the three vertical lines: who stands there, and under which number or name."""

    x: int
    who: str
    name: str


@dataclass(frozen=True, slots=True)
class Arrow:
    """A SIP message; `kind` is request, progress, success or failure. It can be opened under its
    number in the list below."""

    y: int
    at: str
    begin: int
    end: int
    title: str
    kind: str
    number: int
    text: str
    way: str

    @property
    def middle(self) -> int:
        """Where the title stands."""
        return (self.begin + self.end) // 2

    @property
    def tip(self) -> str:
        """The corners of its head."""
        back = self.end - ARROW_HEAD if self.end > self.begin else self.end + ARROW_HEAD
        return f"{self.end},{self.y} {back},{self.y - 4} {back},{self.y + 4}"


@dataclass(frozen=True, slots=True)
class Note:
    """What else happened, around the line of whom it was about."""

    y: int
    at: str
    left: int
    width: int
    text: str
    source: str

    @property
    def middle(self) -> int:
        """Where the text stands."""
        return self.left + self.width // 2


@dataclass(frozen=True, slots=True)
class Ladder:
    """The whole drawing of what one worker saw; the rows are in the order of time."""

    worker: str
    began_at: datetime
    lines: Sequence[Line]
    rows: Sequence[Arrow | Note]

    @property
    def arrows(self) -> Sequence[Arrow]:
        """The messages."""
        return [row for row in self.rows if isinstance(row, Arrow)]

    @property
    def notes(self) -> Sequence[Note]:
        """All else."""
        return [row for row in self.rows if isinstance(row, Note)]

    @property
    def height(self) -> int:
        """Of the drawing."""
        return HEAD + ROW * len(self.rows) + ROW // 2


def ladders(traces: Sequence[Trace]) -> Sequence[Ladder]:
    """One for each worker that had the callback. Messages are numbered through all of them."""
    drawn: list[Ladder] = []
    for trace in traces:
        drawn.append(_ladder(trace, sum(len(one.arrows) for one in drawn)))
    return drawn


def _ladder(trace: Trace, before: int) -> Ladder:
    customer, *others = [str(number) for number in trace.numbers] or [""]
    rows: list[Arrow | Note] = []
    number = before
    for place, line in enumerate(trace.timeline):
        y = HEAD + ROW * place + ROW // 2
        if isinstance(line, TraceEvent):
            rows.append(_note(line, y))
        else:
            number += 1
            rows.append(_arrow(line, y, number))
    lines = (
        Line(CUSTOMER_X, PARTIES[Party.CUSTOMER], customer),
        Line(WORKER_X, WORKER, trace.worker[-32:]),
        Line(DESTINATION_X, PARTIES[Party.DESTINATION], others[0] if others else ""),
    )
    return Ladder(trace.worker, trace.began_at, lines, rows)


def _arrow(message: SipRecord, y: int, number: int) -> Arrow:
    far = CUSTOMER_X if message.party is Party.CUSTOMER else DESTINATION_X
    begin, end = (WORKER_X, far) if message.sent else (far, WORKER_X)
    ends = (message.ours, message.theirs) if message.sent else (message.theirs, message.ours)
    title = _readable(message.title)
    return Arrow(
        y=y,
        at=_time(message.at),
        begin=begin,
        end=end,
        title=_cut(title, MOST_IN_TITLE),
        kind=_kind(title),
        number=number,
        text=_readable(message.text),
        way=f"{message.transport} {_readable(' → '.join(ends))}",
    )


def _note(event: TraceEvent, y: int) -> Note:
    whose = "" if event.party is None else f"{event.party.value}: "
    text = _cut(_readable(f"{whose}{event.text}"), MOST_IN_NOTE)
    width = int(len(text) * LETTER) + 16
    return Note(y, _time(event.at), WORKER_X - width // 2, width, text, event.source.value)


def _kind(title: str) -> str:
    if not title[:3].isdigit():
        return "request"
    return {"1": "progress", "2": "success"}.get(title[0], "failure")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _readable(text: str) -> str:
    """What may stand in a page: a far end may send any byte."""
    lines = text.replace("\r\n", "\n")
    return "".join(
        one if one.isprintable() or one in "\n\t" else "\N{REPLACEMENT CHARACTER}" for one in lines
    )


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]
