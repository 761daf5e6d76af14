"""Tables of accounts: their money, who acts for them, and what they remember."""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from switchboard.aws.models.database import TableItem


class _ById(GlobalSecondaryIndex["AccountItem"]):
    """All accounts, by id."""

    class Meta:
        """Keys only: an index of profiles costs nothing where money moves."""

        index_name = "by_id"
        projection = KeysOnlyProjection()

    listed = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute(range_key=True)


class _ByName(GlobalSecondaryIndex["AccountItem"]):
    """All accounts, by name."""

    class Meta:
        """Keys only, as the index by id."""

        index_name = "by_name"
        projection = KeysOnlyProjection()

    listed = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)


class _ByOwner(GlobalSecondaryIndex["AccountItem"]):
    """The accounts of an owner, by id."""

    class Meta:
        """Keys only, as the index by id."""

        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute(range_key=True)


class AccountItem(TableItem):
    """The items of an account, read together: its `profile`, its `balance` with the holds, and a
    `bucket#…` for each of its buckets. Of a profile `listed`, `name` and `owner` are for lists."""

    table_name = "accounts"

    account = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    profile = UnicodeAttribute(null=True)
    listed = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
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
    by_id = _ById()
    by_name = _ByName()
    by_owner = _ByOwner()


class IdentityItem(TableItem):
    """Who stands behind a number, a login or the hash of a PIN: `number#+44…`, `login#…`, `pin#…`,
    `service#+44…`. The one item `services` names every service number."""

    table_name = "identities"

    identity = UnicodeAttribute(hash_key=True)
    account = UnicodeAttribute(null=True)
    service = UnicodeAttribute(null=True)
    suspended = BooleanAttribute(null=True)
    services = UnicodeSetAttribute(null=True)


class _ByPlace(GlobalSecondaryIndex["EntryItem"]):
    """The journal of an account, by instant."""

    class Meta:
        """Whole: entries are read at once, and never change."""

        index_name = "by_place"
        projection = AllProjection()

    account = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class EntryItem(TableItem):
    """A journal entry under its real identity. Its `place` begins with its instant, for lists."""

    table_name = "journal"

    account = UnicodeAttribute(hash_key=True)
    identity = UnicodeAttribute(range_key=True)
    entry = UnicodeAttribute()
    place = UnicodeAttribute(null=True)
    by_place = _ByPlace()


class PhoneBookItem(TableItem):
    """The phone book of an account, whole: at most some 40 KB."""

    table_name = "phone-books"

    account = UnicodeAttribute(hash_key=True)
    book = UnicodeAttribute()
