"""DynamoDB in the log: notes what each request did to tables and items, and puts it back.

It notes the items that a request left behind, not the request, since ministack's answers depend on
the time of day and on its TTL reaper: conditions evaluated again at a restart could turn out
otherwise. ministack writes items through two functions of its module, and these are wrapped.
"""

import asyncio
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import dynamodb

from ringback.embedded.log import Change, State, Thing, differences

# What the log follows. Anything else that writes, it could not put back, so it is refused.
ITEM_ACTIONS = frozenset(
    "GetItem PutItem UpdateItem DeleteItem Query Scan BatchGetItem BatchWriteItem"
    " TransactGetItems TransactWriteItems".split()
)
TABLE_ACTIONS = frozenset(
    "CreateTable DeleteTable UpdateTable UpdateTimeToLive UpdateContinuousBackups TagResource"
    " UntagResource ListTables ListTagsOfResource DescribeTable DescribeTimeToLive"
    " DescribeContinuousBackups DescribeLimits DescribeEndpoints".split()
)

_DERIVED = frozenset({"items", dynamodb._INDEX_MEMBERS, "ItemCount", "TableSizeBytes"})


class Tables:
    """ministack's tables, items and transaction tokens."""

    def __init__(self, note: Callable[[Change], None]) -> None:
        self._note = note
        self._described: dict[Thing, str] = {}

    def restore(self, state: State) -> None:
        """Puts tables and tokens back; drops tokens that are too old to be answered."""
        for thing in list(state):
            if thing[0] == "table":
                _put_table(state[thing])
            elif thing[0] == "token" and not _put_token(thing, state[thing][()]):
                del state[thing]
        self._described = _descriptions()

    def follow(self) -> None:
        """From now on every change of an item is noted when it is made; call it on the loop."""
        loop, home = asyncio.get_running_loop(), threading.get_ident()
        set_item, remove_item = dynamodb._set_item, dynamodb._remove_item
        store_token = dynamodb._txn_token_store

        def noted_set(table: Any, pk: str, sk: str, item: Any) -> Any:
            before = set_item(table, pk, sk, item)
            self._note(Change(_thing(table), (pk, sk), item))
            return before

        def noted_remove(table: Any, pk: str, sk: str) -> Any:
            item = table["items"].get(pk, {}).get(sk)
            if threading.get_ident() != home:
                # The TTL reaper is a thread. Its removals are made on the loop like all other
                # changes, or the log would not have them in the order in which they happened.
                loop.call_soon_threadsafe(remove_if_unchanged, table, pk, sk, item)
            elif item is not None:
                remove_item(table, pk, sk)
                self._note(Change(_thing(table), (pk, sk), None))
            return item

        def remove_if_unchanged(table: Any, pk: str, sk: str, item: Any) -> None:
            if table["items"].get(pk, {}).get(sk) is item:
                noted_remove(table, pk, sk)

        def noted_token(token: str, entry: Any) -> None:
            store_token(token, entry)
            self._note(Change(("token", get_account_id(), get_region(), token), (), entry))

        dynamodb._set_item = noted_set
        dynamodb._remove_item = noted_remove
        dynamodb._txn_token_store = noted_token

    def note_descriptions(self) -> None:
        """Notes which tables came, went or were altered since the last call."""
        before, self._described = self._described, _descriptions()
        for change in differences(before, self._described):
            self._note(change)


def _thing(table: Any) -> Thing:
    return ("table", table["TableArn"])


def _descriptions() -> dict[Thing, str]:
    return {
        _thing(table): json.dumps(
            {
                "name": name,
                "account": account,
                "region": region,
                "table": {key: table[key] for key in table.keys() - _DERIVED},
                "ttl": dynamodb._ttl_settings.get_scoped(account, region, name),
                "pitr": dynamodb._pitr_settings.get_scoped(account, region, name),
                "tags": dynamodb._tags.get_scoped(account, region, table["TableArn"]),
            },
            sort_keys=True,
        )
        for (account, region, name), table in dynamodb._tables.all_items()
    }


def _put_table(parts: dict[tuple[str, ...], Any]) -> None:
    described = parts[()]
    account, region, name = described["account"], described["region"], described["name"]
    table = {**described["table"], "items": defaultdict(dict)}
    for part, item in parts.items():
        if part:
            pk, sk = part
            table["items"][pk][sk] = item
    dynamodb._items_replaced(table)
    dynamodb._tables.set_scoped(account, region, name, table)
    for store, key, value in (
        (dynamodb._ttl_settings, name, described["ttl"]),
        (dynamodb._pitr_settings, name, described["pitr"]),
        (dynamodb._tags, table["TableArn"], described["tags"]),
    ):
        if value is not None:
            store.set_scoped(account, region, key, value)


def _put_token(thing: Thing, entry: Any) -> bool:
    if time.time() - entry["completed_at"] >= dynamodb._TXN_TOKEN_TTL:
        return False
    _, account, region, token = thing
    dynamodb._txn_idempotency.set_scoped(account, region, token, entry)
    return True
