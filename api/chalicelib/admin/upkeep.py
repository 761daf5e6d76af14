"""Forms that start what is done to the whole system: a sweep, a check of the books."""

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask
from chalicelib.admin.jobs import JOBS, go_to
from chalicelib.translation import mark
from switchboard.desk.office import upkeep as office

LOG = (mark("System log"), "/admin/log")


def add_to(pages: Pages) -> None:
    """The forms."""
    pages.ask("/admin/sweep", sweep)
    pages.ask("/admin/check-books", check_books)


def sweep(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        return go_to(console, office.start_sweep(console.ports, console.by, token=entered[NONCE]))

    text = mark(
        "Callbacks of workers that were lost are settled to the last second that is known, and what"
        " never rang is queued again. It is done every minute by itself, and safe at any time."
    )
    form = AskFor(
        mark("Sweep"),
        mark("Sweep now"),
        text=text,
        back=LOG[1],
        crumbs=[LOG],
        use_case=office.start_sweep,
    )
    return ask(console, form, act)


def check_books(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        account, token = entered["account"] or None, entered[NONCE]
        return go_to(
            console, office.start_books_check(console.ports, console.by, account, token=token)
        )

    asked = console.query.get("account", "")[:64]
    account = Field(
        "account", mark("Account"), value=asked, longest=64, hint=mark("Empty: all accounts.")
    )
    text = mark(
        "Every entry and every call is read again and added up. Nothing is changed: what is not in"
        " order is told, account by account."
    )
    form = AskFor(
        mark("Check the books"),
        mark("Check"),
        (account,),
        text,
        back=path_of(asked) if asked else JOBS[1],
        crumbs=crumbs_of(asked) if asked else [JOBS],
        use_case=office.start_books_check,
    )
    return ask(console, form, act)
