"""Callbacks in DynamoDB; every change of state is one conditional write."""

import json
from datetime import datetime, timedelta
from typing import Any

from switchboard.aws.cursors import make_cursor, open_cursor
from switchboard.aws.forms import BROKEN, from_text, from_us, to_text, to_us
from switchboard.aws.models.calls import CallbackItem
from switchboard.aws.models.database import Database, made
from switchboard.calls.callback import Callback, Retries, State
from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber
from switchboard.ports import Page, UnreadableRecord
from switchboard.rating.quote import Quote

# How long before its start a callback may be claimed (see the port).
EARLY = timedelta(seconds=1)


class DynamoCallbacks:
    """`Callbacks` over one table. A rank beside the state makes "later" a condition."""

    def __init__(self, database: Database) -> None:
        self._items = database.table(CallbackItem)

    def place(self, callback: Callback) -> bool:
        """Write a new callback, if its id is new."""
        item = self._item(callback)
        return made(lambda: item.save(self._items.id.does_not_exist()))

    def find(self, callback: str) -> Callback | None:
        """A callback as it stands, strongly consistent."""
        try:
            item = self._items.get(callback, consistent_read=True)
        except self._items.DoesNotExist:
            return None
        try:
            return _callback(item)
        except BROKEN as fault:
            raise UnreadableRecord(f"the record of callback {callback} is broken") from fault

    def claim(
        self, callback: str, worker: str, *, now: datetime, lease: timedelta
    ) -> Callback | None:
        """Take a callback that is free: queued, or claimed and given up before it rang."""
        items, item = self._items, self._items(callback)
        lapsed = (items.rank == State.CLAIMED.rank) & (items.lease_until < to_us(now))
        free = (items.rank == State.QUEUED.rank) | lapsed
        actions = [
            *self._moves(State.CLAIMED, now),
            items.worker.set(worker),
            items.lease_until.set(to_us(now + lease)),
        ]
        begun = items.starts_at.does_not_exist() | (items.starts_at <= to_us(now + EARLY))
        condition = (items.expires_at > to_us(now)) & begun & free
        if not made(lambda: item.update(actions, condition=condition)):
            return None
        return _callback(item)

    def advance(self, callback: str, worker: str, state: State, at: datetime) -> bool:
        """Move on, if this worker has the callback and the state is a later one."""
        later = (self._items.worker == worker) & (self._items.rank < state.rank)
        # These are its worker's affair by now, and make each write larger.
        items = self._items
        settled = (items.spend, items.starts_at, items.retries, items.manners, items.service)
        actions = [*self._moves(state, at), *(known.remove() for known in settled)]
        return self._update(callback, actions, later)

    def set_destination(
        self,
        callback: str,
        worker: str,
        destination: PhoneNumber,
        quote: Quote,
        *,
        instead_of: PhoneNumber | None = None,
        earlier: tuple[LegRecord, ...] = (),
    ) -> bool:
        """Fill in what the customer dialled, with its price."""
        items, old = self._items, self._items.destination
        actions = [old.set(str(destination)), items.quote.set(to_text(quote))]
        if earlier:
            actions.append(items.earlier.set(to_text(earlier)))
        unchanged = old.does_not_exist() if instead_of is None else old == str(instead_of)
        mine = (items.worker == worker) & (items.rank < State.ENDED.rank)
        return self._update(callback, actions, mine & unchanged)

    def identify(
        self, callback: str, worker: str, old_account: str, account: str, quote: Quote
    ) -> bool:
        """Have another account pay a callback that asks for a PIN."""
        items = self._items
        return self._update(
            callback,
            [items.account.set(account), items.quote.set(to_text(quote)), items.asks_pin.remove()],
            (items.worker == worker)
            & (items.rank < State.ENDED.rank)
            & (items.account == old_account)
            & items.asks_pin.exists()
            & items.destination.does_not_exist(),
        )

    def finish(
        self, callback: str, state: State, verdict: Verdict, at: datetime, *, worker: str | None
    ) -> bool:
        """Move into a final state, if it is in none and `worker` has it."""
        items = self._items
        owner = items.worker.does_not_exist() if worker is None else items.worker == worker
        actions = [*self._moves(state, at), items.verdict.set(to_text(verdict))]
        return self._update(callback, actions, owner & (items.rank < State.ENDED.rank))

    def recent(self, account: str, *, limit: int, cursor: str | None) -> Page[Callback]:
        """The callbacks of an account, newest first."""
        found = self._items.by_account.query(
            account,
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None if cursor is None else _open_cursor(cursor, account),
        )
        ids = [item.id for item in found]
        items = {item.id: item for item in self._items.batch_get(ids, consistent_read=True)}
        callbacks = [_callback(items[one]) for one in ids]
        last = found.last_evaluated_key if len(ids) == limit else None
        return Page(callbacks, None if last is None else _make_cursor(last))

    def _item(self, callback: Callback) -> CallbackItem:
        destination = callback.destination
        return self._items(
            callback.id,
            account=callback.account,
            requested_at=to_us(callback.requested_at),
            expires_at=to_us(callback.expires_at),
            order=json.dumps([str(callback.customer), callback.trigger, callback.language]),
            quote=to_text(callback.quote),
            destination=None if destination is None else str(destination),
            state=callback.state.value,
            rank=callback.state.rank,
            reached={state.value: to_us(at) for state, at in callback.reached.items()},
            spend=None if callback.spend == Spend() else to_text(callback.spend),
            starts_at=None if callback.starts_at is None else to_us(callback.starts_at),
            retries=None if callback.retries is None else to_text(callback.retries),
            asks_pin=callback.asks_pin or None,
            manners=None if callback.manners == AS_USUAL else to_text(callback.manners),
            service=None if callback.service is None else str(callback.service),
            earlier=to_text(callback.earlier) if callback.earlier else None,
        )

    def _moves(self, state: State, at: datetime) -> list[Any]:
        items = self._items
        return [
            items.state.set(state.value),
            items.rank.set(state.rank),
            items.reached[state.value].set(to_us(at)),
        ]

    def _update(self, callback: str, actions: list[Any], condition: Any) -> bool:
        return made(lambda: self._items(callback).update(actions, condition=condition))


