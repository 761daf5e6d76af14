"""The audit log, read by operators."""

from dataclasses import replace

from switchboard.desk.office.known import tells_of_hidden
from switchboard.desk.office.rights import needs
from switchboard.ports import Page, Ports
from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Action, Area
from switchboard.staff.users import Operator


@needs(Area.AUDIT, Action.SEE)
def read_log(
    ports: Ports,
    by: Operator,
    *,
    login: str = "",
    about: str = "",
    broken_off: bool = False,
    limit: int,
    cursor: str | None = None,
) -> Page[AuditEntry]:
    """A part of the log, newest first: all of it, what one user did, what was done about one thing,
    or what that user did about it; or what was begun by anybody and broke off, or goes on still.
    Who has their own accounts only reads what they did, and who sees no costs nothing of those of
    trunks; a part may be shorter than the limit then."""
    page = _page(ports, by, login, about, broken_off=broken_off, limit=limit, cursor=cursor)
    hides = tells_of_hidden(ports, by)

    def shown(entry: AuditEntry) -> AuditEntry:
        changes = (one for one in entry.changes if not (hides(one.was) or hides(one.became)))
        return replace(entry, changes=tuple(changes))

    return Page([shown(entry) for entry in page.items if not hides(entry.about)], page.cursor)


def _page(
    ports: Ports,
    by: Operator,
    login: str,
    about: str,
    *,
    broken_off: bool,
    limit: int,
    cursor: str | None,
) -> Page[AuditEntry]:
    login = by.login if by.role.own_accounts_only else login
    if broken_off and not by.role.own_accounts_only:
        return ports.audit.page(begun=True, limit=limit, cursor=cursor)
    if not (login and about):
        return ports.audit.page(by=login or None, about=about or None, limit=limit, cursor=cursor)
    # What was done about one thing is the shorter list.
    page = ports.audit.page(about=about, limit=limit, cursor=cursor)
    return Page([entry for entry in page.items if entry.by == login], page.cursor)
