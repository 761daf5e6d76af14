"""The tables, as PynamoDB models. Numbers are integers only: the mapper decodes others by float."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar, cast

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.connection import Connection
from pynamodb.exceptions import (
    DeleteError,
    PutError,
    PynamoDBException,
    TransactWriteError,
    UpdateError,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

Table = TypeVar("Table", bound=Model)

CONFLICTS_BORNE = 6
CONFLICT_PAUSE_S = 0.01


class _Meta:
    """What all tables have in common."""

    billing_mode = "PAY_PER_REQUEST"


class AccountItem(Model):
    """The items of an account, read together: its `profile`, its `balance` with the holds, and a
    `bucket#…` for each of its buckets."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "accounts"

    account = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    profile = UnicodeAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    posted = NumberAttribute(null=True)
    held = NumberAttribute(null=True)
    avail = NumberAttribute(null=True)
    credit_limit = NumberAttribute(null=True)
    active = BooleanAttribute(null=True)
    max_callbacks = NumberAttribute(null=True)
    holds: MapAttribute[str, Any] = MapAttribute(null=True)
    limits = UnicodeAttribute(null=True)
    spent: MapAttribute[str, Any] = MapAttribute(null=True)
    included: MapAttribute[str, Any] = MapAttribute(null=True)
    bucket = UnicodeAttribute(null=True)
    lowered = NumberAttribute(null=True)


class IdentityItem(Model):
    """Who stands behind a number, a login or the hash of a PIN: `number#+44…`, `login#…`, `pin#…`,
    `service#+44…`. The one item `services` names every service number."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "identities"

    identity = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute(null=True)
    service = UnicodeAttribute(null=True)
    suspended = BooleanAttribute(null=True)
    services = UnicodeSetAttribute(null=True)


class EntryItem(Model):
    """A journal entry under its real identity."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "journal"

    account = UnicodeAttribute(hash_key=True)
    identity = UnicodeAttribute(range_key=True)
    entry = UnicodeAttribute()


class CdrItem(Model):
    """A CDR; its range key begins with the instant of the request, so that an account's calls
    are read newest first without an index. The record is compressed: 1.3 KB of text would be
    two write units."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "cdrs"

    account = UnicodeAttribute(hash_key=True)
    call = UnicodeAttribute(range_key=True)
    record = BinaryAttribute(legacy_encoding=False)
    late = NumberAttribute(null=True)


class _ByAccount(GlobalSecondaryIndex["CallbackItem"]):
    """The callbacks of an account by the instant of their request."""

    class Meta:
        """Keys only: the index costs a write when a callback is placed, and none after."""

        index_name = "by_account"
        projection = KeysOnlyProjection()

    account = UnicodeAttribute(hash_key=True)
    requested_at = NumberAttribute(range_key=True)


class CallbackItem(Model):
    """A callback; kept under 1 KB, so that each change of state is one write unit."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "callbacks"

    id = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute()
    requested_at = NumberAttribute()
    expires_at = NumberAttribute()
    order = UnicodeAttribute()
    quote = UnicodeAttribute()
    destination = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    rank = NumberAttribute()
    reached: MapAttribute[str, Any] = MapAttribute()
    worker = UnicodeAttribute(null=True)
    lease_until = NumberAttribute(null=True)
    verdict = UnicodeAttribute(null=True)
    spend = UnicodeAttribute(null=True)
    starts_at = NumberAttribute(null=True)
    retries = UnicodeAttribute(null=True)
    asks_pin = BooleanAttribute(null=True)
    manners = UnicodeAttribute(null=True)
    service = UnicodeAttribute(null=True)
    earlier = UnicodeAttribute(null=True)
    by_account = _ByAccount()


class SheetItem(Model):
    """Three kinds of item (aws/sheets.py): what is published, by sheet; the versions of a sheet;
    and the pages of a version, with their rows compressed."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "sheets"

    name = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    version = UnicodeAttribute(null=True)
    terms = UnicodeAttribute(null=True)
    prefixes = NumberAttribute(null=True)
    firsts = UnicodeAttribute(null=True)
    rows = BinaryAttribute(legacy_encoding=False, null=True)


class WorkerItem(Model):
    """The last heartbeat of a worker."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "workers"

    worker = UnicodeAttribute(hash_key=True)
    beat = UnicodeAttribute()


class TrunkItem(Model):
    """A trunk."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "trunks"

    name = UnicodeAttribute(hash_key=True)
    trunk = UnicodeAttribute()


class TemplateItem(Model):
    """How the decks of one seller are read."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "templates"

    name = UnicodeAttribute(hash_key=True)
    template = UnicodeAttribute()


