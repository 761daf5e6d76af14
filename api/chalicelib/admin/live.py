"""The live monitor: what runs now and was counted in the last hour, refreshed every two seconds,
and the last day."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, ask
from chalicelib.countries import country_name
from chalicelib.translation import mark
from switchboard.calls.minutes import Tally
from switchboard.desk.board import MOST_COUNTED, Span
from switchboard.desk.office import monitor as office
from switchboard.desk.office.known import sees_costs, sees_revenue
from switchboard.money import format_micros
from switchboard.wire.agents import dialer_version

PATH = "/admin/live"
LIVE = (mark("Live"), PATH)
NONE = "\N{EN DASH}"
# What was called less often than these is told together.
MOST_DESTINATIONS = 12
STATES = {
    "queued": mark("waits"),
    "claimed": mark("taken"),
    "calling_customer": mark("calling customer"),
    "customer_answered": mark("customer answered"),
    "collecting": mark("customer dials"),
    "calling_destination": mark("calling destination"),
    "connected": mark("talking"),
}
# How workers find a trunk.
TRUNK_STATES = {
    "ok": mark("ok"),
    "silent": mark("silent"),
    "resting": mark("resting"),
    "failing": mark("failing"),
    "not registered": mark("not registered"),
    "no workers": mark("no workers"),
    "disabled": mark("disabled"),
}
# What to look at first; all else is grey.
COLOURS = {"ok": "green", "silent": "red", "resting": "red", "failing": "yellow"}
COLOURS |= {"not registered": "red", "no workers": "red"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A span as it is drawn and told: its points are the times in seconds of POSIX, and the
    attempts and answers then."""

    key: str
    title: str
    span: Span

    @property
    def points(self) -> str:
        """For the chart."""
        steps = self.span.steps
        attempts = [tally.attempts for tally in steps.values()]
        answers = [tally.answers for tally in steps.values()]
        return json.dumps([[int(at.timestamp()) for at in steps], attempts, answers])

    def destinations(self, elsewhere: str) -> Iterator[tuple[str, Tally]]:
        """The countries that were called most often, and the rest as one."""
        found = self.span.counts.destinations
        ranked = sorted(found.items(), key=lambda one: (-one[1].attempts, one[0]))
        named = [one for one in ranked if one[0]][:MOST_DESTINATIONS]
        yield from ((country_name(region), tally) for region, tally in named)
        others = [tally for region, tally in ranked if region not in dict(named)]
        if others:
            yield elsewhere, sum(others, Tally())


def add_to(pages: Pages) -> None:
    """The monitor, its parts, and the way to end a call."""
    # Without scripts, the whole page is loaded again.
    pages.refresh(PATH, show_monitor)
    pages.refresh(f"{PATH}/now", show_now)
    pages.refresh(f"{PATH}/day", show_day)
    pages.ask(f"{PATH}/{{callback}}/hang-up", hang_up)


def show_monitor(console: Console) -> Response:
    values = {**_now(console), **_counts(console)}
    return console.show(
        "admin/live.html", title=LIVE[0], spans=[_hour(console), _day(console)], **values
    )


def show_now(console: Console) -> Response:
    values = {**_now(console), **_counts(console)}
    return console.show("admin/live_now.html", title="", spans=[_hour(console)], **values)


def show_day(console: Console) -> Response:
    return console.show("admin/live_span.html", title="", spans=[_day(console)], **_counts(console))


def hang_up(console: Console) -> Response:
    name = console.part("callback")
    found = office.find_running(console.ports, console.by, name)

    def act(_entered: Entered) -> Response:
        office.hang_up(console.ports, console.by, name)
        return console.go(PATH, console.say(mark("The callback is being ended.")))

    text = console.say(
        mark(
            "%(customer)s and %(destination)s are cut off within a second. What they talked until"
            " then is charged."
        ),
        customer=found.customer,
        destination=found.destination or "…",
    )
    title, button = mark("Hang up this callback"), mark("Hang up")
    form = AskFor(
        title, button, text=text, danger=True, back=PATH, crumbs=[LIVE], use_case=office.hang_up
    )
    return ask(console, form, act)


def in_words(money: Mapping[str, int]) -> str:
    """Amounts in all their currencies."""
    told = [f"{format_micros(micros)} {currency}" for currency, micros in sorted(money.items())]
    return ", ".join(told) or NONE


def percent(tally: Tally) -> str:
    """The answer ratio, to a tenth."""
    ratio = tally.answer_ratio
    return NONE if ratio is None else f"{float(100 * ratio):.1f} %"


def _now(console: Console) -> dict[str, Any]:
    board = office.look_at_board(console.ports, console.by)
    return {
        "board": board,
        "bridges_there": board.bridges_there(console.ports.clock.now()),
        "most_counted": MOST_COUNTED,
        "dialer_version": dialer_version,
        "states": STATES,
        "trunk_states": TRUNK_STATES,
        "colours": COLOURS,
    }


def _hour(console: Console) -> Shown:
    return Shown("hour", mark("The last hour"), office.count_hour(console.ports, console.by))


def _day(console: Console) -> Shown:
    return Shown("day", mark("The last day"), office.count_day(console.ports, console.by))


def _counts(console: Console) -> dict[str, Any]:
    return {
        "sees_revenue": sees_revenue(console.by),
        "sees_costs": sees_costs(console.by),
        "in_words": in_words,
        "percent": percent,
    }
