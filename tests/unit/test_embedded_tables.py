"""Holds the log to what ministack deletes by itself: its TTL reaper is a thread."""

import asyncio
import threading

import pytest
from ministack.services import dynamodb

from ringback.embedded.log import Change
from ringback.embedded.tables import Tables

ARN = "arn:aws:dynamodb:eu-central-1:000000000000:table/sessions"
OLD = {"id": {"S": "a"}, "gone_at": {"N": "1"}}
NEW = {"id": {"S": "a"}, "gone_at": {"N": "9999999999"}}


@pytest.fixture
def table(monkeypatch):
    for wrapped in ("_set_item", "_remove_item", "_txn_token_store"):
        monkeypatch.setattr(dynamodb, wrapped, getattr(dynamodb, wrapped))
    return {"TableArn": ARN, "items": {}}


def reap(table):
    """What the reaper does when it finds that the item has expired."""
    reaper = threading.Thread(target=lambda: dynamodb._remove_item(table, "a", "__no_sort__"))
    reaper.start()
    reaper.join()


def run(table, *steps):
    """The changes noted while the steps are taken, with the event loop busy all the while."""
    noted = []

    async def scenario():
        Tables(noted.append).follow()
        for step in steps:
            step(table)
        await asyncio.sleep(0)

    asyncio.run(scenario())
    return noted


def put(item):
    return lambda table: dynamodb._set_item(table, "a", "__no_sort__", item)


def change(value):
    return Change(("table", ARN), ("a", "__no_sort__"), value)


def test_an_expired_item_goes_from_the_log_too(table):
    noted = run(table, put(OLD), reap)

    assert noted == [change(OLD), change(None)]
    assert table["items"] == {}


def test_an_item_renewed_while_it_is_reaped_stays(table):
    noted = run(table, put(OLD), reap, put(NEW))

    assert noted == [change(OLD), change(NEW)]
    assert table["items"] == {"a": {"__no_sort__": NEW}}
