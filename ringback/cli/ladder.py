"""A trace as a ladder: the customer's phone, the worker and the destination, and what went between
them, in the terminal."""

from collections.abc import Iterator
from datetime import UTC, datetime

from switchboard.calls.ending import Party
from switchboard.calls.tracing import SipRecord, Trace, TraceEvent

# Between two of the three lines.
WIDTH = 30
_BLANK = " " * WIDTH


def ladder(trace: Trace) -> Iterator[str]:
    """The lines; of SIP messages their titles, of all the time to the millisecond, in UTC."""
    customer, *others = [str(number) for number in trace.numbers]
    yield f"callback {trace.callback}, account {trace.account}, {trace.began_at:%Y-%m-%d} UTC"
    yield _heads("customer", "worker", "destination")
    yield _heads(customer, trace.worker[-WIDTH:], others[0] if others else "")
    for line in trace.timeline:
        yield _event(line) if isinstance(line, TraceEvent) else _message(line)


def _heads(left: str, middle: str, right: str) -> str:
    """Each over its line."""
    return f"{'':14}{left:<{WIDTH // 2}}{middle:^{WIDTH + 2}}{right:>{WIDTH // 2 + 1}}"


def _message(message: SipRecord) -> str:
    from_customer = message.party is Party.CUSTOMER
    arrow = _arrow(message.title, to_the_right=message.sent is not from_customer)
    left, right = (arrow, _BLANK) if from_customer else (_BLANK, arrow)
    return f"{_time(message.at)}  |{left}|{right}|"


def _arrow(title: str, *, to_the_right: bool) -> str:
    shaft = f" {title[: WIDTH - 6]} ".center(WIDTH - 1, "-")
    return f"{shaft}>" if to_the_right else f"<{shaft}"


def _event(event: TraceEvent) -> str:
    whose = "" if event.party is None else f"{event.party.value}: "
    return f"{_time(event.at)}  |  {event.source.value:6}  {whose}{event.text}"


def _time(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%H:%M:%S.%f")[:-3]
