"""Holds quick queries to what ministack answers without them, whatever is asked for."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ministack.services import dynamodb

from ringback.embedded import queries

TABLE = {
    "TableName": "calls",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [
        {"AttributeName": "account", "KeyType": "HASH"},
        {"AttributeName": "call", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": kind}
        for name, kind in (("account", "S"), ("call", "S"), ("state", "S"), ("at", "N"))
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_state",
            "KeySchema": [
                {"AttributeName": "state", "KeyType": "HASH"},
                {"AttributeName": "at", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}
CALLS = [f"{first}{second}" for first in "ab" for second in "abcd"]
Query = Callable[[dict], tuple]
Item = tuple[str, str, str | None, int]
ITEMS = st.tuples(
    st.sampled_from(["alice", "bob"]),
    st.sampled_from(CALLS),
    st.sampled_from(["open", "over", None]),
    st.integers(-3, 12),
)
SORTS = ["", "= :1", "< :1", "<= :1", "> :1", ">= :1", "BETWEEN :1 AND :2", "begins"]
ASKED = st.fixed_dictionaries(
    {
        "sort": st.sampled_from(SORTS),
        "ends": st.tuples(st.sampled_from(CALLS), st.sampled_from(CALLS)).map(sorted),
        "span": st.tuples(st.integers(-3, 12), st.integers(-3, 12)).map(sorted),
        "index": st.booleans(),
        "forward": st.booleans(),
        "limit": st.one_of(st.none(), st.integers(1, 4)),
    }
)
WRITTEN = ("_query", "_index_item", "_tables")


NEWEST = {
    "sort": "> :1",
    "ends": ("100", "200"),
    "span": (1, 2),
    "index": False,
    "forward": True,
    "limit": 5,
}


@contextmanager
def both() -> Iterator[tuple[Query, Query]]:
    """A quick query, and ministack's own, over an empty table."""
    with pytest.MonkeyPatch.context() as patch:
        for name in WRITTEN:
            patch.setattr(dynamodb, name, getattr(dynamodb, name))
        plain = dynamodb._query
        queries.install()
        dynamodb._create_table(TABLE)
        try:
            yield dynamodb._query, plain
        finally:
            dynamodb._delete_table({"TableName": "calls"})


def put(item: Item) -> None:
    account, call, state, at = item
    form = {"account": {"S": account}, "call": {"S": call}, "at": {"N": str(at)}}
    dynamodb._put_item(
        {"TableName": "calls", "Item": form | ({} if state is None else {"state": {"S": state}})}
    )


def remove(item: Item) -> None:
    key = {"account": {"S": item[0]}, "call": {"S": item[1]}}
    dynamodb._delete_item({"TableName": "calls", "Key": key})


def request(asked) -> dict:
    """A query as PynamoDB sends it."""
    names, sort = ("state", "at") if asked["index"] else ("account", "call"), asked["sort"]
    kind, ends = ("N", map(str, asked["span"])) if asked["index"] else ("S", asked["ends"])
    values = {":0": {"S": "open" if asked["index"] else "alice"}}
    low, high = ({kind: one} for one in ends)
    condition = "#0 = :0"
    if sort:
        begins = sort == "begins" and not asked["index"]
        sort = "= :1" if sort == "begins" else sort
        condition = f"(#0 = :0 AND {'begins_with (#1, :1)' if begins else f'#1 {sort}'})"
        values |= {":1": {"S": asked["ends"][0][:1]} if begins else low}
        values |= {":2": high} if ":2" in sort and not begins else {}
    return {
        "TableName": "calls",
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": dict(zip(("#0", "#1"), names[: 1 + bool(sort)], strict=False)),
        "ExpressionAttributeValues": values,
        "ScanIndexForward": asked["forward"],
        **({"IndexName": "by_state"} if asked["index"] else {}),
        **({} if asked["limit"] is None else {"Limit": asked["limit"]}),
    }


def answers(query, data):
    """Every page of a query."""
    found = []
    while True:
        status, _, body = query(data)
        page = json.loads(body)
        assert status == 200, page
        found.append(page)
        if "LastEvaluatedKey" not in page:
            return found
        data = {**data, "ExclusiveStartKey": page["LastEvaluatedKey"]}


@settings(deadline=None)
@given(st.lists(ITEMS, max_size=20), st.lists(ITEMS, max_size=8), st.lists(ASKED, max_size=4))
def test_any_query_is_answered_as_ministack_answers_it(written, removed, all_asked):
    with both() as (quick, plain):
        for item in written[::2]:
            put(item)
        for asked in all_asked:
            # What is asked for first is kept in order, and has to go with what is written.
            assert answers(quick, request(asked)) == answers(plain, request(asked))
        for item in written[1::2]:
            put(item)
        for item in removed:
            remove(item)
        for asked in all_asked:
            assert answers(quick, request(asked)) == answers(plain, request(asked))


@pytest.mark.parametrize(
    "wrong",
    [
        {"TableName": "none"},
        {"IndexName": "none"},
        {"Limit": 0},
        {"ExclusiveStartKey": {"account": {"S": "alice"}}},
        {"ExpressionAttributeValues": {":0": {"S": "alice"}, ":1": {"N": "1"}}},
        {"ExpressionAttributeValues": {":0": {"S": "alice"}}},
        {"KeyConditionExpression": "#0 = = :0"},
    ],
    ids=str,
)
def test_a_query_that_is_refused_is_refused_in_the_same_words(wrong):
    with both() as (quick, plain):
        data = request(NEWEST) | wrong

        assert quick(dict(data)) == plain(dict(data))
        assert quick(dict(data))[0] == 400


def test_a_page_of_a_large_partition_is_found_without_looking_at_the_rest(monkeypatch):
    looked_at = []
    size = dynamodb._item_size_bytes
    with both() as (quick, _):
        for number in range(300):
            put(("alice", f"{number:03}", "open", number))
        monkeypatch.setattr(
            dynamodb, "_item_size_bytes", lambda item: looked_at.append(item) or size(item)
        )

        _, _, body = quick(request(NEWEST))

    calls = [item["call"]["S"] for item in json.loads(body)["Items"]]
    assert calls == [f"{number}" for number in range(101, 106)]
    # By us, and by ministack.
    assert len(looked_at) == 2 * len(calls)
