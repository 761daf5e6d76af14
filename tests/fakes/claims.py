"""Alice's callbacks in a worker's hands, and the records that they end in."""

from datetime import timedelta

from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.cdr import Cdr, LegRecord, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.desk.orders import Order, order_callback
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.world import ALICE, BOB

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
LEASE = timedelta(seconds=15)


def ordered(ports: Ports, identity: str = "1", destination: PhoneNumber | None = BOB) -> Callback:
    order = Order(ALICE, destination, Trigger("test", identity))
    return order_callback(ports, ports.accounts.get("alice"), order)


def claimed(
    ports: Ports,
    identity: str = "1",
    *,
    worker: str = "w1",
    destination: PhoneNumber | None = BOB,
) -> Callback:
    """A callback that was ordered, and claimed by this worker now."""
    callback = ordered(ports, identity, destination)
    found = ports.callbacks.claim(callback.id, worker, now=ports.clock.now(), lease=LEASE)
    assert found is not None
    return found


def record(
    callback: Callback,
    customer_s: int | None,
    destination_s: int | None = None,
    *,
    nonce: str = "n1",
    lost: bool = False,
) -> Cdr:
    """The CDR of a callback whose legs lasted so long; None for one that was not placed."""
    legs = [
        LegRecord(party, number, "carrier", HUNG_UP, seconds=seconds)
        for party, number, seconds in (
            (Party.CUSTOMER, callback.customer, customer_s),
            (Party.DESTINATION, callback.destination, destination_s),
        )
        if number is not None and seconds is not None
    ]
    ended_at = callback.requested_at + timedelta(minutes=1)
    return write_cdr(callback, legs, HUNG_UP, nonce=nonce, ended_at=ended_at, lost=lost)
