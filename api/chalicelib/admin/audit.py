"""The audit log."""

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.translation import mark
from switchboard.desk.office.audit import read_log

# What the log calls what was done, and the doors; pages translate them by these.
DEEDS = (
    *(mark("add"), mark("change"), mark("remove"), mark("block"), mark("unblock"), mark("make")),
    *(mark("discard"), mark("look up"), mark("read"), mark("export"), mark("test")),
    *(mark("retire"), mark("offer again")),
    *(mark("switch on"), mark("switch off"), mark("hang up"), mark("top up"), mark("correct")),
    *(mark("sign in"), mark("sign out elsewhere"), mark("sign-in refused: password")),
    mark("sign-in refused: code"),
)
DOORS = (mark("console"), mark("command line"))


def add_to(pages: Pages) -> None:
    """The log."""
    pages.show("/admin/audit", show_log)


def show_log(console: Console) -> Response:
    asked = console.query
    login, about = asked.get("by", "")[:64], asked.get("about", "")[:128]
    page = read_log(
        console.ports,
        console.by,
        login=login,
        about=about,
        broken_off=asked.get("state") == "begun",
        limit=ROWS,
        cursor=console.cursor,
    )
    return console.show("admin/audit.html", title=mark("Audit log"), page=page)
