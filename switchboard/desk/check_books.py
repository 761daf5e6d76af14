"""Check the books: every invariant of the ledger over every account."""

from collections.abc import Iterator

from switchboard.ledger.audit import Breach, audit
from switchboard.ports import Ports


def check_books(ports: Ports) -> Iterator[Breach]:
    """Every breach found; an account that is changed while it is read may show one that is none,
    so one with breaches is read again."""
    for account in ports.accounts.all():
        name = account.profile.account
        if _breaches(ports, name):
            yield from _breaches(ports, name)


def _breaches(ports: Ports, account: str) -> list[Breach]:
    found = ports.accounts.get(account)
    buckets = [bucket.key for bucket in found.buckets]
    entries, cdrs = ports.books.entries(account), ports.books.cdrs(account)
    return list(audit(found.balance, entries, cdrs, buckets))
