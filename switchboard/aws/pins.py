"""Batches and vouchers in DynamoDB; a PIN belongs to one account or voucher, by transaction."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.update import Action
from pynamodb.transactions import TransactWrite

from switchboard.aws.accounts import identities_of
from switchboard.aws.balances import BALANCE, PROFILE, entry_item
from switchboard.aws.cursors import make_cursor, open_cursor
from switchboard.aws.forms import from_text, to_text, to_us
from switchboard.aws.models.accounts import AccountItem, EntryItem, IdentityItem
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.sales import BatchItem, SubscriptionItem, VoucherItem
from switchboard.aws.subscriptions import wake_plan
from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.vouchers import Redemption, Voucher
from switchboard.ports import Page

ALL = "all"


class DynamoPins:
    """`Pins` over two tables of its own and those of accounts and the journal."""

    def __init__(self, database: Database) -> None:
        self._batches = database.table(BatchItem)
        self._vouchers = database.table(VoucherItem)
        self._accounts = database.table(AccountItem)
        self._identities = database.table(IdentityItem)
        self._journal = database.table(EntryItem)
        self._subscriptions = database.table(SubscriptionItem)
        self._connection = database.connection

    def start(self, batch: Batch) -> bool:
        """Write a new batch, if its name is new."""
        item = self._batches(**batch_values(batch))
        if made(lambda: item.save(self._batches.name.does_not_exist())):
            return True
        # A repeated write fails on its own success: the same to the microsecond is ours.
        return self.batch(batch.name) == batch

    def move(self, batch: str, old: BatchState, new: BatchState) -> bool:
        """Move a batch from one state into another, if it is in the first."""
        state = self._batches.state
        return made(
            lambda: self._batches(batch).update(
                [state.set(new.value)], condition=(state == old.value) | (state == new.value)
            )
        )

    def batch(self, name: str) -> Batch | None:
        """A batch as it stands, strongly consistent."""
        try:
            return _batch(self._batches.get(name, consistent_read=True))
        except self._batches.DoesNotExist:
            return None

    def batches(self) -> Sequence[Batch]:
        """Every batch, by name."""
        found = self._batches.scan(consistent_read=True)
        return sorted(map(_batch, found), key=lambda batch: batch.name)

    def batch_page(self, *, limit: int, cursor: str | None) -> Page[Batch]:
        """A part of the batches, the newest first."""
        found = self._batches.by_made.query(
            ALL,
            limit=limit,
            scan_index_forward=False,
            last_evaluated_key=None if cursor is None else _open(cursor),
        )
        batches = [_batch(item) for item in found]
        if found.last_evaluated_key is None or len(batches) < limit:
            return Page(batches, None)
        return Page(batches, make_cursor(batches[-1].name, to_us(batches[-1].made_at)))

    def add_vouchers(self, vouchers: Sequence[Voucher]) -> bool:
        """Add vouchers under the hashes of their PINs."""
        new = self._vouchers.pin_hash.does_not_exist()

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                for one in vouchers:
                    item = self._vouchers(one.pin_hash, voucher=one.voucher, batch=one.batch)
                    transaction.save(item, condition=new)

        return made(write)

    def remove_members(self, batch: Batch) -> None:
        """Remove what was made in a batch that was never ready."""
        if batch.kind is BatchKind.VOUCHERS:
            with self._vouchers.batch_write() as removal:
                for voucher in self._vouchers.scan(self._vouchers.batch == batch.name):
                    removal.delete(voucher)
            return
        for profile in self._profiles_of(batch):
            self._remove(profile)

    def voucher(self, pin_hash: str) -> Voucher | None:
        """The voucher whose PIN has this keyed hash, strongly consistent."""
        try:
            item = self._vouchers.get(pin_hash, consistent_read=True)
        except self._vouchers.DoesNotExist:
            return None
        return _voucher(item)

    def redeem(self, redemption: Redemption) -> bool:
        """Mark the voucher, enter its value and replace the profile: one transaction."""
        voucher, entry = redemption.voucher, redemption.entry
        items, accounts = self._vouchers, self._accounts
        marks: list[Action] = [items.redeemed.set(to_text(voucher))]
        posting: list[Action] = [
            accounts.posted.set(accounts.posted + entry.amount_micros),
            accounts.avail.set(accounts.avail + entry.amount_micros),
        ]
        unused = items.voucher.exists() & items.redeemed.does_not_exist()
        unchanged = accounts.profile == to_text(redemption.old)

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(items(voucher.pin_hash), marks, condition=unused)
                new = self._journal.account.does_not_exist()
                transaction.save(entry_item(entry, self._journal), condition=new)
                transaction.update(accounts(entry.account, BALANCE), posting)
                if redemption.new != redemption.old:
                    item = accounts(entry.account, PROFILE, profile=to_text(redemption.new))
                    transaction.save(item, condition=unchanged)
                wake_plan(transaction, self._subscriptions, redemption.old, redemption.new)

        return _made_alone(write)

    def _profiles_of(self, batch: Batch) -> Iterator[Profile]:
        for serial in range(1, batch.count + 1):
            try:
                item = self._accounts.get(batch.member(serial), PROFILE, consistent_read=True)
            except self._accounts.DoesNotExist:
                continue
            profile = from_text(item.profile, Profile)
            if profile.batch == batch.name:
                yield profile

    def _remove(self, profile: Profile) -> None:
        entries = list(self._journal.query(profile.account, consistent_read=True))
        with TransactWrite(connection=self._connection) as transaction:
            for entry in entries:
                transaction.delete(entry)
            for identity in identities_of(profile):
                transaction.delete(self._identities(identity))
            for part in (PROFILE, BALANCE):
                transaction.delete(self._accounts(profile.account, part))


def batch_values(batch: Batch) -> dict[str, Any]:
    """What the item of a batch keeps."""
    return {
        "name": batch.name,
        "batch": to_text(replace(batch, state=BatchState.MAKING)),
        "state": batch.state.value,
        "listed": ALL,
        "made_at": to_us(batch.made_at),
    }


def _open(cursor: str) -> dict[str, Any]:
    name, made_us = open_cursor(cursor)
    return {"name": {"S": name}, "listed": {"S": ALL}, "made_at": {"N": str(made_us)}}


def _batch(item: Any) -> Batch:
    return replace(from_text(item.batch, Batch), state=BatchState(item.state))


def _voucher(item: Any) -> Voucher:
    if item.redeemed is not None:
        return from_text(item.redeemed, Voucher)
    return Voucher(item.voucher, item.batch, item.pin_hash)


def _made_alone(write: Callable[[], object]) -> bool:
    """As `made`; False also where another transaction was at one of the items."""
    try:
        return made(write)
    except TransactWriteError as error:
        reasons = [reason for reason in error.cancellation_reasons if reason is not None]
        if any(reason.code == "TransactionConflict" for reason in reasons):
            return False
        raise
