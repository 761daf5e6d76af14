"""The ledger in DynamoDB: conditional updates that consume their own condition (design §5)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from pynamodb.expressions.condition import size
from pynamodb.transactions import TransactWrite

from switchboard.aws.balances import BALANCE, BUCKET, balance_of, entry_item, hold_form
from switchboard.aws.cdrs import Cdrs, cdr_key
from switchboard.aws.forms import pack, to_text
from switchboard.aws.journal import Journal
from switchboard.aws.models.accounts import AccountItem, EntryItem
from switchboard.aws.models.calls import CdrItem
from switchboard.aws.models.database import Database, made, may_be_key
from switchboard.billing.buckets import Bucket, end_at
from switchboard.calls.cdr import Cdr
from switchboard.errors import NotFound
from switchboard.ledger.balance import NO_SECONDS, Balance, Hold
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS, scope_of
from switchboard.ports import Page
from switchboard.tables.cells import Cell


class DynamoBooks:
    """`Books` over three tables."""

    def __init__(self, database: Database) -> None:
        self._accounts = database.table(AccountItem)
        self._journal = database.table(EntryItem)
        self._read_journal = Journal(database)
        self._read_cdrs = Cdrs(database)
        self._cdrs = database.table(CdrItem)
        self._connection = database.connection

    def balance(self, account: str) -> Balance:
        """The balance, strongly consistent. NotFound where there is none."""
        if may_be_key(account):
            with suppress(self._accounts.DoesNotExist):
                return balance_of(self._accounts.get(account, BALANCE, consistent_read=True))
        raise NotFound(f"there is no account {account}")

    def set_active(self, account: str, *, active: bool) -> None:
        """Block an account, or let it call again."""
        exists = self._accounts.account.exists()
        if not self._update(account, [self._accounts.active.set(active)], exists):
            raise NotFound(f"there is no account {account}")

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        """Change both limits, if credit limit and money are still the old ones."""
        item, new = self._accounts, old.limit(credit_limit_micros)
        return self._update(
            old.account,
            [
                item.credit_limit.set(new.credit_limit_micros),
                item.max_callbacks.set(max_callbacks),
                item.avail.set(new.avail_micros),
                item.lowered.set(new.lowered_micros),
            ],
            (item.credit_limit == old.credit_limit_micros) & (item.avail == old.avail_micros),
        )

    def set_spend_limits(self, old: Balance, limits: Mapping[str, int]) -> bool:
        """Change the daily limits, if they are still the old ones."""
        item = self._accounts
        actions = [
            item.limits.set(to_text(dict(limits))) if limits else item.limits.remove(),
            item.spent.set(item.spent | {}),
        ]
        return self._update(old.account, actions, self._limits_are(old.limits))

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        """One conditional update checks duplicate, funds, limits, status and number of
        callbacks."""
        item = self._accounts
        added = dict.fromkeys(hold.counts, hold.amount_micros)
        return self._update(
            account,
            [
                item.holds[callback].set(hold_form(hold)),
                *self._set_aside(hold.amount_micros),
                *self._count(added),
                *self._take(NO_COVER, hold.cover),
            ],
            item.holds[callback].does_not_exist()
            & (item.active == True)  # noqa: E712  PynamoDB builds a condition of it
            & (item.avail >= hold.amount_micros)
            & (size(item.holds) < item.max_callbacks)
            & self._has_room(added, limits, NO_COVER, hold.cover),
        )

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        """Put the larger hold in the place of the old one, at the old request number."""
        item = self._accounts
        grown = new.amount_micros - old.amount_micros
        added = {
            counter: grown if counter in old.counts else new.amount_micros for counter in new.counts
        }
        return self._update(
            account,
            [
                item.holds[callback].set(hold_form(new)),
                *self._set_aside(grown),
                *self._count(added),
                *self._take(old.cover, new.cover),
            ],
            self._unchanged(callback, old)
            & (item.active == True)  # noqa: E712  PynamoDB builds a condition of it
            & (item.avail >= grown)
            & self._has_room(added, limits, old.cover, new.cover),
        )

    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        """Give the hold of a lost attempt to another, if it has not changed."""
        item = self._accounts
        adopted = hold_form(replace(old, nonce=nonce))
        return self._update(
            account, [item.holds[callback].set(adopted)], self._unchanged(callback, old)
        )

    def release(
        self,
        account: str,
        callback: str,
        hold: Hold,
        charge_micros: int,
        burned_s: Mapping[str, int] = NO_SECONDS,
        *,
        forget: Collection[str] = (),
    ) -> bool:
        """Apply a settlement to exactly this hold."""
        item = self._accounts
        counted = dict.fromkeys(hold.counts, charge_micros - hold.amount_micros)
        unused_s = hold.unused_s(burned_s)
        return self._update(
            account,
            [
                item.holds[callback].remove(),
                item.posted.set(item.posted - charge_micros),
                *self._set_aside(-hold.amount_micros, charge_micros),
                *self._count(counted),
                *self._give_back(hold.cover, unused_s),
                *(item.spent[counter].remove() for counter in forget),
            ],
            self._unchanged(callback, hold),
        )

    def close(self, cdr: Cdr) -> bool:
        """Write the CDR, if there is none for this callback."""
        item = self._cdrs(cdr.account, cdr_key(cdr.requested_at, cdr.callback), record=pack(cdr))
        return made(lambda: item.save(self._cdrs.account.does_not_exist()))

    def cdr(self, account: str, callback: str, requested_at: datetime) -> Cdr | None:
        """The CDR of a callback, strongly consistent."""
        return self._read_cdrs.one(account, callback, requested_at)

    def post_late(self, cdr: Cdr) -> bool:
        """Replace a CDR without a late charge by this one, and post it: one transaction."""
        late_micros = cdr.settlement.late_micros
        assert late_micros is not None, "only a late CDR is posted late"
        item = self._cdrs(
            cdr.account,
            cdr_key(cdr.requested_at, cdr.callback),
            record=pack(cdr),
            late=late_micros,
        )

        owner, posting = self._posting(cdr.account, -late_micros)
        burned_s = {key: -seconds for key, seconds in cdr.settlement.late_s.items()}

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=self._cdrs.late.does_not_exist())
                transaction.update(owner, [*posting, *self._give_back(NO_COVER, burned_s)])

        return made(write)

    def enter(
        self, entry: JournalEntry, buckets: Sequence[Bucket] = (), *, covered: bool = False
    ) -> bool:
        """Add a journal entry and post it with its buckets, if its identity is new and, where it
        has to be, it is covered: one transaction."""
        item = entry_item(entry, self._journal)
        owner, posting = self._posting(entry.account, entry.amount_micros)
        if buckets:
            self._prepare_for_buckets(entry.account)
        included = self._accounts.included
        filled = [included[bucket.key].set(bucket.seconds) for bucket in buckets]
        enough = self._accounts.avail >= -entry.amount_micros if covered else None

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.save(item, condition=self._journal.account.does_not_exist())
                transaction.update(owner, [*posting, *filled], condition=enough)
                for bucket in buckets:
                    transaction.save(self._bucket_item(entry.account, bucket))

        return made(write)

    def end_buckets(self, account: str, buckets: Sequence[Bucket], at: datetime) -> None:
        """Let buckets expire at an instant, if they are there still."""
        for bucket in buckets:
            item = self._bucket_item(account, end_at(bucket, at))
            made(partial(item.save, self._accounts.bucket.exists()))

    def drop_buckets(self, account: str, buckets: Sequence[str]) -> None:
        """Forget buckets of these keys with what is left of them: one transaction."""
        forgotten = [self._accounts.included[key].remove() for key in buckets]

        def write() -> None:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(self._accounts(account, BALANCE), forgotten)
                for key in buckets:
                    transaction.delete(self._accounts(account, f"{BUCKET}#{key}"))

        made(write)

    def entry(self, account: str, identity: str) -> JournalEntry | None:
        """The entry of this identity, strongly consistent."""
        return self._read_journal.entry(account, identity)

    def entries(self, account: str) -> Iterator[JournalEntry]:
        """The journal of an account, by identity."""
        return self._read_journal.entries(account)

    def entry_page(
        self, account: str, *, limit: int, cursor: str | None = None, until: datetime | None = None
    ) -> Page[JournalEntry]:
        """A part of the journal of an account, newest first, of entries before an instant."""
        return self._read_journal.page(account, limit=limit, cursor=cursor, until=until)

    def cdrs(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[Cdr]:
        """Every CDR of an account, newest request first, of requests since an instant and before
        another."""
        return self._read_cdrs.all(account, since, until)

    def cdr_rows(
        self, account: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[list[Cell]]:
        """The same, each as a row of a file (calls/cdr_file.py)."""
        return self._read_cdrs.rows(account, since, until)

    def cdr_page(
        self,
        account: str,
        *,
        limit: int,
        cursor: str | None,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Page[Cdr]:
        """A part of an account's CDRs, newest request first, of requests since an instant and
        before another. Malformed where the cursor is not one of such a list."""
        return self._read_cdrs.page(account, limit=limit, cursor=cursor, since=since, until=until)

    def _prepare_for_buckets(self, account: str) -> None:
        """An older balance has no place for them, and none for what they count."""
        item = self._accounts
        places = [item.included.set(item.included | {}), item.spent.set(item.spent | {})]
        self._update(account, places, item.account.exists())

    def _bucket_item(self, account: str, bucket: Bucket) -> AccountItem:
        return self._accounts(account, f"{BUCKET}#{bucket.key}", bucket=to_text(bucket))

    def _set_aside(self, micros: int, charge_micros: int = 0) -> list[Any]:
        item = self._accounts
        return [
            item.held.set(item.held + micros),
            item.avail.set(item.avail - (micros + charge_micros)),
        ]

    def _count(self, added: Mapping[str, int]) -> list[Any]:
        counters = self._accounts.spent
        return [
            counters[counter].set((counters[counter] | 0) + micros)
            for counter, micros in added.items()
        ]

    def _take(self, old: Cover, new: Cover) -> list[Any]:
        more_s = {bucket: -seconds for bucket, seconds in new.beyond(old).items()}
        return self._give_back(new, more_s)

    def _give_back(self, cover: Cover, seconds: Mapping[str, int]) -> list[Any]:
        included = self._accounts.included
        counted = {counter: -more for counter, more in cover.counted(seconds).items()}
        return [
            *(included[key].set((included[key] | 0) + more) for key, more in seconds.items()),
            *self._count(counted),
        ]

    def _has_room(
        self, added: Mapping[str, int], limits: Mapping[str, int], old: Cover, new: Cover
    ) -> Any:
        """These are the limits, each counter can take what is added to it, and the buckets have
        what the new cover takes beyond the old one."""
        condition = self._limits_are(limits)
        for counter, micros in added.items():
            limit_micros = limits.get(scope_of(counter))
            if limit_micros is not None:
                condition &= self._fits(counter, limit_micros - micros)
        more_s = new.beyond(old)
        for bucket, seconds in more_s.items():
            condition &= self._accounts.included[bucket] >= seconds
        for counter, seconds in new.counted(more_s).items():
            condition &= self._fits(counter, new.limits_s[counter] - seconds)
        return condition

    def _fits(self, counter: str, room: int) -> Any:
        """A counter has not come to more than this."""
        spent = self._accounts.spent[counter]
        fits = spent <= room
        return fits | spent.does_not_exist() if room >= 0 else fits

    def _limits_are(self, limits: Mapping[str, int]) -> Any:
        kept = self._accounts.limits
        return kept == to_text(dict(limits)) if limits else kept.does_not_exist()

    def _posting(self, account: str, micros: int) -> tuple[AccountItem, list[Any]]:
        item = self._accounts
        actions = [item.posted.set(item.posted + micros), item.avail.set(item.avail + micros)]
        return item(account, BALANCE), actions

    def _unchanged(self, callback: str, hold: Hold) -> Any:
        path = self._accounts.holds[callback]
        return (path["nonce"] == hold.nonce) & (path["request"] == hold.request)

    def _update(self, account: str, actions: list[Any], condition: Any) -> bool:
        return made(lambda: self._accounts(account, BALANCE).update(actions, condition=condition))
