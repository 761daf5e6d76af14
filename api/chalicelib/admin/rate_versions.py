"""The versions of a rate sheet: who published them and when, and an earlier one published again."""

from chalice.app import Response

from chalicelib.admin import rate_deeds
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, ask
from chalicelib.admin.rate_compare import biggest_of, price
from chalicelib.admin.rates import find_sheet
from chalicelib.admin.sheet_paths import crumbs_of, path_of, sheet_in
from chalicelib.translation import mark
from switchboard.desk.comparing import Side
from switchboard.desk.office import rate_comparing, rates
from switchboard.desk.office.rate_deeds import PublishAgain
from switchboard.rating.deck.comparing import Comparison
from switchboard.wire.rates import sheet_body

ROWS = 20


def add_to(pages: Pages) -> None:
    """The versions of a sheet, and the form that publishes one again."""
    pages.show("/admin/rates/{sheet}/versions", show_versions)
    pages.ask("/admin/rates/{sheet}/versions/{version}/publish", publish)


def show_versions(console: Console) -> Response:
    name = sheet_in(console)
    ports, by, cursor = console.ports, console.by, console.cursor
    page = rates.versions_of(ports, by, name, limit=ROWS, cursor=cursor)
    return console.show(
        "admin/rate_versions.html",
        title=mark("Versions"),
        crumbs=crumbs_of(name),
        name=name,
        page=page,
        path_of=path_of,
    )


def publish(console: Console) -> Response:
    known = find_sheet(console)
    name, version = known.sheet.name, console.part("version")
    earlier = rates.find_version(console.ports, console.by, name, version)

    def act(entered: Entered) -> Response:
        return rate_deeds.publish(console, name, PublishAgain(version), entered[NONCE])

    text = mark(
        "New calls are charged by it from now on; calls that run keep the price that they were"
        " announced with. Sheets that derive from it are made anew. The version of now stays, and"
        " can be published again."
    )
    form = AskFor(
        mark("Publish this version again"),
        mark("Publish"),
        text=text,
        danger=True,
        back=path_of(name, "versions"),
        crumbs=[*crumbs_of(name), (mark("Versions"), path_of(name, "versions"))],
        use_case=rates.publish_version,
    )
    comparison = _comparison(console, name, version)
    return ask(
        console,
        form,
        act,
        template="admin/rate_publish.html",
        folded=(),
        on=known.sheet.version,
        earlier=earlier,
        known=known,
        terms=[sheet_body(sheet) for sheet in (known.sheet, earlier)],
        comparison=comparison,
        biggest=biggest_of(comparison) if comparison else [],
        price=price,
    )


def _comparison(console: Console, name: str, version: str) -> Comparison | None:
    """What publishing changes; None where that takes longer than a browser waits."""
    now, then = Side(name), Side(name, version)
    sides = rate_comparing.open_sides(console.ports, console.by, now, then)
    if console.request.method == "POST" or not sides.at_once:
        return None
    return rate_comparing.compare_whole(console.ports, console.by, now, then)
