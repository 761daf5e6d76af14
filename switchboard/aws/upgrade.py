"""Upgrades: what the tables of an earlier version lack is added, and what is in them stays."""

import time
from typing import Any

from switchboard.aws.account_lists import profile_values
from switchboard.aws.forms import from_text
from switchboard.aws.journal import place_of
from switchboard.aws.models.accounts import AccountItem, EntryItem
from switchboard.aws.models.database import Database, TableItem
from switchboard.aws.models.sales import BatchItem
from switchboard.aws.pins import batch_values
from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch
from switchboard.ledger.entries import JournalEntry

ASKED_EVERY_S = 0.5


def upgrade(database: Database, table: type[TableItem]) -> None:
    """Add the indexes that the table lacks, and to its items what these go by. It may be broken
    off and repeated; in AWS an index of a large table takes minutes."""
    # PynamoDB makes indexes with their table only.
    wanted: Any = table._get_schema()["global_secondary_indexes"]  # noqa: SLF001  no public way to them
    known = _indexes(database, table) if wanted else ()
    missing = [one for one in wanted if one["index_name"] not in known]
    if missing:
        # Before its index is there, by which a next try would know that this is done.
        if issubclass(table, AccountItem):
            _list_accounts(table)
        elif issubclass(table, BatchItem):
            _list_batches(table)
        elif issubclass(table, EntryItem):
            _list_entries(table)
    for one in missing:
        _add(database, table, one)


def _indexes(database: Database, table: type[TableItem]) -> dict[str, str]:
    """The state of each index by its name."""
    found = _client(database).describe_table(TableName=_name(table))["Table"]
    return {
        one["IndexName"]: one.get("IndexStatus", "ACTIVE")
        for one in found.get("GlobalSecondaryIndexes", ())
    }


def _add(database: Database, table: type[TableItem], index: dict[str, Any]) -> None:
    name = index["index_name"]
    made = {
        "IndexName": name,
        "KeySchema": sorted(index["key_schema"], key=lambda key: str(key["KeyType"])),
        "Projection": index["projection"],
    }
    _client(database).update_table(
        TableName=_name(table),
        AttributeDefinitions=index["attribute_definitions"],
        GlobalSecondaryIndexUpdates=[{"Create": made}],
    )
    # One is made at a time.
    while _indexes(database, table).get(name) != "ACTIVE":
        time.sleep(ASKED_EVERY_S)


def _list_accounts(table: Any) -> None:
    """Profiles of a time when there were no lists of accounts get what these go by."""
    for item in table.scan(table.profile.exists() & table.listed.does_not_exist()):
        values = profile_values(from_text(item.profile, Profile))
        stands = ("listed", "name", "owner")
        given = {name: values[name] for name in stands if values[name] is not None}
        # Whoever changes a profile lists it.
        item.update(
            [getattr(table, name).set(value) for name, value in given.items()],
            condition=table.profile == item.profile,
        )


def _list_batches(table: Any) -> None:
    for item in table.scan(table.listed.does_not_exist()):
        values = batch_values(from_text(item.batch, Batch))
        item.update([getattr(table, name).set(values[name]) for name in ("listed", "made_at")])


def _list_entries(table: Any) -> None:
    for item in table.scan(table.place.does_not_exist()):
        entry = from_text(item.entry, JournalEntry)
        item.update([table.place.set(place_of(entry))])


def _client(database: Database) -> Any:
    return database.connection.client


def _name(table: Any) -> str:
    return str(table.Meta.table_name)
