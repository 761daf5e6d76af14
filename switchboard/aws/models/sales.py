"""Tables of what is sold: rate sheets, PINs, the catalogue, and subscriptions."""

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from switchboard.aws.models.database import TableItem


class SheetItem(TableItem):
    """Five kinds of item (aws/sheets.py): what is published, by sheet; the versions of a sheet;
    the pages of a version, with their rows compressed; the names of its destinations; and drafts,
    compressed."""

    table_name = "sheets"

    name = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    version = UnicodeAttribute(null=True)
    terms = UnicodeAttribute(null=True)
    prefixes = NumberAttribute(null=True)
    firsts = UnicodeAttribute(null=True)
    rows = BinaryAttribute(legacy_encoding=False, null=True)


class TemplateItem(TableItem):
    """How the decks of one seller are read."""

    table_name = "templates"

    name = UnicodeAttribute(hash_key=True)
    template = UnicodeAttribute()


class _ByMade(GlobalSecondaryIndex["BatchItem"]):
    """All batches, by the instant when they were made."""

    class Meta:
        """Whole: they are read at once."""

        index_name = "by_made"
        projection = AllProjection()

    listed = UnicodeAttribute(hash_key=True)
    made_at = NumberAttribute(range_key=True)


class BatchItem(TableItem):
    """A batch of PINs; its state stands beside it. `listed` and `made_at` are for lists."""

    table_name = "batches"

    name = UnicodeAttribute(hash_key=True)
    batch = UnicodeAttribute()
    state = UnicodeAttribute()
    listed = UnicodeAttribute(null=True)
    made_at = NumberAttribute(null=True)
    by_made = _ByMade()


class VoucherItem(TableItem):
    """A voucher, under the keyed hash of its PIN; `redeemed` is all of it, once it was."""

    table_name = "vouchers"

    pin_hash = UnicodeAttribute(hash_key=True)
    voucher = UnicodeAttribute()
    batch = UnicodeAttribute()
    redeemed = UnicodeAttribute(null=True)


class CatalogueItem(TableItem):
    """A group of destinations, a plan, or an item that is charged again and again."""

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


class SubscriptionItem(TableItem):
    """A subscription. One without a text was made due by a change of its profile's plans."""

    table_name = "subscriptions"

    account = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    subscription = UnicodeAttribute(null=True)
    version = NumberAttribute()
    queue = UnicodeAttribute(null=True)
    due_at = NumberAttribute(null=True)
    by_due = _ByDue()
