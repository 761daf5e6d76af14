"""One account: all that is known of it, and what is done with it."""

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Crumb, Pages
from chalicelib.progress import outcome
from chalicelib.translation import mark
from switchboard.desk.office import accounts as office
from switchboard.staff.rights import Action, Area, Right

ACCOUNTS = (mark("Accounts"), "/admin/accounts")
LATEST = 10


def add_to(pages: Pages) -> None:
    """The page of an account and its lists."""
    pages.show("/admin/accounts/{id}", show_account)
    pages.show("/admin/accounts/{id}/calls", show_calls)
    pages.show("/admin/accounts/{id}/callbacks", show_callbacks)


def show_account(console: Console) -> Response:
    ports, by, name = console.ports, console.by, console.part("id")
    account, now = office.find_account(ports, by, name), ports.clock.now()
    entries = calls = callbacks = None
    if by.may(Right(Area.MONEY, Action.SEE)):
        entries = office.latest_entries(ports, by, name, limit=LATEST)
    if by.may(Right(Area.CALLS, Action.SEE)):
        calls = office.calls_of(ports, by, name, limit=LATEST)
        found = office.callbacks_of(ports, by, name, limit=LATEST).items
        callbacks = [(callback, outcome(callback, now)) for callback in found]
    return console.show(
        "admin/account.html",
        title=name,
        crumbs=[ACCOUNTS],
        account=account,
        entries=entries,
        calls=calls,
        callbacks=callbacks,
    )


def show_calls(console: Console) -> Response:
    name = console.part("id")
    page = office.calls_of(console.ports, console.by, name, limit=ROWS, cursor=console.cursor)
    title, crumbs = mark("Calls"), crumbs_of(name)
    return console.show("admin/calls.html", title=title, crumbs=crumbs, page=page)


def show_callbacks(console: Console) -> Response:
    name, now = console.part("id"), console.ports.clock.now()
    page = office.callbacks_of(console.ports, console.by, name, limit=ROWS, cursor=console.cursor)
    shown = [(callback, outcome(callback, now)) for callback in page.items]
    title, crumbs = mark("Callbacks"), crumbs_of(name)
    return console.show("admin/callbacks.html", title=title, crumbs=crumbs, page=page, shown=shown)


def path_of(account: str) -> str:
    """The page of an account."""
    return f"/admin/accounts/{account}"


def crumbs_of(account: str) -> list[Crumb]:
    """What stands above the pages below it."""
    return [ACCOUNTS, (account, path_of(account))]
