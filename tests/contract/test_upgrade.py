"""Tables of an earlier version serve after an upgrade, with all that is in them."""

from typing import Any

import boto3

from switchboard.aws.opening import AwsSettings, create_tables
from switchboard.ports import Listing
from tests.contract.conftest import REGION
from tests.fakes.world import open_alice


def test_accounts_of_a_time_without_lists_are_listed(queue_ports):
    open_alice(queue_ports)
    make_older(queue_ports)
    settings = AwsSettings(REGION, prefix=table_of(queue_ports).removesuffix("accounts"))

    create_tables(settings)
    create_tables(settings)

    for listing in (Listing(), Listing(by_name=True)):
        page = queue_ports.accounts.page(listing, limit=10, cursor=None)
        assert [one.profile.account for one in page.items] == ["alice"]


def make_older(ports: Any) -> None:
    dynamodb, name = boto3.client("dynamodb", region_name=REGION), table_of(ports)
    for index in ("by_id", "by_name", "by_owner"):
        gone = [{"Delete": {"IndexName": index}}]
        dynamodb.update_table(TableName=name, GlobalSecondaryIndexUpdates=gone)
    dynamodb.update_item(
        TableName=name,
        Key={"account": {"S": "alice"}, "part": {"S": "profile"}},
        UpdateExpression="REMOVE listed, #name, #owner",
        ExpressionAttributeNames={"#name": "name", "#owner": "owner"},
    )


def table_of(ports: Any) -> str:
    return str(ports.accounts._accounts.Meta.table_name)
