"""Phone bridges: known by name, heard, and given the texts that wait for them."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.bridge import Bridge, BridgeBeat, Modem, OutgoingText
from tests.fakes.world import ALICE, BOB, NOON

ATTIC = Bridge("attic", "0f1e2d", NOON)
LATER = NOON + timedelta(minutes=10)
HELLO, BYE = OutgoingText("t1", ALICE, "hello"), OutgoingText("t2", BOB, "bye")


def test_a_bridge_is_added_heard_and_removed_once(ports):
    assert ports.bridges.add(ATTIC)
    assert not ports.bridges.add(replace(ATTIC, token_hash="other"))
    beat = BridgeBeat(NOON, (Modem("usb0", "ready", str(ALICE), 80),), outbox=2)

    assert ports.bridges.beat("attic", beat)
    assert ports.bridges.find("attic") == replace(ATTIC, beat=beat)
    assert ports.bridges.all() == [replace(ATTIC, beat=beat)]
    assert ports.bridges.remove("attic")
    assert not ports.bridges.remove("attic")
    assert not ports.bridges.beat("attic", beat)
    assert ports.bridges.find("attic") is None


def test_a_text_waits_until_it_is_taken_or_too_old(ports):
    for text in (BYE, HELLO, HELLO):
        ports.bridges.post("attic", text, LATER)
    ports.bridges.post("other", BYE, LATER)

    assert ports.bridges.outbox("attic", NOON, limit=10) == [HELLO, BYE]
    assert ports.bridges.outbox("attic", NOON, limit=1) == [HELLO]
    assert ports.bridges.outbox("attic", LATER, limit=10) == []
    ports.bridges.forget("attic", ["t1", "never"])
    assert ports.bridges.outbox("attic", NOON, limit=10) == [BYE]


def test_the_texts_of_a_removed_bridge_are_gone(ports):
    ports.bridges.add(ATTIC)
    ports.bridges.post("attic", HELLO, LATER)

    ports.bridges.remove("attic")

    assert ports.bridges.outbox("attic", NOON, limit=10) == []
