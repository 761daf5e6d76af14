"""Closing: a callback that rang is over, and the stores are told all of it."""

from dataclasses import dataclass

from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.desk.rings import ring_again
from switchboard.desk.till import Till
from switchboard.ports import Ports


@dataclass(frozen=True, slots=True)
class Over:
    """A callback that is over: its CDR, and the callback as its worker claimed it, without which it
    is not tried again."""

    cdr: Cdr
    claimed: Callback | None = None


def close_callback(ports: Ports, over: Over) -> Cdr:
    """Order its next try, write the CDR, end it, and charge; gives the CDR that counts. It may be
    repeated. A sweep may have been first: what the CDR has in excess of it is posted late."""
    cdr, till = over.cdr, Till(ports.books)
    assert cdr.worker is not None, "a worker rang it"
    if over.claimed is not None:
        # Before it is settled: afterwards nobody would know that it is missing.
        ring_again(ports, over.claimed, cdr)
    kept = till.close(cdr)
    ports.callbacks.finish(cdr.callback, State.ENDED, cdr.verdict, cdr.ended_at, worker=cdr.worker)
    # Last, so that whatever is cut off before, the hold leads a sweep here.
    return till.apply(kept, cdr)
