"""What must hold, after every write and in the end."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from switchboard.calls.cdr import Cdr
from switchboard.desk.check_books import check_books
from switchboard.ledger.balance import Balance
from switchboard.ports import Ports
from tests.simulator.worker import Attempt


class Judge:
    """Keeps what it found; nothing found is a good run."""

    def __init__(self, ports: Ports, account: str) -> None:
        self.found: list[str] = []
        self._ports = ports
        self._account = account
        self._before = ports.books.balance(account)

    def watch(self) -> None:
        """Look at the balance after a call that may have changed it."""
        before, now = self._before, self._ports.books.balance(self._account)
        if now is not before:
            self.found += _wrong_now(now)
            self.found += _wrong_change(before, now)
            self._before = now

    def conclude(self, rang: Mapping[str, list[Attempt]], now: datetime) -> list[str]:
        """All that was found, with what shows only when everything is over."""
        self.found += [str(breach) for breach in check_books(self._ports)]
        holds = self._ports.books.balance(self._account).holds
        self.found += [f"{callback}: a hold is left" for callback in holds]
        callbacks = self._ports.callbacks.recent(self._account, limit=1000, cursor=None).items
        self.found += [
            f"{callback.id}: is still {callback.state.value}"
            for callback in callbacks
            if not callback.state_at(now).final
        ]
        cdrs = {cdr.callback: cdr for cdr in self._ports.books.cdrs(self._account)}
        for callback, attempts in rang.items():
            if len(attempts) > 1:
                self.found.append(f"{callback}: rang {len(attempts)} times")
            self.found += _wrong_charge(attempts[0], cdrs.get(callback))
        return self.found


def _wrong_now(balance: Balance) -> Iterator[str]:
    held = sum(hold.amount_micros for hold in balance.holds.values())
    if balance.held_micros != held:
        yield "held is not the sum of holds"
    if balance.avail_micros != balance.posted_micros + balance.credit_limit_micros - held:
        yield "avail is not posted + limit - held"


def _wrong_change(before: Balance, now: Balance) -> Iterator[str]:
    """What no hold may do when it is made or grows."""
    new = now.holds.keys() - before.holds.keys()
    grown = any(
        hold.amount_micros > before.holds[callback].amount_micros
        for callback, hold in now.holds.items()
        if callback in before.holds
    )
    if (new or grown) and not now.active:
        yield "a blocked account set money aside"
    if (new or grown) and now.avail_micros < 0:
        yield "money was set aside that is not there"
    if new and len(now.holds) > now.max_callbacks:
        yield "more callbacks at once than allowed"


def _wrong_charge(attempt: Attempt, cdr: Cdr | None) -> Iterator[str]:
    """A call costs what it lasted; one whose worker was lost, what the last heartbeat knew."""
    callback = attempt.callback
    if cdr is None:
        yield f"{callback.id}: rang and has no record"
        return
    charged = cdr.settlement.total_micros
    known = [callback.quote.cost_micros(*seconds) for seconds in attempt.told]
    if attempt.settled:
        allowed = [attempt.cost_micros]
    elif attempt.host.forgotten or attempt.is_over:
        # Swept while it lived, or lost while it wrote: any of what was told may have come first.
        allowed = [0, *known, attempt.cost_micros]
    else:
        allowed = known[-1:] or [0]
    if charged not in allowed:
        yield f"{callback.id}: {charged} charged, where {allowed} is right"
