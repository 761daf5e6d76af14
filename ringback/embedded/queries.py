"""Queries that look at the part of a partition that is asked for. ministack sorts all of it and
looks at each of its items, for whatever page: half a second where an account has 50,000 calls.

The items of a partition that was queried are kept in order. A query that goes by such an order is
given to ministack with a table of no more than its page, of which it makes the answer.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import partial
from threading import local
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb

Table = dict[str, Any]
Entry = tuple[tuple[Any, ...], str, str]
"""Where an item stands in its partition, and the keys that it is kept under."""

# Beside ministack's own members of indexes, with which they go when items are replaced.
_ORDERED = "ringback: in order"
_MEMBERS = dynamodb._INDEX_MEMBERS
_COMPARED = r"(?P<sort>#\w+) (?P<sign>=|<|<=|>|>=) (?P<one>:\w+)"
_BETWEEN = r"(?P<inner>#\w+) BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)"
_BEGINS = r"begins_with \((?P<begun>#\w+), (?P<prefix>:\w+)\)"
# As PynamoDB writes them. What is written otherwise is left to ministack.
_CONDITION = re.compile(
    rf"\(?(?P<hash>#\w+) = (?P<partition>:\w+)( AND ({_COMPARED}|{_BETWEEN}|{_BEGINS}))?\)?"
)


def install() -> None:
    """From now on queries look at no more than they need."""
    tables = _Tables(dynamodb._tables)
    dynamodb._tables = tables
    dynamodb._query = partial(_query, tables, dynamodb._query)
    dynamodb._index_item = partial(_index_item, dynamodb._index_item)


class _Tables(AccountRegionScopedDict):  # type: ignore[misc]  # ministack has no types
    """ministack's tables, of which a thread can see one smaller than it is."""

    def __init__(self, tables: AccountRegionScopedDict) -> None:
        self._data = tables._data
        self.smaller = local()

    def get(self, key: str, default: Any = None) -> Any:
        name, table = getattr(self.smaller, "table", (None, None))
        return table if name == key else super().get(key, default)


def _query(tables: _Tables, query: Any, data: dict[str, Any]) -> Any:
    name = dynamodb._normalize_table_name(data.get("TableName"))
    table = tables.get(name)
    page = _Asked.of(table, data) if table else None
    if page is None:
        return query(data)
    tables.smaller.table = (name, page.table())
    try:
        return query(data)
    finally:
        del tables.smaller.table


class _Asked:
    """A query of a partition in order."""

    def __init__(self, table: Table, data: dict[str, Any], condition: re.Match[str]) -> None:
        self._table = table
        self._data = data
        self._condition = condition
        self._index: str | None = data.get("IndexName")
        self._partition = dynamodb._extract_key_val(self._value("partition"))
        self._keys = _keys_of(table, self._index)

    @classmethod
    def of(cls, table: Table, data: dict[str, Any]) -> "_Asked | None":
        """None where it is not one that goes by an order, or that we can read."""
        condition = _CONDITION.fullmatch(data.get("KeyConditionExpression") or "")
        index = data.get("IndexName")
        if condition is None or (index and dynamodb._index_def(table, index) is None):
            return None
        if not index and not table["sk_name"]:
            return None
        try:
            asked = cls(table, data, condition)
            return asked if asked._is_plain() else None
        except (KeyError, TypeError, AttributeError):
            # ministack says what is wrong with it.
            return None

    def table(self) -> Table:
        """The table without what is not on the page."""
        items: dict[str, dict[str, Any]] = {}
        members: dict[tuple[str, str], None] = {}
        for pk, sk, item in self._page():
            items.setdefault(pk, {})[sk] = item
            members[pk, sk] = None
        indexes = {self._index: {self._partition: members}} if self._index else {}
        return {**self._table, "items": items, _MEMBERS: indexes}

    def _is_plain(self) -> bool:
        """Whether it names the keys, by values of their kinds, and goes on behind a key."""
        found, names = self._condition, self._data["ExpressionAttributeNames"]
        hash_name, range_name, _ = dynamodb._resolve_index_keys(self._table, self._index)
        sort = found["sort"] or found["inner"] or found["begun"]
        if names[found["hash"]] != hash_name or (sort and names[sort] != range_name):
            return False
        kind = dynamodb._get_attr_type(self._table, range_name) if range_name else "S"
        values = (found[name] for name in ("one", "low", "high", "prefix"))
        start = self._data.get("ExclusiveStartKey")
        return (
            all(kind in self._data["ExpressionAttributeValues"][one] for one in values if one)
            and int(self._data.get("Limit", 1)) > 0
            and (start is None or all(name in start for name, _ in self._keys))
        )

    def _page(self) -> Iterator[tuple[str, str, Any]]:
        """What ministack looks at of the items of one answer: so many, or so many bytes."""
        left, size = int(self._data.get("Limit", 1 << 30)), 0
        for _, pk, sk in self._entries():
            item = self._table["items"].get(pk, {}).get(sk)
            if item is None:
                continue
            yield pk, sk, item
            shown = dynamodb._apply_index_projection(item, self._table, self._index)
            left, size = left - 1, size + dynamodb._item_size_bytes(shown)
            if not left or size > dynamodb._DDB_PAGE_SIZE_BYTES:
                return

    def _entries(self) -> Iterator[Entry]:
        """The entries behind the start, in the order that is asked for."""
        entries = _ordered(self._table, self._index, self._partition)
        begin, end = self._span(entries)
        forward = self._data.get("ScanIndexForward", True)
        if start := self._data.get("ExclusiveStartKey"):
            place = _place(start, self._keys)
            if forward:
                begin = max(begin, bisect_right(entries, place, key=_order))
            else:
                end = min(end, bisect_left(entries, place, key=_order))
        span = range(begin, end) if forward else range(end - 1, begin - 1, -1)
        return (entries[at] for at in span)

    def _span(self, entries: list[Entry]) -> tuple[int, int]:
        """Which entries the condition lets through: they stand together."""
        found = self._condition
        begin, end = 0, len(entries)
        if prefix := found["prefix"]:
            first = self._sorted_by(prefix)
            begin = bisect_left(entries, first, key=_first)
            end = bisect_left(entries, True, lo=begin, key=lambda one: not _begins(one, first))
        low = found["low"] or (found["one"] if found["sign"] in ("=", ">", ">=") else None)
        high = found["high"] or (found["one"] if found["sign"] in ("=", "<", "<=") else None)
        if low:
            after = bisect_right if found["sign"] == ">" else bisect_left
            begin = after(entries, self._sorted_by(low), key=_first)
        if high:
            before = bisect_left if found["sign"] == "<" else bisect_right
            end = before(entries, self._sorted_by(high), key=_first)
        return begin, end

    def _sorted_by(self, value: str) -> Any:
        [name, kind] = self._keys[0]
        return dynamodb._index_order_value(
            {name: self._data["ExpressionAttributeValues"][value]}, name, kind
        )

    def _value(self, name: str) -> Any:
        return self._data["ExpressionAttributeValues"][self._condition[name]]


