"""Check the books: every invariant of the ledger over every account."""

from collections.abc import Iterator

from switchboard.calls.callback import Callback
from switchboard.ledger.audit import Breach, audit
from switchboard.ports import Ports

# As many as DynamoDB gives at once.
PAGE = 100


def check_books(ports: Ports) -> Iterator[Breach]:
    """Every breach found; an account that is changed while it is read may show one that is none,
    so one with breaches is read again."""
    for account in ports.accounts.all():
        name = account.profile.account
        if _breaches(ports, name):
            yield from _breaches(ports, name)


def _breaches(ports: Ports, account: str) -> list[Breach]:
    return list(
        audit(
            ports.accounts.get(account),
            ports.books.entries(account),
            ports.books.cdrs(account),
            _callbacks(ports, account),
            ports.clock.now(),
            ports.subscriptions.of(account),
        )
    )


def _callbacks(ports: Ports, account: str) -> Iterator[Callback]:
    cursor = None
    while True:
        page = ports.callbacks.recent(account, limit=PAGE, cursor=cursor)
        yield from page.items
        cursor = page.cursor
        if cursor is None:
            return
