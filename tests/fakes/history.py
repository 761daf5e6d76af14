"""An account with a past: calls that are over and charged."""

from dataclasses import replace
from datetime import datetime

from switchboard.calls.callback import State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.world import ALICE, BOB, a_callback

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def past_call(
    ports: Ports,
    name: str,
    charge_micros: int,
    *,
    at: datetime | None = None,
    to: PhoneNumber = BOB,
    verdict: Verdict = HUNG_UP,
    seconds: int = 60,
    account: str = "alice",
) -> Cdr:
    """A call of an account that was asked for at an instant, or now, with its callback."""
    requested_at = at or ports.clock.now()
    reached = {State.QUEUED: requested_at, State.ENDED: requested_at}
    callback = a_callback(
        id=name,
        account=account,
        requested_at=requested_at,
        destination=to,
        state=State.ENDED,
        verdict=verdict,
        reached=reached,
    )
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", verdict, seconds=seconds + 5),
        LegRecord(Party.DESTINATION, to, "carrier", verdict, seconds=seconds),
    ]
    cdr = write_cdr(callback, legs, verdict, nonce="n", ended_at=requested_at)
    cdr = replace(cdr, settlement=replace(cdr.settlement, charge_micros=charge_micros))
    ports.callbacks.place(callback)
    ports.books.close(cdr)
    balance = ports.books.balances[account]
    ports.books.balances[account] = replace(
        balance,
        posted_micros=balance.posted_micros - charge_micros,
        avail_micros=balance.avail_micros - charge_micros,
    )
    return cdr
