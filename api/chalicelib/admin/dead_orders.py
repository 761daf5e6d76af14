"""Dead orders: those that no worker could serve; looked at, offered again, or forgotten."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import AskFor, Entered, FormsOf, ask
from chalicelib.translation import mark
from switchboard.calls.dead import Dead, Standing
from switchboard.desk.office import dead_orders as office

PATH = "/admin/dead"
DEAD = (mark("Dead orders"), PATH)
# Looked at, and dealt with, by one page.
MOST = 100
STANDINGS = {
    Standing.WAITS: (mark("still waits"), "green"),
    Standing.OVER: (mark("is over"), "secondary"),
    Standing.UNKNOWN: (mark("no such callback"), "orange"),
    Standing.UNREADABLE: (mark("broken record"), "red"),
}


@dataclass(frozen=True, slots=True)
class _Deed:
    """What is done with one order or with all."""

    use_case: Callable[..., Iterable[Dead]]
    button: str
    text: str
    danger: bool = False

    def form(self, title: str, back: str, crumbs: Sequence[Crumb]) -> AskFor:
        """Asks whether that is meant."""
        forms = FormsOf(back, crumbs, self.use_case)
        return forms.form(title, self.button, self.text, danger=self.danger)


_REPLAY = _Deed(
    office.replay_dead,
    mark("Offer again"),
    mark(
        "What still waits may ring now. What is over is forgotten and does not ring; what is"
        " unknown or broken stays. It may be repeated: nobody is rung twice."
    ),
)
_DROP = _Deed(
    office.drop_dead,
    mark("Forget"),
    mark("Workers never see it again. A callback that still waits expires by itself."),
    danger=True,
)


def add_to(pages: Pages) -> None:
    """The list of dead orders, the page of one, and what is done with one or all."""
    pages.show(PATH, show_all)
    pages.ask("/admin/replay-dead", replay_all)
    pages.ask("/admin/drop-dead", drop_all)
    pages.show(f"{PATH}/{{callback}}", show_one)
    pages.ask(f"{PATH}/{{callback}}/replay", replay)
    pages.ask(f"{PATH}/{{callback}}/drop", drop)


def show_all(console: Console) -> Response:
    dead = office.list_dead(console.ports, console.by, most=MOST)
    return console.show("admin/dead_orders.html", title=DEAD[0], dead=dead, **_words())


def show_one(console: Console) -> Response:
    dead = office.find_dead(console.ports, console.by, console.part("callback"))
    title, crumbs = dead.callback_id, [DEAD]
    return console.show("admin/dead_order.html", title=title, crumbs=crumbs, dead=dead, **_words())


def replay_all(console: Console) -> Response:
    return _all(console, _REPLAY, mark("Offer dead orders again"))


def drop_all(console: Console) -> Response:
    return _all(console, _DROP, mark("Forget dead orders"))


def replay(console: Console) -> Response:
    return _one(console, _REPLAY, mark("Offer this order again"))


def drop(console: Console) -> Response:
    return _one(console, _DROP, mark("Forget this order"))


def _words() -> dict[str, Any]:
    return {"standings": STANDINGS, "most": MOST}


def _all(console: Console, deed: _Deed, title: str) -> Response:
    def act(_entered: Entered) -> Response:
        return _done(console, deed.use_case(console.ports, console.by, most=MOST))

    return ask(console, deed.form(title, PATH, [DEAD]), act)


def _one(console: Console, deed: _Deed, title: str) -> Response:
    # Whether it is there is asked by the use case: to look into the queue takes a second.
    name = console.part("callback")
    back = f"{PATH}/{name}"

    def act(_entered: Entered) -> Response:
        return _done(console, deed.use_case(console.ports, console.by, [name]))

    return ask(console, deed.form(title, back, [DEAD, (name, back)]), act)


def _done(console: Console, done: Iterable[Dead]) -> Response:
    """Back to the list, which says what stood how."""
    dead = list(done)
    counted = [
        f"{sum(one.standing is standing for one in dead)} {console.say(words)}"
        for standing, (words, _) in STANDINGS.items()
        if any(one.standing is standing for one in dead)
    ]
    told = ", ".join(counted) or console.say(mark("nothing was there"))
    return console.go(PATH, console.say(mark("Done: %(told)s."), told=told))
