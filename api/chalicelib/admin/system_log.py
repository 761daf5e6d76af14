"""The system log."""

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.translation import mark
from switchboard.desk.office.system_log import read_system_log
from switchboard.staff.system_log import PARTS, LogSearch, Severity

SEVERITIES = (
    ("warning", mark("Warnings and errors")),
    ("error", mark("Errors only")),
)
COLOURS = {Severity.INFO: "secondary", Severity.WARNING: "orange", Severity.ERROR: "red"}
WORDS = {
    Severity.INFO: mark("notable"),
    Severity.WARNING: mark("warning"),
    Severity.ERROR: mark("error"),
}


def add_to(pages: Pages) -> None:
    """The log."""
    pages.show("/admin/log", show_system_log)


def show_system_log(console: Console) -> Response:
    asked = console.query
    severity = asked.get("severity", "")
    search = LogSearch(
        Severity(severity) if severity in dict(SEVERITIES) else Severity.INFO,
        asked.get("part", "") if asked.get("part") in PARTS else "",
        asked.get("q", "")[:80],
    )
    page = read_system_log(console.ports, console.by, search, limit=ROWS, cursor=console.cursor)
    return console.show(
        "admin/system_log.html",
        title=mark("System log"),
        page=page,
        severities=SEVERITIES,
        parts=[(part, part) for part in PARTS],
        colours=COLOURS,
        words=WORDS,
    )
