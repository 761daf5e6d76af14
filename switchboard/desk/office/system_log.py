"""The system log, read by operators."""

from switchboard.desk.office.known import check_sees_all
from switchboard.desk.office.rights import needs
from switchboard.ports import Page, Ports
from switchboard.staff.rights import Action, Area
from switchboard.staff.system_log import LogSearch, SystemEntry
from switchboard.staff.users import Operator


@needs(Area.SYSTEM, Action.SEE)
def read_system_log(
    ports: Ports,
    by: Operator,
    search: LogSearch,
    *,
    limit: int,
    cursor: str | None = None,
) -> Page[SystemEntry]:
    """A part of what the processes told, newest first; it may be shorter than the limit and not
    the last. NotAllowed for who has accounts of their own only: it tells of all."""
    check_sees_all(by)
    return ports.system_log.page(search, ports.clock.now(), limit=limit, cursor=cursor)
