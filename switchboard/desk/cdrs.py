"""CDRs as operators look for them."""

from collections.abc import Iterator
from datetime import datetime
from itertools import dropwhile, takewhile

from switchboard.calls.cdr import Cdr
from switchboard.desk.accounts import all_accounts
from switchboard.ports import Ports


def find_cdrs(
    ports: Ports,
    account: str | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Cdr]:
    """The CDRs of an account, newest request first, or of one account after the other: those of
    requests since an instant, and before another. NotFound where there is no such account."""
    if account is None:
        accounts = [one.profile.account for one in all_accounts(ports)]
    else:
        accounts = [ports.books.balance(account).account]
    return (cdr for one in accounts for cdr in _within(ports.books.cdrs(one), since, until))


def _within(cdrs: Iterator[Cdr], since: datetime | None, until: datetime | None) -> Iterator[Cdr]:
    if until is not None:
        cdrs = dropwhile(lambda cdr: cdr.requested_at >= until, cdrs)
    return cdrs if since is None else takewhile(lambda cdr: cdr.requested_at >= since, cdrs)