class BatchItem(Model):
    """A batch of PINs; its state stands beside it."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "batches"

    name = UnicodeAttribute(hash_key=True)
    batch = UnicodeAttribute()
    state = UnicodeAttribute()


class VoucherItem(Model):
    """A voucher, under the keyed hash of its PIN; `redeemed` is all of it, once it was."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "vouchers"

    pin_hash = UnicodeAttribute(hash_key=True)
    voucher = UnicodeAttribute()
    batch = UnicodeAttribute()
    redeemed = UnicodeAttribute(null=True)


class SettingItem(Model):
    """Something that the operator set for the whole system, by name."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "settings"

    name = UnicodeAttribute(hash_key=True)
    value = UnicodeAttribute()


class CatalogueItem(Model):
    """A group of destinations, a plan, or an item that is charged again and again."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "catalogue"

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    value = UnicodeAttribute()


class _ByDue(GlobalSecondaryIndex["SubscriptionItem"]):
    """The subscriptions in which something is to be done, by its instant; others are not in it."""

    class Meta:
        """Keys only: what is due is read again, consistently."""

        index_name = "by_due"
        projection = KeysOnlyProjection()

    queue = UnicodeAttribute(hash_key=True)
    due_at = NumberAttribute(range_key=True)


class SubscriptionItem(Model):
    """A subscription. One without a text was made due by a change of its profile's plans."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "subscriptions"

    account = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    subscription = UnicodeAttribute(null=True)
    version = NumberAttribute()
    queue = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    by_due = _ByDue()


ALL: tuple[type[Model], ...] = (
    AccountItem,
    IdentityItem,
    EntryItem,
    CdrItem,
    CallbackItem,
    SheetItem,
    WorkerItem,
    TrunkItem,
    TemplateItem,
    BatchItem,
    VoucherItem,
    SettingItem,
    CatalogueItem,
    SubscriptionItem,
)


@dataclass(frozen=True, slots=True)
class Database:
    """The tables under their full names: several systems may share one AWS account. They also
    share one client, since making one costs a tenth of a second."""

    prefix: str
    connection: Connection
    _bound: dict[type[Model], Any] = field(default_factory=dict)

    @classmethod
    def open(cls, prefix: str, region: str) -> Self:
        """A database whose client is made at its first use. It waits so briefly for a connection
        and a reply that a lost one is noticed while the caller still waits."""
        return cls(
            prefix,
            Connection(
                region=region,
                connect_timeout_seconds=2,
                read_timeout_seconds=5,
                max_pool_connections=20,
            ),
        )

    def table(self, model: type[Table]) -> type[Table]:
        """This model, bound to its table of this database."""
        if model not in self._bound:
            self._bound[model] = self._bind(model)
        bound: type[Table] = self._bound[model]
        return bound

    def _bind(self, model: type[Table]) -> type[Table]:
        base: Any = model.Meta
        full_name = f"{self.prefix}{base.table_name}"
        meta = type("Meta", (base,), {"table_name": full_name, "region": self.connection.region})
        bound: Any = type(model.__name__, (model,), {"Meta": meta})
        table = bound._get_connection()  # noqa: SLF001  PynamoDB offers no public way to share a client
        self.connection.add_meta_table(table.get_meta_table())
        table.connection = self.connection
        return cast("type[Table]", bound)


def made(write: Callable[[], object]) -> bool:
    """Whether a conditional write was made; False only where its condition failed. One that met a
    transaction on the same item is tried again: botocore leaves that to its callers."""
    for tried in range(CONFLICTS_BORNE + 1):
        try:
            write()
        except (PutError, UpdateError, DeleteError, TransactWriteError) as error:
            codes = _codes(error)
            if "ConditionalCheckFailed" in codes:
                return False
            if "TransactionConflict" not in codes or tried == CONFLICTS_BORNE:
                raise
            time.sleep(random.uniform(0, CONFLICT_PAUSE_S * 2**tried))
        else:
            break
    return True


def _codes(error: PynamoDBException) -> set[str]:
    """Why a write was not made, in the words of a transaction's reasons."""
    reasons = getattr(error, "cancellation_reasons", None) or ()
    codes = {reason.code for reason in reasons if reason is not None}
    # PynamoDB's own property breaks where there was no answer.
    answer = getattr(error.cause, "response", None) or {}
    return codes | {answer.get("Error", {}).get("Code", "").removesuffix("Exception")}
