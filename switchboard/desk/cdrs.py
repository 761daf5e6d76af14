"""CDRs as operators look for them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from switchboard.calls.cdr import Cdr
from switchboard.desk.accounts import all_accounts
from switchboard.ports import Ports
from switchboard.tables.cells import Cell


def find_cdrs(
    ports: Ports,
    account: str | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[Cdr]:
    """The CDRs of an account, newest request first, or of one account after the other: those of
    requests since an instant, and before another. NotFound where there is no such account."""
    accounts = _accounts(ports, account)
    return (cdr for one in accounts for cdr in ports.books.cdrs(one, since=since, until=until))


def find_cdr_rows(
    ports: Ports,
    account: str | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[list[Cell]]:
    """The same, each as a row of a file (calls/cdr_file.py)."""
    accounts = _accounts(ports, account)
    return (row for one in accounts for row in ports.books.cdr_rows(one, since=since, until=until))


def _accounts(ports: Ports, account: str | None) -> Sequence[str]:
    if account is None:
        return [one.profile.account for one in all_accounts(ports)]
    return [ports.books.balance(account).account]
