"""Tables of an earlier version serve after an upgrade, with all that is in them."""

from collections.abc import Sequence
from typing import Any

import boto3

from switchboard.aws.opening import AwsSettings, create_tables
from switchboard.billing.batches import Batch, BatchKind
from switchboard.ports import Listing
from tests.contract.conftest import REGION
from tests.fakes.world import NOON, open_alice


def test_accounts_of_a_time_without_lists_are_listed(queue_ports):
    open_alice(queue_ports)
    make_older(queue_ports)
    settings = AwsSettings(REGION, prefix=table_of(queue_ports).removesuffix("accounts"))

    create_tables(settings)
    create_tables(settings)

    for listing in (Listing(), Listing(by_name=True)):
        page = queue_ports.accounts.page(listing, limit=10, cursor=None)
        assert [one.profile.account for one in page.items] == ["alice"]


def test_what_was_entered_before_there_were_lists_is_listed(queue_ports):
    open_alice(queue_ports)
    batch = Batch("summer", BatchKind.VOUCHERS, 5, 12, "EUR", NOON, 1_000_000)
    queue_ports.pins.start(batch)
    prefix = table_of(queue_ports).removesuffix("accounts")
    key = {"account": {"S": "alice"}, "identity": {"S": "opening#balance"}}
    take_away(f"{prefix}journal", ["by_place"], key, ["place"])
    take_away(f"{prefix}batches", ["by_made"], {"name": {"S": "summer"}}, ["listed", "made_at"])

    create_tables(AwsSettings(REGION, prefix))

    entries = queue_ports.books.entry_page("alice", limit=10).items
    assert [entry.identity for entry in entries] == ["opening#balance"]
    assert queue_ports.pins.batch_page(limit=10, cursor=None).items == [batch]


def make_older(ports: Any) -> None:
    key = {"account": {"S": "alice"}, "part": {"S": "profile"}}
    indexes, attributes = ["by_id", "by_name", "by_owner"], ["listed", "name", "owner"]
    take_away(table_of(ports), indexes, key, attributes)


def take_away(
    table: str, indexes: list[str], key: dict[str, Any], attributes: Sequence[str]
) -> None:
    dynamodb = boto3.client("dynamodb", region_name=REGION)
    for index in indexes:
        gone = [{"Delete": {"IndexName": index}}]
        dynamodb.update_table(TableName=table, GlobalSecondaryIndexUpdates=gone)
    names = {f"#{number}": name for number, name in enumerate(attributes)}
    dynamodb.update_item(
        TableName=table,
        Key=key,
        UpdateExpression=f"REMOVE {', '.join(names)}",
        ExpressionAttributeNames=names,
    )


def table_of(ports: Any) -> str:
    return str(ports.accounts._accounts.Meta.table_name)
