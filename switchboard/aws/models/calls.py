"""Tables of calls: callbacks, those planned, the rings that ask for them, and CDRs."""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from switchboard.aws.models.database import TableItem


class _ByAccount(GlobalSecondaryIndex["CallbackItem"]):
    """The callbacks of an account by the instant of their request."""

    class Meta:
        """Keys only: the index costs a write when a callback is placed, and none after."""

        index_name = "by_account"
        projection = KeysOnlyProjection()

    account = UnicodeAttribute(hash_key=True)
    requested_at = NumberAttribute(range_key=True)


class CallbackItem(TableItem):
    """A callback; kept under 1 KB, so that each change of state is one write unit."""

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


class _Due(GlobalSecondaryIndex["PlannedItem"]):
    """Planned callbacks that something is still to be done for, by their instant: those that are
    done with leave the index."""

    class Meta:
        """Whole: they are few, and read at once."""

        index_name = "due"
        projection = AllProjection()

    due = UnicodeAttribute(hash_key=True)
    at = NumberAttribute(range_key=True)


class _PlannedBy(GlobalSecondaryIndex["PlannedItem"]):
    """What an account has before it, by instant."""

    class Meta:
        """Whole, as the index of what is due."""

        index_name = "planned_by"
        projection = AllProjection()

    planned_by = UnicodeAttribute(hash_key=True)
    at = NumberAttribute(range_key=True)


class PlannedItem(TableItem):
    """A planned callback; `due` and `planned_by` are there while something is to be done."""

    table_name = "planned"

    id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute()
    planned = UnicodeAttribute()
    state = UnicodeAttribute()
    due = UnicodeAttribute(null=True)
    planned_by = UnicodeAttribute(null=True)
    by_due = _Due()
    by_account = _PlannedBy()


class RingItem(TableItem):
    """Two kinds of item (aws/rings.py): the callback that came first under a key, until when; and
    how many rings on a number were refused on a day, by code."""

    table_name = "rings"

    ring = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    callback = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)
    times = NumberAttribute(null=True)
    gone_at = TTLAttribute()


class CdrItem(TableItem):
    """A CDR; its range key begins with the instant of the request, so that an account's calls
    are read newest first without an index. The record is compressed: 1.3 KB of text would be
    two write units."""

    table_name = "cdrs"

    account = UnicodeAttribute(hash_key=True)
    call = UnicodeAttribute(range_key=True)
    record = BinaryAttribute(legacy_encoding=False)
    late = NumberAttribute(null=True)


class TraceItem(TableItem):
    """A piece of a trace, compressed: `pieces` together are what one worker saw of a callback.
    Under `day#…`, its title, by which lists go."""

    table_name = "traces"

    callback = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    pieces = NumberAttribute()
    piece = BinaryAttribute(legacy_encoding=False)
    gone_at = TTLAttribute()
