"""Phone bridges: the list, the page of one, admitted with a token that is shown once, revoked."""

from datetime import datetime, timedelta

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask
from chalicelib.translation import mark
from switchboard.calls.bridge import Bridge
from switchboard.desk.office import bridges as office

BRIDGES = (mark("Phone bridges"), "/admin/bridges")
# A bridge tells that it lives several times a minute.
SILENT_AFTER = timedelta(minutes=2)
# The colour of each state that a bridge or one of its modems can be in.
STATES = {
    mark("heard"): "green",
    mark("silent"): "red",
    mark("never heard"): "secondary",
    mark("ready"): "green",
    mark("busy"): "azure",
    mark("no network"): "orange",
    mark("no sim"): "orange",
    mark("absent"): "red",
}


def add_to(pages: Pages) -> None:
    """The list of bridges, the page of one, and its forms."""
    pages.show("/admin/bridges", show_bridges)
    pages.ask("/admin/new-bridge", add)
    pages.show("/admin/bridges/{bridge}", show_bridge)
    pages.ask("/admin/bridges/{bridge}/revoke", revoke)


def show_bridges(console: Console) -> Response:
    found, now = office.list_bridges(console.ports, console.by), console.ports.clock.now()
    shown = [(bridge, _state(bridge, now)) for bridge in found]
    return console.show("admin/bridges.html", title=BRIDGES[0], bridges=shown, states=STATES)


def show_bridge(console: Console) -> Response:
    bridge = office.find_bridge(console.ports, console.by, console.part("bridge"))
    return console.show(
        "admin/bridge.html",
        title=bridge.name,
        crumbs=[BRIDGES],
        bridge=bridge,
        state=_state(bridge, console.ports.clock.now()),
        states=STATES,
        waiting=office.waiting_texts(console.ports, console.by, bridge.name),
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        name = entered["name"]
        token = office.add_bridge(console.ports, console.by, name)
        public_url = console.wiring.settings.public_url
        return console.show(
            "admin/bridge_token.html",
            title=name,
            crumbs=[BRIDGES],
            name=name,
            token=token,
            public_url=public_url,
        )

    text = mark(
        "It is given a token, by which it forwards texts and rings and fetches what it shall send."
        " The token is shown once, on the next page."
    )
    form = AskFor(
        mark("New phone bridge"),
        mark("Add"),
        (Field("name", mark("Name"), required=True, longest=64, hint=mark("Like attic.")),),
        text,
        back=BRIDGES[1],
        crumbs=[BRIDGES],
        use_case=office.add_bridge,
    )
    return ask(console, form, act)


def revoke(console: Console) -> Response:
    name = office.find_bridge(console.ports, console.by, console.part("bridge")).name
    waiting = office.waiting_texts(console.ports, console.by, name)

    def act(_entered: Entered) -> Response:
        office.revoke_bridge(console.ports, console.by, name)
        return console.go(BRIDGES[1], console.say(mark("%(name)s is revoked."), name=name))

    text = console.say(
        mark(
            "Nothing is accepted from it any more, at once and for good. Texts that wait for it are"
            " dropped: %(count)s now. A bridge of the same name can be added later, with another"
            " token."
        ),
        count=waiting,
    )
    back = f"{BRIDGES[1]}/{name}"
    form = AskFor(
        mark("Revoke this bridge"),
        mark("Revoke"),
        text=text,
        danger=True,
        back=back,
        crumbs=[BRIDGES, (name, back)],
        use_case=office.revoke_bridge,
    )
    return ask(console, form, act)


def _state(bridge: Bridge, now: datetime) -> str:
    if bridge.beat is None:
        return "never heard"
    return "silent" if now - bridge.beat.beat_at > SILENT_AFTER else "heard"
