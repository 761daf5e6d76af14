"""Trunks: listed, added, changed, tested, removed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from chalicelib.office import trunk_bodies as bodies
from chalicelib.office.bodies import page_of
from chalicelib.office.request import OfficeRequest, versioned, whole
from chalicelib.office.route import Route
from switchboard.calls.link import Codec, Transport
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk, check_network
from switchboard.desk.office import trunks as office
from switchboard.desk.trunk_health import FleetHealth
from switchboard.desk.trunks import NONE, TrunkChanges
from switchboard.numbering import parse_number
from switchboard.wire import Body, trunk_body
from switchboard.wire.forms import maybe_instant


def trunk_shown(trunk: Trunk, health: FleetHealth | None = None) -> Body:
    """A trunk, and how it is found, where that was looked at."""
    body = versioned({**trunk_body(trunk), "address": f"{trunk.host}:{trunk.port}"})
    return {**body, "health": None if health is None else health_shown(health)}


def health_shown(health: FleetHealth) -> Body:
    """How the workers find a trunk."""
    return {
        "state": health.state,
        "workers": health.workers,
        "found_by": health.found_by,
        "rests_until": maybe_instant(health.rests_until),
        "why": health.why,
    }


def list_trunks(request: OfficeRequest) -> Body:
    return whole(trunk_shown(*known) for known in office.list_trunks(request.ports, request.by))


def add_trunk(request: OfficeRequest) -> Body:
    asked: bodies.NewTrunk = request.body
    said = {name: value for name, value in asked.said().items() if name != "trunk"}
    changes = _changes(said)
    trunk = office.add_trunk(request.ports, request.by, asked.trunk, asked.address, changes)
    return trunk_shown(trunk)


def show_trunk(request: OfficeRequest) -> Body:
    return trunk_shown(*office.find_trunk(request.ports, request.by, request.part("trunk")))


def change_trunk(request: OfficeRequest) -> Body:
    trunk = _known(request)
    changes = _changes(request.body.said())
    return trunk_shown(office.change_trunk(request.ports, request.by, trunk.name, changes))


def remove_trunk(request: OfficeRequest) -> None:
    office.remove_trunk(request.ports, request.by, _known(request).name)


def test_trunk(request: OfficeRequest) -> Body:
    trunk, asked = _known(request), request.body
    sent = None if asked.number is None else trunk.sent(parse_number(asked.number, "US"))
    reply = office.ask_trunk(request.ports, request.by, request.wiring.ask_trunk, trunk.name)
    return {
        "status": reply.status,
        "reason": reply.reason,
        "milliseconds": reply.milliseconds,
        "sent": sent,
    }


def _known(request: OfficeRequest) -> Trunk:
    """The trunk in the path, if it is still what whoever asks knows of it."""
    trunk, _ = office.find_trunk(request.ports, request.by, request.part("trunk"))
    request.check_version(trunk_shown(trunk))
    return trunk


def _rules(texts: Iterable[str]) -> tuple[Rewrite, ...]:
    return tuple(map(Rewrite.parse, texts))


def _seconds(written: int) -> timedelta:
    return timedelta(seconds=written)


def _login(secret: bodies.Secret) -> tuple[str, str]:
    return secret.user, secret.password


# What takes a thing away, in the words of the changes.
NOTHING: Mapping[str, object] = {
    "capacity": 0,
    "calls_per_second": 0,
    "cost_sheet": "",
    "proxy": "",
    "sender_domain": "",
    "asserted": NONE,
    "keep_alive": timedelta(),
    "login": ("", ""),
    "rings_login": ("", ""),
}
READ: Mapping[str, Callable[[Any], object]] = {
    "rewrites": _rules,
    "sender_rewrites": _rules,
    "asserted_rewrites": _rules,
    "rings_from": lambda networks: tuple(map(check_network, networks)),
    "transport": Transport,
    "codecs": lambda codecs: tuple(map(Codec, codecs)),
    "reply_limit": _seconds,
    "keep_alive": _seconds,
    "login": _login,
    "rings_login": _login,
}
CALLED = {"login": "credentials", "rings_login": "rings_as"}


def _changes(said: Mapping[str, Any]) -> TrunkChanges:
    given: dict[str, Any] = {}
    for name, value in said.items():
        if value is None:
            read: Any = NOTHING.get(name)
        else:
            read = READ[name](value) if name in READ else value
        given[CALLED.get(name, name)] = read
    return TrunkChanges(**given)


ROUTES = (
    Route(
        "GET",
        "/trunks",
        list_trunks,
        (office.list_trunks,),
        "List every trunk, and how the workers find it",
        page_of(bodies.Trunk),
    ),
    Route(
        "POST",
        "/trunks",
        add_trunk,
        (office.add_trunk,),
        "Add a trunk",
        bodies.Trunk,
        status=201,
        body=bodies.NewTrunk,
        example={"trunk": "other", "address": "sip.example.com", "priority": 20, "capacity": 100},
        refused_with=(404, 409, 422),
    ),
    Route(
        "GET",
        "/trunks/{trunk}",
        show_trunk,
        (office.find_trunk,),
        "Show a trunk, and how the workers find it",
        bodies.Trunk,
    ),
    Route(
        "PATCH",
        "/trunks/{trunk}",
        change_trunk,
        (office.find_trunk, office.change_trunk),
        "Change what is named of a trunk, or enable or disable it",
        bodies.Trunk,
        body=bodies.TrunkChanges,
        example={"enabled": False, "rewrites": ["44=strip2,prepend0044"], "capacity": None},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "DELETE",
        "/trunks/{trunk}",
        remove_trunk,
        (office.find_trunk, office.remove_trunk),
        "Send no more legs over a trunk, and forget it",
        None,
        versioned=True,
    ),
    Route(
        "POST",
        "/trunks/{trunk}/tests",
        test_trunk,
        (office.find_trunk, office.ask_trunk),
        "Ask a trunk for its options; nobody is called",
        bodies.TrunkReply,
        body=bodies.TrunkTest,
        example={"number": "+442071234567"},
        refused_with=(422,),
    ),
)
