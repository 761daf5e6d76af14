"""The tables, as PynamoDB models. Numbers are integers only: the mapper decodes others by float."""

from collections.abc import Callable
from typing import Any, TypeVar

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.exceptions import PutError, TransactWriteError, UpdateError
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

Table = TypeVar("Table", bound=Model)


class _Meta:
    """A lost reply shall be noticed while the caller still waits."""

    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_pool_connections = 20


class AccountItem(Model):
    """Two items an account, read together: its `profile`, and its `balance` with the holds."""

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


class IdentityItem(Model):
    """Who stands behind a number or a login: `number#+44…`, `login#…`, `service#+44…`."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "identities"

    identity = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute(null=True)
    service = UnicodeAttribute(null=True)


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
    are read newest first without an index."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "cdrs"

    account = UnicodeAttribute(hash_key=True)
    call = UnicodeAttribute(range_key=True)
    record = UnicodeAttribute()
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
    by_account = _ByAccount()


class SheetItem(Model):
    """`current` points to a version; `VERSION#0000` and on are its rates, compressed."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "sheets"

    name = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    version = UnicodeAttribute(null=True)
    terms = UnicodeAttribute(null=True)
    pages = NumberAttribute(null=True)
    rates = BinaryAttribute(legacy_encoding=False, null=True)


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


ALL: tuple[type[Model], ...] = (
    AccountItem,
    IdentityItem,
    EntryItem,
    CdrItem,
    CallbackItem,
    SheetItem,
    WorkerItem,
    TrunkItem,
)


def bind(model: type[Table], prefix: str, region: str) -> type[Table]:
    """This table under its full name: several systems may share one AWS account."""
    base: Any = model.Meta
    full_name = f"{prefix}{base.table_name}"
    meta = type("Meta", (base,), {"table_name": full_name, "region": region})
    return type(model.__name__, (model,), {"Meta": meta})


def made(write: Callable[[], object]) -> bool:
    """Whether a conditional write was made; False only where its condition failed."""
    try:
        write()
    except (PutError, UpdateError) as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            return False
        raise
    except TransactWriteError as error:
        reasons = [reason for reason in error.cancellation_reasons if reason is not None]
        if any(reason.code == "ConditionalCheckFailed" for reason in reasons):
            return False
        raise
    return True
