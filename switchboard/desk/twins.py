"""Twins: young callbacks of the same two phones, of which one is enough.

One that a worker has is found when the other is ordered; two that were ordered before a worker had
either are found when both are claimed. All that tells of them are the holds of their account.
"""

from collections.abc import Iterator
from datetime import timedelta

from switchboard.calls.callback import Callback, State, claim_mark
from switchboard.ledger.balance import Balance, Hold
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports

# Who orders the same again in this time has seen nothing happen yet.
QUIET_PERIOD = timedelta(seconds=30)


def twins(
    ports: Ports,
    balance: Balance,
    callback_id: str,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
) -> Iterator[tuple[Callback, Hold]]:
    """Other callbacks of these phones that a worker has had for less than the quiet period, with
    their holds. Nothing is read where no hold is so young."""
    youngest = claim_mark(ports.clock.now() - QUIET_PERIOD)
    for other_id, hold in balance.holds.items():
        if hold.nonce < youngest or other_id == callback_id:
            continue
        other = ports.callbacks.find(other_id)
        if other is None or other.state.final or other.account != balance.account:
            continue
        if (other.customer, other.destination) == (customer, destination):
            yield other, hold


def goes_first(ports: Ports, callback: Callback, nonce: str) -> bool | None:
    """Whether a callback whose hold has this nonce may ring, and its twins may not; None where a
    twin may still go before it.

    The later of two holds is made when the earlier one can be seen, so that one of them yields at
    least. A smaller nonce yields only to a twin that rings, and waits until the other has yielded
    to it or rings; a larger one does not wait, so that not both yield.
    """
    balance, goes = ports.books.balance(callback.account), True
    phones = callback.id, callback.customer, callback.destination
    for twin, hold in twins(ports, balance, *phones):
        if hold.nonce < nonce or twin.state is not State.CLAIMED:
            return False
        goes = False
    return goes or None
