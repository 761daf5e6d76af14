"""Which connections of the audio bridge are kept, and made anew."""

import pytest

from workers.patchbay import Patchbay

CUSTOMER, DESTINATION, TONE = range(3)


class Bridge:
    """Notes what is done to it."""

    def __init__(self) -> None:
        self.done: list[tuple[str, int, int]] = []
        self.patchbay = Patchbay(
            connect=lambda *ends: self.done.append(("connect", *ends)),
            disconnect=lambda *ends: self.done.append(("disconnect", *ends)),
        )


def test_a_wire_is_made_anew_when_the_audio_of_either_end_is_there_anew():
    bridge = Bridge()
    bridge.patchbay.wire(CUSTOMER, DESTINATION)
    bridge.done.clear()

    bridge.patchbay.reconnect(DESTINATION)
    bridge.patchbay.reconnect(CUSTOMER)
    bridge.patchbay.reconnect(TONE)

    assert bridge.done == [("connect", CUSTOMER, DESTINATION)] * 2


def test_a_wire_for_a_while_is_gone_after_it_whatever_happens():
    bridge = Bridge()

    with pytest.raises(LookupError), bridge.patchbay.wired(TONE, CUSTOMER):
        raise LookupError
    bridge.patchbay.reconnect(CUSTOMER)

    assert bridge.done == [("connect", TONE, CUSTOMER), ("disconnect", TONE, CUSTOMER)]


def test_a_call_that_is_gone_takes_its_wires_along():
    bridge = Bridge()
    bridge.patchbay.wire(CUSTOMER, DESTINATION)
    bridge.patchbay.wire(TONE, CUSTOMER)
    bridge.done.clear()

    bridge.patchbay.remove(DESTINATION)
    bridge.patchbay.reconnect(CUSTOMER)

    assert bridge.done == [("connect", TONE, CUSTOMER)]
