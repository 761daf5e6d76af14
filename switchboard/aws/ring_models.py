"""The tables of rings and of phone bridges, as PynamoDB models."""

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.models import Model


class _Meta:
    """What all tables have in common."""

    billing_mode = "PAY_PER_REQUEST"


class RingItem(Model):
    """Two kinds of item (aws/rings.py): the callback that came first under a key, until when; and
    how many rings on a number were refused on a day, by code."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "rings"

    ring = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    callback = UnicodeAttribute(null=True)
    until = NumberAttribute(null=True)
    times = NumberAttribute(null=True)
    gone_at = TTLAttribute()


class BridgeItem(Model):
    """A phone bridge with its last heartbeat, and a `text#…` for each text that waits for it."""

    class Meta(_Meta):
        """Named without the prefix."""

        table_name = "bridges"

    name = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    bridge = UnicodeAttribute(null=True)
    beat = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    gone_at = TTLAttribute(null=True)


RING_MODELS: tuple[type[Model], ...] = (RingItem, BridgeItem)
