"""Check the books: every invariant of the ledger over every account."""

import logging
from collections.abc import Iterator

from switchboard.ledger.audit import Breach, audit
from switchboard.ports import Ports
from switchboard.ports.pages import items_of

# As many as DynamoDB gives at once.
PAGE = 100

logger = logging.getLogger("ringback.books")


def check_books(ports: Ports) -> Iterator[Breach]:
    """Every breach found in any account."""
    for account in ports.accounts.all():
        yield from check_account(ports, account.profile.account)


def check_account(ports: Ports, account: str) -> list[Breach]:
    """Every breach found in one, whose log has the first; an account that is changed while it is
    read may show one that is none, so one with breaches is read again."""
    found = _breaches(ports, account) and _breaches(ports, account)
    if found:
        text = "the books of account %s are not in order: %s"
        logger.error(text, account, found[0].rule, extra={"account": account})
    return found


def _breaches(ports: Ports, account: str) -> list[Breach]:
    return list(
        audit(
            ports.accounts.get(account),
            ports.books.entries(account),
            ports.books.cdrs(account),
            items_of(lambda cursor: ports.callbacks.recent(account, limit=PAGE, cursor=cursor)),
            ports.clock.now(),
            ports.subscriptions.of(account),
        )
    )
