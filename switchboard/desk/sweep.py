"""The sweep: settles what a lost worker left behind (design §4 step 5, §5). Safe at any time."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from switchboard.calls.beat import Beat, LiveCall
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.routes import trunk_price
from switchboard.desk.till import Till
from switchboard.ledger.balance import Hold
from switchboard.logs import NOTABLE
from switchboard.ports import Ports

LOST = Verdict(Ending.WORKER_LOST, Culprit.US)

logger = logging.getLogger("ringback.sweep")
PART = {"part": "sweep"}


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did: CDRs it wrote or found to be applied, callbacks that it queued again."""

    settled: tuple[Cdr, ...]
    requeued: tuple[str, ...]


def sweep(ports: Ports) -> Swept:
    """Settle the callbacks of workers whose heartbeat stopped, to the last second that is known,
    and every hold that outlived its time; queue again what never rang and still has patience. A
    fault with one callback keeps no other from being settled, and is raised at the end."""
    now = ports.clock.now()
    beats = ports.workers.all()
    stopped = [beat for beat in beats if beat.stale_at < now]
    alive = {callback for beat in beats if beat not in stopped for callback in beat.calls}
    sweeping = _Sweeping()
    for beat in stopped:
        found = [
            sweeping.attempt(callback_id, partial(_sweep_beaten, ports, beat, callback_id))
            for callback_id in beat.calls
        ]
        # Else its calls are looked at again by the next sweep.
        if all(found):
            # First what the heartbeat leads to: this sweep may break off.
            ports.control.forget(beat.worker)
            ports.workers.forget(beat)
            told = f"{beat.beat_at:%Y-%m-%dT%H:%M:%SZ}"
            facts = {**PART, "worker": beat.worker, "callbacks": len(beat.calls)}
            logger.warning("worker %s is lost: last heard %s", beat.worker, told, extra=facts)
    for account, callback_id, hold in _expired_holds(ports, now):
        if callback_id not in alive:
            one = partial(_sweep_hold, ports, account, callback_id, hold)
            sweeping.attempt(callback_id, one)
    return sweeping.result()


class _Sweeping:
    """What a sweep has done so far."""

    def __init__(self) -> None:
        self._outcomes: list[Cdr | str | None] = []
        self._faults: list[Exception] = []

    def attempt(self, callback: str, sweep_one: Callable[[], Cdr | str | None]) -> bool:
        """Whether one callback was swept."""
        try:
            self._outcomes.append(sweep_one())
        except Exception as fault:
            facts = {**PART, "callback": callback}
            logger.exception("callback %s cannot be swept", callback, extra=facts)
            self._faults.append(fault)
            return False
        return True

    def result(self) -> Swept:
        """What was done; the first of the faults where there were some."""
        if self._faults:
            raise self._faults[0]
        swept = Swept(
            settled=tuple(found for found in self._outcomes if isinstance(found, Cdr)),
            requeued=tuple(found for found in self._outcomes if isinstance(found, str)),
        )
        if swept.settled or swept.requeued:
            numbers = len(swept.settled), len(swept.requeued)
            facts = {**PART, **NOTABLE}
            logger.info("settled %s callbacks, queued %s again", *numbers, extra=facts)
        return swept


def _sweep_beaten(ports: Ports, beat: Beat, callback_id: str) -> Cdr | str | None:
    callback = ports.callbacks.find(callback_id)
    # Where another worker took it over since, it is that one's to settle.
    if callback is None or callback.worker != beat.worker:
        return None
    return _sweep_one(ports, callback, beat.calls[callback_id], beat.beat_at)


def _sweep_hold(ports: Ports, account: str, callback_id: str, hold: Hold) -> Cdr | str | None:
    callback = ports.callbacks.find(callback_id)
    assert callback is not None, "a callback is never removed"
    if callback.account == account:
        return _sweep_one(ports, callback, LiveCall(), ports.clock.now())
    if callback.state.final:
        # Left by an identification that broke off: another account pays.
        Till(ports.books).drop(account, callback_id, hold)
    return None


def _expired_holds(ports: Ports, now: datetime) -> Iterator[tuple[str, str, Hold]]:
    for account in ports.accounts.all():
        for callback_id, hold in account.balance.holds.items():
            if hold.expires_at < now:
                yield account.profile.account, callback_id, hold


def _sweep_one(
    ports: Ports, callback: Callback, live: LiveCall, known_until: datetime
) -> Cdr | str | None:
    """The CDR of a lost callback, its id where it is queued again, None where all is done."""
    now = ports.clock.now()
    claimed = callback.state is State.CLAIMED
    if claimed and now < callback.expires_at:
        ports.queue.send(callback.id)
        return callback.id
    kept = ports.books.cdr(callback.account, callback.id, callback.requested_at)
    verdict = LOST if kept is None else kept.verdict
    final = State.EXPIRED if claimed else State.ENDED
    # Before its hold is given back: a claimed callback cannot ring any more, should its worker
    # wake up, and where this sweep breaks off, the hold leads the next one here.
    ports.callbacks.finish(callback.id, final, verdict, now, worker=callback.worker)
    over = ports.callbacks.find(callback.id)
    assert over is not None, "a callback is never removed"
    return _settle(ports, over, live, known_until) if over.state.final else None


def _settle(ports: Ports, callback: Callback, live: LiveCall, known_until: datetime) -> Cdr | None:
    hold = ports.books.balance(callback.account).holds.get(callback.id)
    if hold is None:
        return None
    earlier = max(callback.earlier, live.earlier, key=len)
    if len(earlier) > len(live.earlier):
        # Its destination leg has ended since, and is among the earlier ones.
        live = replace(live, destination_s=None)
    callback = replace(callback, earlier=earlier)
    return Till(ports.books).settle(
        write_cdr(
            callback,
            _legs(ports, callback, live, known_until),
            LOST,
            nonce=hold.nonce,
            ended_at=known_until,
            lost=True,
            cover=hold.cover,
        )
    )


def _legs(
    ports: Ports, callback: Callback, live: LiveCall, known_until: datetime
) -> Iterator[LegRecord]:
    """The legs that were running, as far as the last heartbeat knew them to have run, over the
    trunks that it named."""
    began_at = callback.reached.get(State.CUSTOMER_ANSWERED)
    # The state tells of the first destination that answered.
    connected_at = callback.reached.get(State.CONNECTED)
    if callback.earlier:
        connected_at = live.destination_answered_at
    for party, number, seconds, answered_at in (
        (Party.CUSTOMER, callback.customer, live.customer_s, began_at),
        (Party.DESTINATION, callback.destination, live.destination_s, connected_at),
    ):
        if number is not None and seconds is not None:
            trunk, routed_at = live.trunk_of(party), answered_at or callback.requested_at
            price = trunk_price(ports, trunk, number, routed_at, callback.quote.currency)
            yield LegRecord(
                party,
                number,
                trunk,
                LOST,
                answered_at=answered_at,
                ended_at=known_until,
                seconds=seconds,
                trunk_cost=None if price is None else price.cost(seconds, answered_at),
            )
