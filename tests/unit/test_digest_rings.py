"""Rings from anywhere of trunks that prove who they are; nobody else learns anything."""

import asyncio
import re
from collections.abc import Callable

import pytest

from switchboard.calls.ring import Ring
from switchboard.calls.trunk import Trunk
from switchboard.desk.trunks import TrunkChanges, change_trunk
from switchboard.errors import Conflict, Malformed
from switchboard.sip.message import Request, Response, parse, serialise
from switchboard.sip.secret import Secret
from tests.fakes.digests import answered
from tests.fakes.loop import run_simulated
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.world import ALICE, BOB
from tests.unit.test_doorbell import TERMS, Wire, admission, request
from workers.challenges import MOST_IN_ALL, MOST_TO_ONE, NONCE_LIVES_S
from workers.doorbell import Doorbell

PASSWORD = "open sesame"
TRUNK = Trunk("roaming", "sip.example.net", rings_as=Secret.of("carrier", PASSWORD))
STRANGER = ("192.0.2.9", 5060)


def an_invite(call: str = "c1") -> Request:
    invite = parse(request(call=call))
    assert isinstance(invite, Request)
    return invite


class Rung:
    """A doorbell with a trunk that rings as a user, in simulated time."""

    def __init__(self, *trunks: Trunk) -> None:
        self.rings: list[Ring] = []
        self.wire = Wire()
        known = admission(*(trunks or (TRUNK,)))
        self.bell = Doorbell(TERMS, known, MemoryClock(), self.rings.append)
        self.bell.connection_made(self.wire)

    def hear(self, message: Request | bytes, source: tuple[str, int] = STRANGER) -> Response | None:
        """What it answers."""
        before = len(self.wire.sent)
        data = message if isinstance(message, bytes) else serialise(message)
        self.bell.datagram_received(data, source)
        sent = self.wire.sent[before:]
        return parse(sent[0][0]) if sent else None


def rung(story: Callable[[Rung], object], *trunks: Trunk) -> list[Ring]:
    """The rings that were passed on in a story."""
    bell = Rung(*trunks)

    async def told() -> None:
        waits = story(bell)
        if asyncio.iscoroutine(waits):
            await waits

    run_simulated(told())
    return bell.rings


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_trunk_that_proves_who_it_is_rings_from_anywhere(algorithm):
    def story(bell: Rung) -> None:
        asked = bell.hear(an_invite())
        proved = answered(an_invite(), asked, "carrier", PASSWORD, algorithm)
        assert (asked.status, bell.hear(proved).status) == (401, 486)

    assert [ring.caller for ring in rung(story)] == [ALICE]


def test_proof_that_is_no_text_gets_no_answer():
    def story(bell: Rung) -> None:
        proved = serialise(answered(an_invite(), bell.hear(an_invite()), "carrier", PASSWORD))
        for field in (b"response", b"nonce", b"cnonce", b"username", b"uri"):
            assert bell.hear(proved.replace(field + b'="', field + b'="\xff')) is None

    assert rung(story) == []


@pytest.mark.parametrize(
    ("user", "password"), [("carrier", "guessed"), ("somebody", PASSWORD), ("nobody", "")]
)
def test_wrong_proof_gets_no_answer(user, password):
    def story(bell: Rung) -> None:
        asked = bell.hear(an_invite())
        assert bell.hear(answered(an_invite(), asked, user, password)) is None

    assert rung(story) == []


def test_nobody_is_asked_where_no_trunk_rings_as_a_user():
    def story(bell: Rung) -> None:
        assert bell.hear(an_invite()) is None

    assert rung(story, Trunk("carrier", "sip.example.net")) == []


@pytest.mark.parametrize("method", ["OPTIONS", "REGISTER", "BYE", "CANCEL", "MESSAGE", "ACK"])
def test_strangers_are_asked_for_rings_only(method):
    def story(bell: Rung) -> None:
        assert bell.hear(request(method)) is None
        assert bell.hear(request(to_tag=";tag=b2")) is None
        assert bell.hear(b"nonsense") is None

    assert rung(story) == []


