"""One account: all that is known of it, and what is done with it."""

from collections.abc import Mapping

from chalice.app import Response

from chalicelib.admin.console import ROWS, Console, Crumb, Pages
from chalicelib.intervals import every
from chalicelib.translation import mark
from switchboard.billing.subscriptions import State
from switchboard.calls.why import became, stands
from switchboard.desk.office import accounts as office
from switchboard.desk.office.callbacks import planned_of
from switchboard.desk.office.phone_books import show_phone_book
from switchboard.desk.office.subscriptions import subscriptions_of
from switchboard.staff.rights import Action, Area, Right

ACCOUNTS = (mark("Accounts"), "/admin/accounts")
LATEST = 10
# Of a subscription, with its colour.
STATES: Mapping[State, tuple[str, str]] = {
    State.ACTIVE: (mark("paid"), "green"),
    State.UNPAID: (mark("not paid yet"), "orange"),
    State.SUSPENDED: (mark("suspended"), "red"),
    State.ENDED: (mark("ended"), "secondary"),
}


def add_to(pages: Pages) -> None:
    """The page of an account and its lists."""
    pages.show("/admin/accounts/{id}", show_account)
    pages.show("/admin/accounts/{id}/calls", show_calls)
    pages.show("/admin/accounts/{id}/callbacks", show_callbacks)


def show_account(console: Console) -> Response:
    ports, by, name = console.ports, console.by, console.part("id")
    account, now = office.find_account(ports, by, name), ports.clock.now()
    entries = calls = callbacks = planned = subscribed = None
    if by.may(Right(Area.MONEY, Action.SEE)):
        entries = office.latest_entries(ports, by, name, limit=LATEST)
        subscribed = subscriptions_of(ports, by, name)
    if by.may(Right(Area.CALLS, Action.SEE)):
        calls = office.calls_of(ports, by, name, limit=LATEST)
        found = office.callbacks_of(ports, by, name, limit=LATEST).items
        callbacks = [(callback, stands(callback, now)) for callback in found]
        planned = planned_of(ports, by, name)
    return console.show(
        "admin/account.html",
        title=name,
        crumbs=[ACCOUNTS],
        account=account,
        entries=entries,
        calls=calls,
        callbacks=callbacks,
        subscribed=subscribed,
        states=STATES,
        every=lambda interval: every(console.reader, interval),
        planned=planned,
        became=became,
        phone_book=show_phone_book(ports, by, name).lines(),
    )


def show_calls(console: Console) -> Response:
    name = console.part("id")
    page = office.calls_of(console.ports, console.by, name, limit=ROWS, cursor=console.cursor)
    title, crumbs = mark("Calls"), crumbs_of(name)
    return console.show("admin/calls.html", title=title, crumbs=crumbs, page=page, became=became)


def show_callbacks(console: Console) -> Response:
    name, now = console.part("id"), console.ports.clock.now()
    page = office.callbacks_of(console.ports, console.by, name, limit=ROWS, cursor=console.cursor)
    shown = [(callback, stands(callback, now)) for callback in page.items]
    title, crumbs = mark("Callbacks"), crumbs_of(name)
    return console.show("admin/callbacks.html", title=title, crumbs=crumbs, page=page, shown=shown)


def path_of(account: str) -> str:
    """The page of an account."""
    return f"/admin/accounts/{account}"


def crumbs_of(account: str) -> list[Crumb]:
    """What stands above the pages below it."""
    return [ACCOUNTS, (account, path_of(account))]
