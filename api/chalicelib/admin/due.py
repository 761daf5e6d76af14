"""What is due of subscriptions: shown as it would be charged, and charged part by part."""

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Entered, ask
from chalicelib.admin.items import ITEMS
from chalicelib.admin.reading import whole
from chalicelib.translation import mark
from switchboard.desk.office import subscriptions as office
from switchboard.desk.recurring import Part

# Looked at while a browser waits: to show what would be done, and to do it.
SHOWN, AT_ONCE = 50, 200
BEHIND = "behind"


def add_to(pages: Pages) -> None:
    """What is due, its charging, and the report."""
    pages.ask("/admin/due", charge)


def charge(console: Console) -> Response:
    def act(_entered: Entered) -> Response:
        behind = whole(console.form.text(BEHIND) or "0")
        part = Part(most=AT_ONCE, behind=behind)
        report = office.charge_due(console.ports, console.by, part=part)
        crumbs = [ITEMS, (form.title, console.request.path)]
        return console.show(
            "admin/charged.html", title=mark("Charged"), crumbs=crumbs, report=report
        )

    text = mark(
        "Each period is charged once, however often this is done. What an account cannot pay waits,"
        " and is suspended when its grace is over. The system does this by itself, too."
    )
    form = AskFor(
        mark("Charge what is due"),
        mark("Charge it now"),
        text=text,
        back=ITEMS[1],
        crumbs=[ITEMS],
        use_case=office.charge_due,
    )
    coming = None
    if console.request.method != "POST":
        coming = office.charge_due(console.ports, console.by, dry_run=True, part=Part(most=SHOWN))
    return ask(console, form, act, template="admin/due.html", report=coming)
