"""The proxy of the chaos run: what clients of AWS make of each fate."""

import asyncio
from collections.abc import Callable
from functools import partial
from itertools import chain, repeat
from uuid import uuid4

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from ringback.embedded.process import EmbeddedAws
from tests.chaos.plan import Fate, Write
from tests.chaos.proxy import FaultProxy
from tests.integration.embedded import TABLE, item

pytestmark = pytest.mark.integration

KEY = {"account": {"S": "alice"}, "number": {"N": "1"}}


def client(service: str, aws: EmbeddedAws, url: str | None = None):
    """One that asks once, and waits a second for the answer."""
    environment = aws.environment
    return boto3.client(
        service,
        endpoint_url=url or aws.url,
        region_name=environment["AWS_DEFAULT_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"total_max_attempts": 1}, read_timeout=1),
    )


def asked_through(
    aws: EmbeddedAws, service: str, ask: Callable, fate: Fate = Fate.SERVED
) -> FaultProxy:
    """Ask where the first request meets this fate, and all others are served."""

    async def run() -> FaultProxy:
        async with FaultProxy(aws.port) as proxy:
            asking = client(service, aws, proxy.url)
            proxy.trouble(chain([fate], repeat(Fate.SERVED)))
            await asyncio.to_thread(ask, asking)
        return proxy

    return asyncio.run(run())


@pytest.fixture
def cdrs(aws) -> str:
    """A table."""
    name = f"{uuid4().hex[:8]}-cdrs"
    client("dynamodb", aws).create_table(**{**TABLE, "TableName": name})
    return name


@pytest.fixture
def queue(aws) -> str:
    return client("sqs", aws).create_queue(QueueName=f"chaos-{uuid4().hex[:8]}")["QueueUrl"]


@pytest.mark.parametrize(
    ("fate", "error", "says", "is_made"),
    [
        (Fate.FAILED, ClientError, "InternalServerError", False),
        (Fate.THROTTLED, ClientError, "ProvisionedThroughputExceededException", False),
        (Fate.UNSENT, ConnectionClosedError, "closed", False),
        (Fate.LOST, ConnectionClosedError, "closed", True),
        (Fate.STALLED, ReadTimeoutError, "timeout", False),
        (Fate.LATE, ReadTimeoutError, "timeout", True),
    ],
)
def test_a_write_that_meets_its_fate_is_made_or_not_and_seems_to_fail(
    aws, cdrs, fate, error, says, is_made
):
    def ask(dynamodb) -> None:
        with pytest.raises(error, match=says):
            dynamodb.put_item(TableName=cdrs, Item=item("alice", 1))
        dynamodb.put_item(TableName=cdrs, Item=item("alice", 2))

    proxy = asked_through(aws, "dynamodb", ask, fate)

    found = client("dynamodb", aws).get_item(TableName=cdrs, Key=KEY)
    assert ("Item" in found) == is_made
    assert proxy.met == {fate: 1, Fate.SERVED: 1}


def test_an_outage_is_every_requests_fate_while_it_lasts(aws, cdrs):
    async def run() -> None:
        async with FaultProxy(aws.port) as proxy:
            dynamodb = client("dynamodb", aws, proxy.url)
            with proxy.outage(Fate.FAILED):
                for _ in range(2):
                    with pytest.raises(ClientError):
                        await asyncio.to_thread(dynamodb.describe_table, TableName=cdrs)
            await asyncio.to_thread(dynamodb.describe_table, TableName=cdrs)

    asyncio.run(run())


def test_who_writes_is_told_after_whatever_is_done_meanwhile(aws, cdrs):
    async def run() -> tuple[bool, bool]:
        async with FaultProxy(aws.port) as proxy:
            dynamodb = client("dynamodb", aws, proxy.url)
            put = partial(dynamodb.put_item, TableName=cdrs, Item=item("alice", 1))
            writing = asyncio.create_task(asyncio.to_thread(put))
            async with proxy.after(Write.RECORD):
                get = partial(dynamodb.get_item, TableName=cdrs, Key=KEY)
                is_made = "Item" in await asyncio.to_thread(get)
                knows = writing.done()
            await writing
            return is_made, knows

    assert asyncio.run(run()) == (True, False)


def test_sqs_throttles_in_its_own_words(aws, queue):
    def ask(sqs) -> None:
        with pytest.raises(ClientError, match="ThrottlingException"):
            sqs.send_message(QueueUrl=queue, MessageBody="c1")

    asked_through(aws, "sqs", ask, Fate.THROTTLED)


def test_messages_pass_as_they_are(aws, queue):
    found = []

    def ask(sqs) -> None:
        sqs.send_message(QueueUrl=queue, MessageBody="Grüße an c1")
        [message] = sqs.receive_message(QueueUrl=queue)["Messages"]
        sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        found.append(message["Body"])

    asked_through(aws, "sqs", ask)

    assert found == ["Grüße an c1"]


def test_the_long_poll_of_a_client_that_is_gone_takes_no_message(aws, queue):
    def ask(sqs) -> None:
        with pytest.raises(ReadTimeoutError):
            sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)

    asked_through(aws, "sqs", ask)

    direct = client("sqs", aws)
    direct.send_message(QueueUrl=queue, MessageBody="c1")
    assert [one["Body"] for one in direct.receive_message(QueueUrl=queue)["Messages"]] == ["c1"]
