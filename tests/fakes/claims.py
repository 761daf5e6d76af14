"""Alice's callbacks in a worker's hands, and the records that they end in."""

from datetime import timedelta

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.world import ALICE, BOB

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
LEASE = timedelta(seconds=15)
# What a minute costs her, in millionths: of both legs, and of her own.
BOTH, ALONE = 60_000, 20_000


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
    cover: Cover = NO_COVER,
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
    return write_cdr(
        callback, legs, HUNG_UP, nonce=nonce, ended_at=ended_at, lost=lost, cover=cover
    )


def held(ports: Ports, callback: Callback) -> Purse:
    """The open purse of a claimed callback."""
    purse = Purse(ports, callback, "n", PurseTerms())
    purse.open()
    return purse


def ring(ports: Ports, callback: Callback) -> bool:
    """Whether its worker may ring the customer now."""
    assert callback.worker is not None
    now = ports.clock.now()
    return ports.callbacks.advance(callback.id, callback.worker, State.CALLING_CUSTOMER, now)


def rung(ports: Ports, identity: str = "1", *, worker: str = "w1") -> tuple[Callback, Purse]:
    """A callback whose customer is being rung."""
    callback = claimed(ports, identity, worker=worker)
    purse = held(ports, callback)
    ring(ports, callback)
    return callback, purse


def beat(ports: Ports, worker: str, **calls: LiveCall) -> None:
    """A worker tells that it lives, and of its calls by their callbacks' ids."""
    now = ports.clock.now()
    ports.workers.beat(Beat(worker, now, now + timedelta(seconds=15), 2, calls))


def later(ports: Ports, **span: int) -> None:
    """Let time pass, as `timedelta` counts it."""
    ports.clock.pass_by(timedelta(**span))


def state_of(ports: Ports, callback: Callback) -> State:
    return ports.callbacks.find(callback.id).state