def _index_item(index_item: Any, table: Table, pk: str, sk: str, item: Any, add: bool) -> None:  # noqa: FBT001  ministack calls it so
    index_item(table, pk, sk, item, add)
    kept = (table.get(_MEMBERS) or {}).get(_ORDERED, {})
    if not kept:
        return
    for index, partition in _partitions_of(table, pk, item):
        entries = kept.get((index, partition))
        if entries is None:
            continue
        entry = (_place(item, _keys_of(table, index)), pk, sk)
        at = bisect_left(entries, entry)
        if add:
            entries.insert(at, entry)
        elif at < len(entries) and entries[at] == entry:
            del entries[at]


def _ordered(table: Table, index: str | None, partition: str) -> list[Entry]:
    members = dynamodb._index_members(table)
    kept = members.setdefault(_ORDERED, {})
    if (index, partition) not in kept:
        if index:
            places = members[index].get(partition, ())
        else:
            places = [(partition, sk) for sk in table["items"].get(partition, ())]
        keys = _keys_of(table, index)
        entries = ((_place(table["items"][pk][sk], keys), pk, sk) for pk, sk in places)
        kept[index, partition] = sorted(entries)
    found: list[Entry] = kept[index, partition]
    return found


def _partitions_of(table: Table, pk: str, item: Any) -> Iterator[tuple[str | None, str]]:
    """The partitions that an item is in: that of the table, and those of its indexes."""
    yield None, pk
    for name, hashes, ranges in dynamodb._index_key_schemas(table):
        partition = dynamodb._index_partition(item, hashes, ranges)
        if partition is not None:
            yield name, partition


def _keys_of(table: Table, index: str | None) -> list[tuple[str, str]]:
    """What a partition is sorted by, with kinds."""
    if not index:
        name = table["sk_name"]
        return [(name, dynamodb._get_attr_type(table, name))]
    _, ranges = dynamodb._index_key_lists(dynamodb._index_def(table, index))
    keys: list[tuple[str, str]] = dynamodb._index_order_keys(table, ranges)
    return keys


def _place(item: Any, keys: list[tuple[str, str]]) -> tuple[Any, ...]:
    return tuple(dynamodb._index_order_value(item, name, kind) for name, kind in keys)


def _order(entry: Entry) -> tuple[Any, ...]:
    return entry[0]


def _first(entry: Entry) -> Any:
    return entry[0][0]


def _begins(entry: Entry, prefix: Any) -> bool:
    begins: bool = entry[0][0].startswith(prefix)
    return begins
