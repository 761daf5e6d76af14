"""The first page of the console."""

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.translation import mark
from switchboard.desk.office.audit import read_log
from switchboard.desk.office.monitor import look
from switchboard.staff.rights import Action, Area, Right

LATELY = 8


def add_to(pages: Pages) -> None:
    """The first page."""
    pages.show("/admin", overview)


def overview(console: Console) -> Response:
    by, ports = console.by, console.ports
    live = look(ports, by) if by.may(Right(Area.CALLS, Action.SEE)) else None
    entries = None
    if by.may(Right(Area.AUDIT, Action.SEE)):
        entries = read_log(ports, by, limit=LATELY).items
    return console.show("admin/overview.html", title=mark("Overview"), live=live, entries=entries)
