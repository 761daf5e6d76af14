"""The audit log."""

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.translation import mark
from switchboard.desk.office.audit import read_log


def add_to(pages: Pages) -> None:
    """The log."""
    pages.show("/admin/audit", show_log)


def show_log(console: Console) -> Response:
    asked = console.query
    login, about = asked.get("by", "")[:64], asked.get("about", "")[:128]
    page = read_log(
        console.ports, console.by, login=login, about=about, limit=ROWS, cursor=console.cursor
    )
    return console.show("admin/audit.html", title=mark("Audit log"), page=page)
