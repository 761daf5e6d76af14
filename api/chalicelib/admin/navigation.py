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


MENU = (
    Entry("/admin", mark("Overview"), "home"),
    Entry("/admin/live", mark("Live"), "activity", Area.CALLS),
    Entry("/admin/trace", mark("Tracing"), "arrows-exchange", Area.TRACES),
    Entry("/admin/accounts", mark("Accounts"), "wallet", Area.ACCOUNTS),
    Entry("/admin/trunks", mark("Trunks"), "route", Area.TRUNKS),
    Entry("/admin/numbers", mark("Service numbers"), "phone", Area.NUMBERS),
    Entry("/admin/batches", mark("PINs and vouchers"), "ticket", Area.PINS),
    Entry("/admin/users", mark("Users"), "users", Area.USERS),
    Entry("/admin/roles", mark("Roles"), "shield", Area.USERS),
    Entry("/admin/audit", mark("Audit log"), "history", Area.AUDIT),
)


def menu_of(by: Operator) -> Sequence[Entry]:
    """What this operator may open."""
    return [entry for entry in MENU if entry.area is None or by.may(Right(entry.area, Action.SEE))]