def test_who_is_known_by_the_address_is_asked_nothing():
    def story(bell: Rung) -> None:
        assert bell.hear(an_invite(), ("198.51.100.7", 5060)).status == 486

    assert len(rung(story)) == 1


def test_proof_repeated_is_the_same_ring():
    def story(bell: Rung) -> None:
        proved = answered(an_invite(), bell.hear(an_invite()), "carrier", PASSWORD)
        assert bell.hear(proved) == bell.hear(proved)

    assert len(rung(story)) == 1


@pytest.mark.parametrize(
    "changed",
    [
        lambda data: data.replace(b"Call-ID: c1", b"Call-ID: c2"),
        lambda data: re.sub(rb"From: <sip:\+\d+", b"From: <sip:" + str(BOB).encode(), data),
        lambda data: data.replace(
            b"Call-ID", f"P-Asserted-Identity: <tel:{BOB}>\r\nCall-ID".encode()
        ),
    ],
    ids=["another call", "another caller", "another identity"],
)
def test_proof_for_one_ring_is_none_for_another(changed):
    def story(bell: Rung) -> None:
        proved = answered(an_invite(), bell.hear(an_invite()), "carrier", PASSWORD)
        asked = bell.hear(changed(serialise(proved)))
        assert asked.status == 401
        assert "stale=true" in asked.header("WWW-Authenticate")

    assert rung(story) == []


def test_proof_is_none_from_another_address():
    def story(bell: Rung) -> None:
        proved = answered(an_invite(), bell.hear(an_invite()), "carrier", PASSWORD)
        assert bell.hear(proved, ("192.0.2.10", 5060)).status == 401

    assert rung(story) == []


def test_a_challenge_is_answered_within_a_minute_or_asked_anew():
    async def story(bell: Rung) -> None:
        proved = answered(an_invite(), bell.hear(an_invite()), "carrier", PASSWORD)
        await asyncio.sleep(NONCE_LIVES_S + 1)
        asked = bell.hear(proved)
        assert asked.status == 401
        assert bell.hear(answered(an_invite(), asked, "carrier", PASSWORD)).status == 486

    assert len(rung(story)) == 1


def test_a_flood_is_asked_so_often_and_no_more():
    async def story(bell: Rung) -> None:
        one = [bell.hear(an_invite(f"c{n}")) for n in range(MOST_TO_ONE + 5)]
        sources = [(f"192.0.2.{n % 250}", 5060 + n) for n in range(2 * MOST_IN_ALL)]
        many = [bell.hear(an_invite(), source) for source in sources]
        asked = sum(answer is not None for answer in one)
        assert (asked, asked + sum(answer is not None for answer in many)) == (
            MOST_TO_ONE,
            MOST_IN_ALL,
        )
        await asyncio.sleep(1)
        assert bell.hear(an_invite()).status == 401

    assert rung(story) == []


def test_two_trunks_do_not_ring_as_the_same_user():
    ports = memory_ports()
    for name in ("a", "b"):
        ports.trunks.save(Trunk(name, "sip.example.net"))
    changes = TrunkChanges(rings_as=("carrier", PASSWORD))

    saved = change_trunk(ports, "a", changes)

    assert saved.rings_as == Secret.of("carrier", PASSWORD)
    assert change_trunk(ports, "a", TrunkChanges(weight=2)).rings_as == saved.rings_as
    with pytest.raises(Conflict, match="trunk a rings as carrier"):
        change_trunk(ports, "b", changes)
    assert change_trunk(ports, "a", TrunkChanges(rings_as=("", ""))).rings_as is None


@pytest.mark.parametrize(("user", "password"), [("a:b", "c"), ('a"', "c"), ("a b", "c"), ("a", "")])
def test_a_user_that_could_be_mistaken_is_refused(user, password):
    ports = memory_ports()
    ports.trunks.save(Trunk("a", "sip.example.net"))

    with pytest.raises(Malformed, match="trunks ring as"):
        change_trunk(ports, "a", TrunkChanges(rings_as=(user, password)))
