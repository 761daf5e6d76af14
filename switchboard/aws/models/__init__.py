"""The tables, as PynamoDB models. Numbers are integers only: the mapper decodes others by float."""

from switchboard.aws.models.accounts import AccountItem, EntryItem, IdentityItem, PhoneBookItem
from switchboard.aws.models.calls import CallbackItem, CdrItem, PlannedItem, RingItem, TraceItem
from switchboard.aws.models.database import TableItem
from switchboard.aws.models.jobs import JobItem
from switchboard.aws.models.sales import (
    BatchItem,
    CatalogueItem,
    SheetItem,
    SubscriptionItem,
    TemplateItem,
    VoucherItem,
)
from switchboard.aws.models.system import (
    AuditItem,
    BridgeItem,
    DialerItem,
    MinuteItem,
    PassingItem,
    SettingItem,
    SmsProviderItem,
    StaffItem,
    StaffVisitItem,
    SystemLogItem,
    TrunkItem,
    WidgetItem,
    WorkerItem,
)

ALL: tuple[type[TableItem], ...] = (
    AccountItem,
    IdentityItem,
    EntryItem,
    PhoneBookItem,
    CallbackItem,
    PlannedItem,
    RingItem,
    CdrItem,
    TraceItem,
    SheetItem,
    TemplateItem,
    BatchItem,
    VoucherItem,
    CatalogueItem,
    SubscriptionItem,
    WorkerItem,
    MinuteItem,
    TrunkItem,
    SmsProviderItem,
    WidgetItem,
    BridgeItem,
    DialerItem,
    SettingItem,
    PassingItem,
    StaffItem,
    StaffVisitItem,
    AuditItem,
    SystemLogItem,
    JobItem,
)
