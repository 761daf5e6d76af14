"""What a phone bridge asks of us: it forwards rings and texts, and fetches texts to send."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Literal

from chalice.app import Request, Response
from pydantic import AwareDatetime, Field

from chalicelib.bodies import E164, Model, Number, read_body
from chalicelib.openapi import Operation
from chalicelib.routes import View, answer, source_of
from chalicelib.wiring import Wiring
from switchboard.calls import bridge as calls
from switchboard.calls.callback import Trigger
from switchboard.calls.ring import Ring, caller_id, international
from switchboard.desk.bridges import bridge_of, hear_bridge, take_bridge_text
from switchboard.desk.rings import ring_service_number
from switchboard.desk.text_senders import Incoming
from switchboard.errors import NotSignedIn, Refusal

log = logging.getLogger("ringback.bridge")

Id = Annotated[str, Field(min_length=1, max_length=100)]


class RingSeen(Model):
    """Somebody rang a phone of the bridge, and was rejected or left unanswered."""

    id: Id
    """The bridge's own id of the event: sent again, it is the same event."""
    sender: Annotated[Number | None, Field(alias="from")] = None
    """The caller ID; left out, null or no number where it is withheld."""
    to: Number
    """The number that was rung: international."""
    rang_at: AwareDatetime


class TextSeen(Model):
    """A text that came to a phone of the bridge."""

    id: Id
    sender: Annotated[str, Field(alias="from", max_length=64)]
    to: Number
    text: Annotated[str, Field(max_length=1600)]
    received_at: AwareDatetime


class Modem(Model):
    """A phone or modem of the bridge."""

    name: Annotated[str, Field(min_length=1, max_length=64)]
    state: Literal["ready", "busy", "no_network", "no_sim", "absent"]
    number: E164 | None = None
    signal_percent: Annotated[int | None, Field(ge=0, le=100)] = None


class Heartbeat(Model):
    """The bridge lives."""

    modems: Annotated[list[Modem], Field(max_length=64)]
    outbox: Annotated[int, Field(ge=0)]
    """How many texts wait there to be sent."""
    taken: Annotated[tuple[Id, ...], Field(max_length=100)] = ()
    """The ids of texts that it has taken over since the last heartbeat, to be given no more."""


class Noted(Model):
    """It was taken. What becomes of it is not said: who rings or texts shall not learn from it
    whether there is an account."""

    status: Literal["noted"]


class TextToSend(Model):
    """A text to be sent from the bridge, once for each id."""

    id: str
    to: E164
    text: str


class Outbox(Model):
    """What to send; again with each heartbeat, until it was taken."""

    send: list[TextToSend]


def with_bridge(view: Callable[[Wiring, Request, calls.Bridge], Response]) -> View:
    """Gives the view the bridge whose token the request bears. NotSignedIn where it bears none."""

    @wraps(view)
    def admitted(wiring: Wiring, request: Request) -> Response:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise NotSignedIn("send the bridge's token as Authorization: Bearer")
        try:
            bridge = bridge_of(wiring.ports, token.strip())
        except NotSignedIn as refusal:
            facts = {"part": "webhooks", "address": source_of(request)}
            log.warning("a bridge is refused: %s", refusal.message, extra=facts)
            raise
        return view(wiring, request, bridge)

    return admitted


@with_bridge
def take_bridge_ring(wiring: Wiring, request: Request, bridge: calls.Bridge) -> Response:
    seen = read_body(RingSeen, request)
    trigger = Trigger("bridge-ring", f"{bridge.name}#{seen.id}")
    ring = Ring(trigger, caller_id(seen.sender), international(seen.to), seen.rang_at)
    return _noted(lambda: ring_service_number(wiring.ports, ring))


@with_bridge
def take_bridge_sms(wiring: Wiring, request: Request, bridge: calls.Bridge) -> Response:
    seen = read_body(TextSeen, request)
    sender, service = caller_id(seen.sender), international(seen.to)
    if sender is None:
        # A name or a short code: a reply would be paid for and reach nobody (design §9).
        return answer({"status": "noted"}, 202)
    incoming = Incoming(Trigger("bridge-sms", f"{bridge.name}#{seen.id}"), sender, service)
    return _noted(
        lambda: take_bridge_text(
            wiring.ports, wiring.text_keys, bridge, incoming, seen.text, seen.received_at
        )
    )


@with_bridge
def hear_heartbeat(wiring: Wiring, request: Request, bridge: calls.Bridge) -> Response:
    told = read_body(Heartbeat, request)
    modems = tuple(calls.Modem(**modem.model_dump()) for modem in told.modems)
    beat = calls.BridgeBeat(wiring.ports.clock.now(), modems, told.outbox)
    texts = hear_bridge(wiring.ports, bridge, beat, told.taken)
    return answer({"send": [{"id": one.id, "to": str(one.to), "text": one.text} for one in texts]})


def _noted(work: Callable[[], object]) -> Response:
    try:
        work()
    except Refusal as refusal:
        log.info("what a bridge forwarded is refused: %s", refusal.code)
    return answer({"status": "noted"}, 202)


BRIDGE_OPERATIONS = (
    Operation(
        "POST",
        "/bridge/v1/rings",
        take_bridge_ring,
        "Forward a ring (a phone bridge)",
        Noted,
        status=202,
        body=RingSeen,
        refused_with=(400,),
    ),
    Operation(
        "POST",
        "/bridge/v1/sms",
        take_bridge_sms,
        "Forward a text (a phone bridge)",
        Noted,
        status=202,
        body=TextSeen,
        refused_with=(400,),
    ),
    Operation(
        "POST",
        "/bridge/v1/heartbeat",
        hear_heartbeat,
        "Tell that a phone bridge lives, and fetch the texts that it shall send",
        Outbox,
        body=Heartbeat,
        refused_with=(400,),
    ),
)
