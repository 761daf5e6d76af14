"""Lists of accounts in DynamoDB: their order by an index of profiles, all else by batches."""

import base64
import re
from itertools import groupby
from typing import Any

from switchboard.aws.balances import BALANCE, PROFILE, balance_of
from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.accounts import AccountItem
from switchboard.aws.models.database import Database
from switchboard.billing.account import Account, Profile
from switchboard.errors import Malformed
from switchboard.ports import Listing, Page

ALL = "all"
# Of the index by name: DynamoDB takes 1,024 bytes.
LONGEST_NAME = 200
_PLAIN = re.compile(r"([a-z0-9._-]{1,64})/(.{1,200})", re.DOTALL)


class AccountLists:
    """Reads a page of an index, then profiles and balances of what stands there."""

    def __init__(self, database: Database) -> None:
        self._accounts: Any = database.table(AccountItem)

    def page(self, listing: Listing, *, limit: int, cursor: str | None) -> Page[Account]:
        """A part of a list of accounts, without their buckets."""
        index, key, place = self._index(listing)
        begins = _sorted_by(listing.begins) if place == "name" else listing.begins
        found = index.query(
            key,
            getattr(self._accounts, place).startswith(begins) if begins else None,
            limit=limit,
            last_evaluated_key=None if cursor is None else _open(cursor, key, listing),
        )
        ids = [item.account for item in found]
        last = found.last_evaluated_key
        more = last is not None and len(ids) == limit
        return Page(self._get(ids), _make(last, place) if more else None)

    def _index(self, listing: Listing) -> tuple[Any, str, str]:
        if listing.owner is not None:
            return self._accounts.by_owner, listing.owner, "account"
        if listing.by_name:
            return self._accounts.by_name, ALL, "name"
        return self._accounts.by_id, ALL, "account"

    def _get(self, ids: list[str]) -> list[Account]:
        keys = [(account, part) for account in ids for part in (PROFILE, BALANCE)]
        items = sorted(self._accounts.batch_get(keys), key=lambda item: (item.account, item.part))
        known: dict[str, Account] = {}
        for account, parts in groupby(items, key=lambda item: item.account):
            balance, profile = parts
            known[account] = Account(from_text(profile.profile, Profile), balance_of(balance))
        return [known[account] for account in ids]


def profile_values(profile: Profile) -> dict[str, Any]:
    """What the item of a profile keeps."""
    return {
        "account": profile.account,
        "part": PROFILE,
        "profile": to_text(profile),
        "listed": ALL,
        "name": _sorted_by(profile.name) or None,
        "owner": profile.owner,
    }


def _sorted_by(name: str) -> str:
    return name.casefold().strip()[:LONGEST_NAME]


def _make(last: dict[str, Any], place: str) -> str:
    """A cursor: it is sent back by strangers, so that it is no key, but what one is made of."""
    plain = f"{last['account']['S']}/{last[place]['S']}"
    return base64.urlsafe_b64encode(plain.encode()).decode()


def _open(cursor: str, key: str, listing: Listing) -> dict[str, Any]:
    try:
        plain = _PLAIN.fullmatch(base64.urlsafe_b64decode(cursor.encode()).decode())
    except ValueError:
        plain = None
    if plain is None:
        raise Malformed("this cursor is not one of ours")
    values = {"account": plain[1], "part": PROFILE}
    values["listed" if listing.owner is None else "owner"] = key
    if listing.by_name and listing.owner is None:
        values["name"] = plain[2]
    return {name: {"S": value} for name, value in values.items()}
