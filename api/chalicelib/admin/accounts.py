"""The list of accounts."""

from chalice.app import Response

from chalicelib.admin.account_fields import TYPES
from chalicelib.admin.console import ROWS, Console, Pages
from chalicelib.translation import mark
from switchboard.billing.account import AccountType
from switchboard.desk.office.accounts import Search, list_accounts

STATUSES = {"active": True, "blocked": False}
STATUS_CHOICES = (("active", mark("Active")), ("blocked", mark("Blocked")))
SORTS = (("account", mark("Account")), ("name", mark("Name")))


def add_to(pages: Pages) -> None:
    """The list."""
    pages.show("/admin/accounts", show_accounts)


def show_accounts(console: Console) -> Response:
    search = _search(console.query)
    found = list_accounts(console.ports, console.by, search, limit=ROWS, cursor=console.cursor)
    return console.show(
        "admin/accounts.html",
        title=mark("Accounts"),
        page=found,
        statuses=STATUS_CHOICES,
        types=TYPES,
        sorts=SORTS,
    )


def _search(query: dict[str, str]) -> Search:
    """What the address asks for; what it cannot mean is left out."""
    type_ = query.get("type", "")
    return Search(
        query.get("q", "")[:80],
        STATUSES.get(query.get("status", "")),
        AccountType(type_) if type_ in dict(TYPES) else None,
        by_name=query.get("sort") == "name",
    )
