"""The tables of texts and of planned callbacks, as PynamoDB models."""

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model


class _Meta:
    """What all tables have in common."""

    billing_mode = "PAY_PER_REQUEST"


class SmsProviderItem(Model):
    """How a provider of texts speaks, with its secret."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "sms-providers"

    name = UnicodeAttribute(hash_key=True)
    provider = UnicodeAttribute()


class PhoneBookItem(Model):
    """The phone book of an account, whole: at most some 40 KB."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "phone-books"

    account = UnicodeAttribute(hash_key=True)
    book = UnicodeAttribute()


class PassingItem(Model):
    """What is true for a while only (aws/passing.py): counts of a window (`limit#…`), answers that
    were given (`answer#…`), codes that are waited for (`code#…`)."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "passing"

    key = UnicodeAttribute(hash_key=True)
    gone_at = TTLAttribute()
    taken = NumberAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    account = UnicodeAttribute(null=True)
    code_hash = UnicodeAttribute(null=True)
    tries = NumberAttribute(null=True)


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


class PlannedItem(Model):
    """A planned callback; `due` and `planned_by` are there while something is to be done."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "planned"

    id = UnicodeAttribute(hash_key=True)
    at = NumberAttribute()
    planned = UnicodeAttribute()
    state = UnicodeAttribute()
    due = UnicodeAttribute(null=True)
    planned_by = UnicodeAttribute(null=True)
    by_due = _Due()
    by_account = _PlannedBy()


TEXT_MODELS: tuple[type[Model], ...] = (SmsProviderItem, PhoneBookItem, PassingItem, PlannedItem)
