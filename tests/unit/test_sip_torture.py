"""Our own SIP against what hurts: each datagram is a message or is refused, and never a fault."""

import asyncio
import logging
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.trunk import Trunk
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request, Response, parse, serialise
from switchboard.sip.secret import Secret
from tests.fakes.ports import MemoryClock
from tests.torture import datagrams
from tests.torture.rfc4475 import MESSAGES
from workers.admission import Admission
from workers.challenges import MOST_STRANGERS, MOST_TO_ONE
from workers.doorbell import MOST_SEEN, MOST_WAITING, Doorbell, DoorbellTerms

TRUNK, STRANGER = ("192.0.2.7", 5060), ("203.0.113.9", 5060)
# The others are read as what they mean: those that are valid, and those with a fault that does not
# matter here (§3.1.2, §3.3: elements may be liberal).
REFUSED = set(
    "clerr ncl scalar02 scalarlg lwsruri lwsstart trws badaspec badvers mismatch01 mismatch02"
    " bigcode insuf multi01 mcl01".split()
)


@pytest.mark.parametrize("name", MESSAGES)
def test_a_torture_message_is_read_or_is_refused(name):
    try:
        message = parse(MESSAGES[name])
    except MalformedSip:
        assert name in REFUSED
    else:
        assert name not in REFUSED
        assert parse(serialise(message)) == message


def test_the_short_tortuous_invite_is_read_as_it_is_meant():
    invite = parse(MESSAGES["wsinv"])

    assert (invite.method, invite.uri) == (
        "INVITE",
        "sip:vivekg@chair-dnrc.example.com;unknownparam",
    )
    assert (invite.from_tag, invite.to_tag) == ("98asjd8", "1918181833n")
    assert (str(invite.cseq), invite.via.host) == ("9 INVITE", "192.0.2.2")
    assert (len(invite.listed("Via")), len(invite.body)) == (3, 150)


@pytest.mark.parametrize(
    "datagram", [*datagrams.oddities(TRUNK), *datagrams.out_of_nowhere(TRUNK)], ids=len
)
def test_an_odd_datagram_is_read_or_is_refused(datagram):
    read_or_refused(datagram)


def test_a_message_cut_short_anywhere_is_read_or_is_refused():
    for datagram in datagrams.cut_short():
        read_or_refused(datagram)


@given(st.randoms(use_true_random=False))
def test_a_mutated_message_is_read_or_is_refused(rnd: random.Random):
    for datagram in datagrams.mutated(rnd, 5):
        read_or_refused(datagram)


def read_or_refused(datagram: bytes) -> None:
    try:
        message = parse(datagram)
    except MalformedSip:
        return
    assert isinstance(message, Request | Response)
    assert parse(serialise(message)) == message


class Wire(asyncio.DatagramTransport):
    """Counts what is sent, and to whom."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[tuple[bytes, tuple[str, int]]] = []

    def sendto(self, data, addr=None) -> None:
        self.sent.append((data, addr))

    def close(self) -> None:
        """Nothing to close."""


class Bell:
    """A doorbell that one trunk rings from its address and another from anywhere."""

    def __init__(self) -> None:
        self.wire, self.rings = Wire(), []
        trunk = Trunk("carrier", "carrier.example", rings_as=Secret.of("carrier", "sesame"))
        admission = Admission(lambda: [trunk], lambda _host: [TRUNK[0]])
        admission.renew()
        terms = DoorbellTerms("127.0.0.1", 5060)
        self.bell = Doorbell(terms, admission, MemoryClock(), self.rings.append)

    def hear(self, *heard: bytes, source: tuple[str, int]) -> None:
        async def story() -> None:
            self.bell.connection_made(self.wire)
            for datagram in heard:
                self.bell.datagram_received(datagram, source)
            await asyncio.to_thread(self.bell.close)

        asyncio.run(story())


def test_each_torture_message_of_a_trunk_gets_one_answer_at_most_and_to_whom_sent_it():
    for name, message in MESSAGES.items():
        bell = Bell()

        bell.hear(message, source=TRUNK)

        assert [address[0] for _, address in bell.wire.sent] in ([], [TRUNK[0]]), name


def test_what_a_stranger_sends_is_answered_only_where_it_rings():
    bell = Bell()
    others = [one for one in datagrams.out_of_nowhere(STRANGER) if not one.startswith(b"INVITE")]

    bell.hear(*datagrams.cut_short(), source=STRANGER)
    challenged = len(bell.wire.sent)

    assert challenged <= MOST_TO_ONE
    assert all(data.startswith(b"SIP/2.0 401 ") for data, _ in bell.wire.sent)
    bell = Bell()
    bell.hear(*others, *datagrams.oddities(STRANGER), source=STRANGER)
    assert bell.wire.sent == []
    assert bell.rings == []


def test_more_strangers_than_a_carrier_has_rings_are_not_even_read(monkeypatch):
    read = []
    monkeypatch.setattr("workers.doorbell.parse", lambda data: read.append(data) or parse(data))
    invites = [datagrams.request(STRANGER, "INVITE") for _ in range(5 * MOST_STRANGERS)]

    Bell().hear(*invites, source=STRANGER)

    # One second may become the next meanwhile.
    assert len(read) <= 2 * MOST_STRANGERS


def test_a_flood_under_the_address_of_a_trunk_fills_neither_memory_nor_log(caplog):
    bell = Bell()
    bell.bell._take = lambda _ring: None
    invites = [datagrams.request(TRUNK, "INVITE") for _ in range(MOST_SEEN + MOST_WAITING)]

    with caplog.at_level(logging.INFO):
        bell.hear(*invites, *datagrams.cut_short(), source=TRUNK)

    assert len(bell.bell._seen) <= MOST_SEEN
    assert len(caplog.records) < 100
