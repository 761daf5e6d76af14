"""The doorbell: each INVITE of a trunk is rejected at once and passed on, once."""

import asyncio
import logging
import threading
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.ring import Ring
from switchboard.calls.trunk import Trunk, check_network
from switchboard.errors import Malformed, UnknownSender
from switchboard.sip.message import Response, parse
from tests.fakes.ports import MemoryClock
from tests.fakes.world import ALICE, SERVICE
from workers.admission import Admission
from workers.doorbell import MOST_WAITING, Doorbell, DoorbellTerms
from workers.settings import Settings

CARRIER = ("198.51.100.7", 5060)
TERMS = DoorbellTerms("127.0.0.1", 5060)


@dataclass
class Wire(asyncio.DatagramTransport):
    """What the doorbell sends."""

    sent: list[tuple[bytes, tuple[str, int]]] = field(default_factory=list)

    def sendto(self, data, addr=None) -> None:
        self.sent.append((data, addr))

    def close(self) -> None:
        """Nothing to close."""


def admission(*trunks: Trunk) -> Admission:
    known = Admission(lambda: trunks, {"sip.example.net": [CARRIER[0]]}.get)
    known.renew()
    return known


def request(method: str = "INVITE", call: str = "c1", to_tag: str = "", via: str = "") -> bytes:
    lines = [
        f"{method} sip:{SERVICE}@192.0.2.1 SIP/2.0",
        f"Via: SIP/2.0/UDP 10.1.2.3:5070;branch=z9hG4bK1{via}",
        f"From: <sip:{ALICE}@10.1.2.3>;tag=a1",
        f"To: <sip:{SERVICE}@192.0.2.1>{to_tag}",
        f"Call-ID: {call}",
        f"CSeq: 1 {method}",
        "Content-Length: 0",
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class Story:
    """A doorbell whose sent datagrams and passed-on rings are kept."""

    def __init__(self, take=None, terms: DoorbellTerms = TERMS) -> None:
        self.rings: list[Ring] = []
        self.wire = Wire()
        trunk = Trunk("carrier", "sip.example.net", rings_from=("203.0.113.0/28",))
        self.bell = Doorbell(terms, admission(trunk), MemoryClock(), take or self.rings.append)

    def hear(self, *datagrams: bytes, source: tuple[str, int] = CARRIER) -> list[Response]:
        async def story() -> None:
            self.bell.connection_made(self.wire)
            for datagram in datagrams:
                self.bell.datagram_received(datagram, source)
            self.answered = len(self.wire.sent)
            await asyncio.to_thread(self.bell.close)
            await asyncio.sleep(0)

        asyncio.run(story())
        return [parse(data) for data, _ in self.wire.sent]


def test_an_invite_is_rejected_as_busy_and_passed_on():
    story = Story()

    [answer] = story.hear(request())

    assert (answer.status, answer.reason, answer.call_id) == (486, "Busy Here", "c1")
    assert answer.to_tag is not None
    assert [ring.caller for ring in story.rings] == [ALICE]


def test_the_rejection_does_not_wait_for_what_becomes_of_the_ring():
    answered = threading.Event()
    story = Story(take=lambda _ring: answered.wait(10))

    async def rung() -> int:
        story.bell.connection_made(story.wire)
        story.bell.datagram_received(request(), CARRIER)
        sent = len(story.wire.sent)
        answered.set()
        await asyncio.to_thread(story.bell.close)
        return sent

    assert asyncio.run(rung()) == 1


def test_an_invite_repeated_is_answered_alike_and_passed_on_once():
    story = Story()

    one, other = story.hear(request(), request())

    assert one == other
    assert len(story.rings) == 1


@pytest.mark.parametrize(
    ("source", "answered"),
    [("203.0.113.15", True), ("203.0.113.16", False), ("192.0.2.9", False)],
)
def test_who_is_no_trunk_gets_no_answer_at_all(source, answered):
    story = Story()

    answers = story.hear(request(), request("OPTIONS"), b"nonsense", source=(source, 5060))

    assert bool(answers) is answered
    assert len(story.rings) == answered


@pytest.mark.parametrize(
    ("method", "code"),
    [("OPTIONS", 200), ("CANCEL", 481), ("BYE", 481), ("REGISTER", 405), ("MESSAGE", 405)],
)
def test_what_is_no_ring_is_answered_and_not_passed_on(method, code):
    story = Story()

    assert [answer.status for answer in story.hear(request(method))] == [code]
    assert story.rings == []


def test_neither_an_ack_nor_a_response_nor_nonsense_is_answered():
    story = Story()
    response = b"SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP x\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\n"

    response += b"Call-ID: c\r\nCSeq: 1 INVITE\r\n\r\n"
    assert story.hear(request("ACK"), response, b"\r\n\r\n", b"") == []


def test_an_invite_within_a_dialog_is_no_ring():
    story = Story()

    assert [answer.status for answer in story.hear(request(to_tag=";tag=b2"))] == [481]
    assert story.rings == []


@pytest.mark.parametrize(
    ("via", "port"), [("", 5070), (";rport", 5060), (';x="', 5070), (";x=<;rport", 5070)]
)
def test_the_answer_goes_where_the_request_came_from(via, port):
    story = Story()
    story.hear(request(via=via))

    assert [address for _, address in story.wire.sent] == [(CARRIER[0], port)]


def test_a_name_that_is_no_utf_8_is_a_ring_like_any_other():
    story = Story()

    answers = story.hear(request().replace(b"Call-ID: c1", b"Call-ID: c\xff"))

    assert [answer.status for answer in answers] == [486]
    assert [ring.trigger.callback_id for ring in story.rings] != []


@given(
    st.integers(0, 300),
    st.binary(max_size=30)
    | st.lists(st.sampled_from([b'"', b"<", b";", b",", b"\r\n", b" ", b"@", b"=", b"\xff"])).map(
        b"".join
    ),
)
def test_whatever_a_trunk_sends_is_answered_once_and_where_it_came_from(at, noise):
    datagram = request(via=";rport")
    story = Story()

    story.hear(datagram[:at] + noise + datagram[at:])

    assert [address for _, address in story.wire.sent] in ([], [CARRIER], [(CARRIER[0], 5070)])
    assert [ring.trigger.callback_id for ring in story.rings][1:] == []


def test_the_log_tells_no_number_of_what_is_no_sip(caplog):
    caplog.set_level(logging.INFO)
    broken = request().replace(b"From: <sip:", b"From: <sip/").replace(b"CSeq: 1", b"CSeq: x1")

    assert Story().hear(broken) == []
    assert "is no SIP" in caplog.text
    assert ALICE.digits not in caplog.text


def test_the_code_of_the_rejection_is_configured():
    story = Story(terms=DoorbellTerms("127.0.0.1", 5060, 603))

    assert [answer.status for answer in story.hear(request())] == [603]


def test_a_flood_of_rings_is_rejected_and_not_kept():
    hold = threading.Event()
    story = Story(take=lambda _ring: hold.wait(10))

    async def flood() -> int:
        story.bell.connection_made(story.wire)
        for number in range(MOST_WAITING + 50):
            story.bell.datagram_received(request(call=f"c{number}"), CARRIER)
        waiting = story.bell._waiting
        hold.set()
        await asyncio.to_thread(story.bell.close)
        return waiting

    assert asyncio.run(flood()) == MOST_WAITING
    assert len(story.wire.sent) == MOST_WAITING + 50


def test_a_refused_ring_is_no_fault_and_a_fault_loses_one_ring(caplog):
    caplog.set_level(logging.INFO)

    def take(ring: Ring) -> None:
        raise UnknownSender("unknown") if ring.trigger.identity == "c1#a1" else KeyError("broken")

    answers = Story(take=take).hear(request(), request(call="c2"))

    assert [answer.status for answer in answers] == [486, 486]
    assert [record.message for record in caplog.records] == ["a ring is lost"]


@pytest.mark.parametrize("text", ["10.0.0.0/8", "203.0.113.7/28", "sip.example.net", "::1/128"])
def test_a_network_that_is_none_or_too_wide_is_refused(text):
    with pytest.raises(Malformed):
        check_network(text)


def test_one_address_is_a_network():
    assert check_network("203.0.113.7") == "203.0.113.7/32"


def test_a_worker_hears_rings_where_a_port_is_set_for_them():
    assert Settings.from_env({}).doorbell is None
    settings = Settings.from_env({"RINGBACK_RINGS_PORT": "5060", "RINGBACK_RINGS_CODE": "480"})
    assert settings.doorbell == DoorbellTerms("127.0.0.1", 5060, 480)
