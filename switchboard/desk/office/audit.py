"""The audit log, read by operators."""

from switchboard.desk.office.rights import needs
from switchboard.ports import Page, Ports
from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.AUDIT, Action.SEE)
def read_log(
    ports: Ports,
    _by: Operator,
    *,
    login: str = "",
    about: str = "",
    limit: int,
    cursor: str | None = None,
) -> Page[AuditEntry]:
    """A part of the log, newest first: all of it, what one user did, what was done about one thing,
    or what that user did about it."""
    if not (login and about):
        return ports.audit.page(by=login or None, about=about or None, limit=limit, cursor=cursor)
    # What was done about one thing is the shorter list.
    page = ports.audit.page(about=about, limit=limit, cursor=cursor)
    return Page([entry for entry in page.items if entry.by == login], page.cursor)
