"""A destination that the customer dials on the phone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.callback import State
from switchboard.desk.orders import dialled
from switchboard.errors import Conflict, NoRate, NotAllowed, NotANumber
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from tests.fakes.claims import HUNG_UP, LEASE, claimed
from tests.fakes.ports import MemoryCallbacks, memory_ports
from tests.fakes.world import ALICE, BOB, open_alice, retail_sheet


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def test_a_dialled_destination_is_priced_and_kept(ports):
    callback = claimed(ports, destination=None)

    found = dialled(ports, callback, "0014155550100")

    quoted = retail_sheet().quote(ALICE, BOB, ports.clock.now())
    assert (found.destination, found.quote) == (BOB, quoted)
    assert ports.callbacks.find(callback.id) == found


@pytest.mark.parametrize(
    ("digits", "refusal"),
    [
        ("", NotANumber),
        ("12", NotANumber),
        ("02071234567", NotAllowed),
        ("0019005550100", NoRate),
        ("0061255500100", NoRate),
    ],
)
def test_what_cannot_be_called_is_refused_and_may_be_dialled_again(ports, digits, refusal):
    callback = claimed(ports, destination=None)

    with pytest.raises(refusal):
        dialled(ports, callback, digits)

    assert ports.callbacks.find(callback.id) == callback
    assert dialled(ports, callback, str(BOB)).destination == BOB


def test_the_customer_leg_keeps_the_price_that_it_began_with(ports):
    callback = claimed(ports, destination=None)
    dearer = [replace(row, rate_picos=10**12) for row in retail_sheet().rows]
    ports.sheets.publish(RateSheet.of("retail", "v2", retail_sheet().terms, dearer))

    found = dialled(ports, callback, str(BOB))

    assert found.quote.customer == callback.quote.customer
    assert found.quote.destination.per_minute == 1


class Repeating(MemoryCallbacks):
    """The first reply is lost: the client sends the request once more."""

    def set_destination(self, *args, **kwargs) -> bool:
        super().set_destination(*args, **kwargs)
        return super().set_destination(*args, **kwargs)


def test_a_destination_is_taken_also_where_the_reply_was_lost(ports):
    callback = claimed(ports, destination=None)
    repeating = replace(ports, callbacks=Repeating(ports.callbacks.placed))

    assert dialled(repeating, callback, str(BOB)).destination == BOB


@pytest.mark.parametrize("lost_to", ["a sweep", "another worker"])
def test_nothing_is_dialled_for_a_callback_that_was_taken_away(ports, lost_to):
    callback = claimed(ports, destination=None)
    if lost_to == "a sweep":
        now = ports.clock.now()
        ports.callbacks.finish(callback.id, State.ENDED, HUNG_UP, now, worker="w1")
    else:
        ports.clock.pass_by(timedelta(seconds=16))
        ports.callbacks.claim(callback.id, "w2", now=ports.clock.now(), lease=LEASE)

    with pytest.raises(Conflict, match="over"):
        dialled(ports, callback, str(BOB))

    assert ports.callbacks.find(callback.id).destination is None
