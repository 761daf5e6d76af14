"""The live monitor: what runs now, refreshed every two seconds, and what was counted lately."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, ask
from chalicelib.translation import mark
from switchboard.calls.minutes import Tally
from switchboard.desk.board import Span
from switchboard.desk.office import monitor as office
from switchboard.money import format_micros
from switchboard.staff.rights import Action, Area, Right

PATH = "/admin/live"
LIVE = (mark("Live"), PATH)
NONE = "\N{EN DASH}"
STATES = {
    "queued": mark("waits"),
    "claimed": mark("taken"),
    "calling_customer": mark("calling customer"),
    "customer_answered": mark("customer answered"),
    "collecting": mark("customer dials"),
    "calling_destination": mark("calling destination"),
    "connected": mark("talking"),
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


def add_to(pages: Pages) -> None:
    """The monitor, its parts, and the way to end a call."""
    # Without scripts, the whole page is loaded again.
    pages.refresh(PATH, show_monitor)
    pages.refresh(f"{PATH}/now", show_now)
    pages.refresh(f"{PATH}/counts", show_counts)
    pages.ask(f"{PATH}/{{callback}}/hang-up", hang_up)


def show_monitor(console: Console) -> Response:
    values = {**_now(console), **_counts(console)}
    return console.show("admin/live.html", title=LIVE[0], **values)


def show_now(console: Console) -> Response:
    return console.show("admin/live_now.html", title="", **_now(console))


def show_counts(console: Console) -> Response:
    return console.show("admin/live_counts.html", title="", **_counts(console))


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
    return {"board": board, "states": STATES, "colours": COLOURS}


def _counts(console: Console) -> dict[str, Any]:
    by = console.by
    hour, day = office.count(console.ports, by)
    sees_money = by.may(Right(Area.MONEY, Action.SEE)) and not by.role.own_accounts_only
    return {
        "spans": [
            Shown("hour", mark("The last hour"), hour),
            Shown("day", mark("The last day"), day),
        ],
        "sees_revenue": sees_money,
        "sees_costs": sees_money and not by.role.hides_costs,
        "in_words": in_words,
        "percent": percent,
    }