def _callback(item: Any) -> Callback:
    customer, trigger, language = json.loads(item.order)
    reached: dict[str, Any] = item.reached.as_dict()
    return Callback(
        id=item.id,
        account=item.account,
        customer=PhoneNumber(customer),
        destination=None if item.destination is None else PhoneNumber(item.destination),
        trigger=trigger,
        language=language,
        requested_at=from_us(int(item.requested_at)),
        expires_at=from_us(int(item.expires_at)),
        quote=from_text(item.quote, Quote),
        state=State(item.state),
        reached={State(state): from_us(int(at)) for state, at in reached.items()},
        worker=item.worker,
        lease_until=None if item.lease_until is None else from_us(int(item.lease_until)),
        verdict=None if item.verdict is None else from_text(item.verdict, Verdict),
        spend=Spend() if item.spend is None else from_text(item.spend, Spend),
        starts_at=None if item.starts_at is None else from_us(int(item.starts_at)),
        asks_pin=bool(item.asks_pin),
        retries=None if item.retries is None else from_text(item.retries, Retries),
        manners=AS_USUAL if item.manners is None else from_text(item.manners, Manners),
        service=None if item.service is None else PhoneNumber(item.service),
        earlier=() if item.earlier is None else from_text(item.earlier, tuple[LegRecord, ...]),
    )


def _make_cursor(key: dict[str, Any]) -> str:
    return make_cursor(key["id"]["S"], int(key["requested_at"]["N"]))


def _open_cursor(cursor: str, account: str) -> dict[str, Any]:
    callback, requested_us = open_cursor(cursor)
    return {
        "id": {"S": callback},
        "requested_at": {"N": str(requested_us)},
        "account": {"S": account},
    }
