"""What the core asks of the world: stores, queues and clocks, as protocols.

A conditional write answers True where it was made and False where its condition failed; it may
be repeated safely after a lost reply. What does not exist is None, or NotFound where it must.
"""

from dataclasses import dataclass
from typing import Protocol

from switchboard.calls.velocity import Limit
from switchboard.clock import Clock
from switchboard.ports.bridges import Bridges
from switchboard.ports.calls import (
    Callbacks,
    Control,
    ControlInbox,
    DeadOrder,
    DeadOrders,
    Inbox,
    Message,
    NoQueue,
    Queue,
    Trunks,
    UnreadableRecord,
    Workers,
)
from switchboard.ports.jobs import Files, Jobs, Spreadsheets, UploadForm
from switchboard.ports.minutes import Minutes
from switchboard.ports.money import Accounts, Books, Directory, Listing, Opening, Pins
from switchboard.ports.pages import Page
from switchboard.ports.rates import Settings, Sheets, Templates
from switchboard.ports.recurring import Catalogue, Subscriptions
from switchboard.ports.rings import Rings
from switchboard.ports.schedule import Schedule
from switchboard.ports.staff import Audit, Staff, StaffVisits
from switchboard.ports.system_log import SystemLog
from switchboard.ports.texts import (
    Answers,
    Confirmation,
    Confirmations,
    PhoneBooks,
    SmsProviders,
    Texts,
    Throttle,
)
from switchboard.ports.traces import Traces
from switchboard.ports.visits import Dialer, Visit, VisitKind, Visits
from switchboard.ports.widgets import Widgets

__all__ = [
    "Accounts",
    "Answers",
    "Audit",
    "Books",
    "Bridges",
    "Callbacks",
    "Catalogue",
    "Confirmation",
    "Confirmations",
    "Control",
    "ControlInbox",
    "DeadOrder",
    "DeadOrders",
    "Dialer",
    "Directory",
    "Files",
    "Inbox",
    "Jobs",
    "Limit",
    "Listing",
    "Message",
    "Minutes",
    "NoQueue",
    "Opening",
    "Page",
    "Passwords",
    "PhoneBooks",
    "Pins",
    "Ports",
    "Queue",
    "Rings",
    "Schedule",
    "Settings",
    "Sheets",
    "SmsProviders",
    "Spreadsheets",
    "Staff",
    "StaffVisits",
    "Subscriptions",
    "SystemLog",
    "Templates",
    "Texts",
    "Throttle",
    "Traces",
    "Trunks",
    "UnreadableRecord",
    "UploadForm",
    "Visit",
    "VisitKind",
    "Visits",
    "Widgets",
    "Workers",
]


class Passwords(Protocol):
    """Passwords, only ever as hashes."""

    def hash(self, password: str) -> str:
        """A hash to keep."""

    def matches(self, password: str, kept: str | None) -> bool:
        """Whether it is the password of this hash; takes as long where there is none."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All that a use case may ask for, wired once a door."""

    accounts: Accounts
    books: Books
    sheets: Sheets
    callbacks: Callbacks
    queue: Queue
    dead_orders: DeadOrders
    control: Control
    workers: Workers
    traces: Traces
    minutes: Minutes
    trunks: Trunks
    templates: Templates
    pins: Pins
    rings: Rings
    bridges: Bridges
    settings: Settings
    phone_books: PhoneBooks
    schedule: Schedule
    throttle: Throttle
    answers: Answers
    confirmations: Confirmations
    sms_providers: SmsProviders
    widgets: Widgets
    catalogue: Catalogue
    subscriptions: Subscriptions
    visits: Visits
    staff: Staff
    staff_visits: StaffVisits
    audit: Audit
    system_log: SystemLog
    jobs: Jobs
    job_queue: Queue
    files: Files
    clock: Clock
