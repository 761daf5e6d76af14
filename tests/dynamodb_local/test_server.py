"""Holds the helper that starts DynamoDB Local to its contract."""

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import EndpointConnectionError

from tests.dynamodb_local.server import dynamodb_local


@pytest.mark.dynamodb_local
def test_dynamodb_local_starts_empty_and_is_gone_after_the_block():
    with dynamodb_local() as endpoint:
        client = boto3.client(
            "dynamodb",
            endpoint_url=endpoint,
            region_name="eu-west-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(retries={"total_max_attempts": 1}),
        )
        assert client.list_tables()["TableNames"] == []

    with pytest.raises(EndpointConnectionError):
        client.list_tables()
