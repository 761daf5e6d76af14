"""How the pages of a widget look to its visitors: in its language, and framed by its sites only."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.progress import clock_face
from chalicelib.readers import Reader
from chalicelib.render import render
from chalicelib.translation import base_of
from chalicelib.wiring import Wiring
from switchboard.billing.widget import Widget
from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Culprit, Ending
from switchboard.numbering import spaced

# What of an ending is the visitor's own affair. Whatever else went wrong is told as one: whom they
# are connected with, and why that cost too much, are not.
OWN_ENDINGS = {Ending.BUSY, Ending.NO_ANSWER, Ending.DECLINED, Ending.UNREACHABLE, Ending.NOT_FOUND}


def policy(widget: Widget) -> str:
    """What a browser lets the pages of this widget do, and on whose pages it shows them."""
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "img-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            f"frame-ancestors 'self' {' '.join(widget.origins)}",
        ]
    )


def reader_of(widget: Widget) -> Reader:
    """Whoever visits the web sites of a widget."""
    return Reader(base_of(widget.language))


def show(
    wiring: Wiring,
    widget: Widget,
    template: str,
    values: Mapping[str, object],
    *,
    status: int = 200,
) -> Response:
    """A page of a widget."""
    page = render(
        wiring.settings,
        f"widget/{template}",
        {"widget": widget, "language": widget.language, **values},
        status=status,
        reader=reader_of(widget),
    )
    page.headers["Content-Security-Policy"] = policy(widget)
    return page


def opening(widget: Widget, now: datetime) -> dict[str, object]:
    """When it opens next, by its own clocks; the day is 0 for today, else 1 to 7 for Monday to
    Sunday."""
    assert widget.hours is not None, "what has no hours is always open"
    zone = ZoneInfo(widget.hours.time_zone)
    opens_at, today = widget.opens_at(now).astimezone(zone), now.astimezone(zone).date()
    return {
        "opens_at": opens_at,
        "day": 0 if opens_at.date() == today else opens_at.isoweekday(),
        "time": f"{opens_at:%H:%M}",
        "clocks": opens_at.tzname(),
    }


def progress(callback: Callback, now: datetime) -> dict[str, object]:
    """A callback as its visitor sees it: without the number that they are connected with, and
    without what it costs."""
    state = callback.state_at(now)
    return {
        "phone": spaced(callback.customer),
        "state": _ending(callback, state) if state.final else state.value,
        "over": state.final,
        "well": State.CONNECTED in callback.reached,
        "talked": _talked(callback, now) if state is State.CONNECTED else "",
    }


def _ending(callback: Callback, state: State) -> str:
    verdict = callback.verdict
    if State.CONNECTED in callback.reached:
        return "thanks"
    if verdict is None or state is State.EXPIRED:
        return "failed"
    if verdict.ending is Ending.CANCELLED:
        return "cancelled"
    if verdict.culprit is Culprit.DESTINATION:
        return "nobody"
    if verdict.culprit is Culprit.CUSTOMER:
        own = verdict.ending in OWN_ENDINGS
        return verdict.ending.value if own else "hung_up"
    return "failed"


def _talked(callback: Callback, now: datetime) -> str:
    since = now - callback.reached[State.CONNECTED]
    return clock_face(max(0, int(since.total_seconds())))
