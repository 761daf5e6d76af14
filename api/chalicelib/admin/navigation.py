"""What the console's menu has; everybody is shown what they have the right to see."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.translation import mark
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the menu; without an area it is everybody's."""

    path: str
    label: str
    icon: str
    area: Area | None = None


# What goes on; customers and what they pay; ways in and out; the system itself.
MENU = (
    (
        Entry("/admin", mark("Overview"), "home"),
        Entry("/admin/live", mark("Live"), "activity", Area.CALLS),
        Entry("/admin/trace", mark("Tracing"), "arrows-exchange", Area.TRACES),
        Entry("/admin/dead", mark("Dead orders"), "alert", Area.CALLS),
    ),
    (
        Entry("/admin/accounts", mark("Accounts"), "wallet", Area.ACCOUNTS),
        Entry("/admin/batches", mark("PINs and vouchers"), "ticket", Area.PINS),
        Entry("/admin/plans", mark("Plans"), "package", Area.PLANS),
        Entry("/admin/items", mark("Catalogue"), "repeat", Area.PLANS),
        Entry("/admin/rates", mark("Rate sheets"), "tag", Area.RATES),
    ),
    (
        Entry("/admin/trunks", mark("Trunks"), "route", Area.TRUNKS),
        Entry("/admin/numbers", mark("Service numbers"), "phone", Area.NUMBERS),
        Entry("/admin/widgets", mark("Widgets"), "phone-call", Area.NUMBERS),
        Entry("/admin/bridges", mark("Phone bridges"), "device-mobile", Area.BRIDGES),
        Entry("/admin/sms-providers", mark("SMS providers"), "message", Area.BRIDGES),
    ),
    (
        Entry("/admin/jobs", mark("Jobs"), "clock"),
        Entry("/admin/users", mark("Users"), "users", Area.USERS),
        Entry("/admin/roles", mark("Roles"), "shield", Area.USERS),
        Entry("/admin/audit", mark("Audit log"), "history", Area.AUDIT),
        Entry("/admin/settings", mark("Settings"), "adjustments", Area.SYSTEM),
        Entry("/admin/log", mark("System log"), "list", Area.SYSTEM),
    ),
)


def menu_of(by: Operator) -> Sequence[Sequence[Entry]]:
    """What this operator may open, in groups."""
    groups = ([entry for entry in group if _is_shown(entry, by)] for group in MENU)
    return [group for group in groups if group]


def _is_shown(entry: Entry, by: Operator) -> bool:
    return entry.area is None or by.may(Right(entry.area, Action.SEE))
