"""Tables of the system: what does its work, its settings, and what is soon forgotten."""

from pynamodb.attributes import (
    BinaryAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from switchboard.aws.models.database import TableItem


class WorkerItem(TableItem):
    """The last heartbeat of a worker, compressed: it names each of its calls. At first it was text,
    in `beat`."""

    table_name = "workers"

    worker = UnicodeAttribute(hash_key=True)
    beat_at = NumberAttribute(null=True)
    packed = BinaryAttribute(legacy_encoding=False, null=True)
    beat = UnicodeAttribute(null=True)


class TrunkItem(TableItem):
    """A trunk."""

    table_name = "trunks"

    name = UnicodeAttribute(hash_key=True)
    trunk = UnicodeAttribute()


class SmsProviderItem(TableItem):
    """How a provider of texts speaks, with its secret."""

    table_name = "sms-providers"

    name = UnicodeAttribute(hash_key=True)
    provider = UnicodeAttribute()


class WidgetItem(TableItem):
    """A widget of a web site."""

    table_name = "widgets"

    id = UnicodeAttribute(hash_key=True)
    widget = UnicodeAttribute()


class BridgeItem(TableItem):
    """A phone bridge with its last heartbeat, and a `text#…` for each text that waits for it."""

    table_name = "bridges"

    name = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    bridge = UnicodeAttribute(null=True)
    beat = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    gone_at = TTLAttribute(null=True)


class _ByOwner(GlobalSecondaryIndex["DialerItem"]):
    """The dialers of an owner's accounts, by the end of their visits."""

    class Meta:
        """Whole: they are read at once."""

        index_name = "by_owner"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)


class DialerItem(TableItem):
    """A dialer that is signed in. All stand in one list, and their `place` begins with the end of
    the visit, so that those that are over and not yet taken away are not read."""

    table_name = "dialers"

    list = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    owner = UnicodeAttribute(null=True)
    dialer = UnicodeAttribute()
    gone_at = TTLAttribute()
    by_owner = _ByOwner()


class SettingItem(TableItem):
    """Something that the operator set for the whole system, by name."""

    table_name = "settings"

    name = UnicodeAttribute(hash_key=True)
    value = UnicodeAttribute()


class PassingItem(TableItem):
    """What is true for a while only (aws/passing.py): counts of a window (`limit#…`), answers that
    were given (`answer#…`), codes that are waited for (`code#…`), and who is
    signed in (`visits#…`)."""

    table_name = "passing"

    key = UnicodeAttribute(hash_key=True)
    gone_at = TTLAttribute()
    taken = NumberAttribute(null=True)
    answer = UnicodeAttribute(null=True)
    account = UnicodeAttribute(null=True)
    code_hash = UnicodeAttribute(null=True)
    tries = NumberAttribute(null=True)
    visits = UnicodeAttribute(null=True)


class MinuteItem(TableItem):
    """What a worker counted in a minute, under its hour."""

    table_name = "minutes"

    hour = UnicodeAttribute(hash_key=True)
    part = UnicodeAttribute(range_key=True)
    counts = UnicodeAttribute()
    gone_at = TTLAttribute()


class StaffItem(TableItem):
    """A user of the console, or a role: of one `kind` they are read together, by name."""

    table_name = "staff"

    kind = UnicodeAttribute(hash_key=True)
    name = UnicodeAttribute(range_key=True)
    value = UnicodeAttribute()


class StaffVisitItem(TableItem):
    """A browser where a user is signed in."""

    table_name = "staff-visits"

    user = UnicodeAttribute(hash_key=True)
    visit = UnicodeAttribute(range_key=True)
    value = UnicodeAttribute()
    gone_at = TTLAttribute()


class AuditItem(TableItem):
    """An entry of the audit log, once in each list where it is looked for: `all`, `by#…`,
    `about#…`, `begun` where it is only that; its place is by instant."""

    table_name = "audit"

    list = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    entry = UnicodeAttribute()


class SystemLogItem(TableItem):
    """A line of a process, under its day (UTC); its place is by instant."""

    table_name = "system-log"

    day = UnicodeAttribute(hash_key=True)
    place = UnicodeAttribute(range_key=True)
    entry = UnicodeAttribute()
    gone_at = TTLAttribute()
