"""The queues in SQS: callbacks for all workers, a control queue for each of them, and jobs."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from botocore.config import Config
from botocore.exceptions import ClientError

from switchboard.aws import sdk
from switchboard.aws.models.database import CONNECTIONS
from switchboard.ports import DeadOrder, Message, NoQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

# SQS gives a message to another worker after this long, if nobody deleted it.
VISIBLE_AGAIN_S = 30
# As long as a Lambda may run, which takes no queue that is less patient.
JOB_VISIBLE_AGAIN_S = 900
# So often an order comes to a worker before it is dead: for longer than callbacks are patient.
MOST_RECEIPTS = 5
# As long as SQS keeps anything.
DEAD_KEPT_S = 14 * 86_400
# The longest that SQS keeps a message back.
LONGEST_DELAY_S = 900
# What SQS says of a message that is not there, or not taken.
GONE = {
    "ReceiptHandleIsInvalid",
    "InvalidParameterValue",
    "MessageNotInflight",
    "AWS.SimpleQueueService.MessageNotInflight",
}
# How SQS names what it counts.
VISIBLE: "QueueAttributeNameType" = "ApproximateNumberOfMessages"
IN_FLIGHT: "QueueAttributeNameType" = "ApproximateNumberOfMessagesNotVisible"
# How long a receiver waits for a message, and with it a worker that leaves for what it has asked.
WAIT_S = 5


class SqsQueue:
    """One queue by its name: both `Queue` and `Inbox`."""

    def __init__(self, name: str, sqs: "SQSClient") -> None:
        self.name = name
        self._sqs = sqs
        self._url: str | None = None

    def create(
        self, *, dead: "SqsDeadOrders | None" = None, visible_again_s: int = VISIBLE_AGAIN_S
    ) -> None:
        """Make the queue; one that is there stays as it is, but that what comes too often goes
        to `dead` from now on."""
        self._url = self._sqs.create_queue(
            QueueName=self.name,
            Attributes={
                "VisibilityTimeout": str(visible_again_s),
                "ReceiveMessageWaitTimeSeconds": str(WAIT_S),
            },
        )["QueueUrl"]
        if dead is not None:
            policy = {"deadLetterTargetArn": dead.arn(), "maxReceiveCount": MOST_RECEIPTS}
            self._sqs.set_queue_attributes(
                QueueUrl=self._url, Attributes={"RedrivePolicy": json.dumps(policy)}
            )

    def remove(self) -> None:
        """Delete the queue with all that is in it; one that is gone is fine."""
        try:
            self._sqs.delete_queue(QueueUrl=self._address())
        except ClientError as error:
            if not _is_missing(error):
                raise

    def send(self, body: str, *, delay: timedelta = timedelta()) -> None:
        """Append a message, which is there after whole seconds: 15 minutes at most."""
        delay_s = min(math.ceil(delay.total_seconds()), LONGEST_DELAY_S)
        self._sqs.send_message(QueueUrl=self._address(), MessageBody=body, DelaySeconds=delay_s)

    def depth(self) -> int:
        """About how many messages could be received now."""
        return self.count(VISIBLE)

    def count(self, *which: "QueueAttributeNameType") -> int:
        """About how many messages there are of these kinds."""
        found = self._sqs.get_queue_attributes(QueueUrl=self._address(), AttributeNames=which)
        return sum(int(found["Attributes"][name]) for name in which)

    def receive(self, *, most: int) -> Sequence[Message]:
        """Up to `most` messages, ten at most, as soon as there is one; none where none came
        in time. NoQueue where it is not there."""
        try:
            answer = self._sqs.receive_message(
                QueueUrl=self._address(),
                MaxNumberOfMessages=min(most, 10),
                WaitTimeSeconds=WAIT_S,
            )
        except ClientError as error:
            if _is_missing(error):
                raise NoQueue(self.name) from error
            raise
        found = answer.get("Messages", [])
        return [Message(message["Body"], message["ReceiptHandle"]) for message in found]

    def delete(self, message: Message) -> None:
        """Take a message off the queue for good; one that is gone, or came again since under
        another receipt, is left as it is."""
        try:
            self._sqs.delete_message(QueueUrl=self._address(), ReceiptHandle=message.receipt)
        except ClientError as error:
            if _code(error) != "ReceiptHandleIsInvalid":
                raise

    def _address(self) -> str:
        if self._url is None:
            self._url = self._sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
        return self._url


class SqsDeadOrders:
    """`DeadOrders`: the dead-letter queue of the callbacks queue."""

    def __init__(self, name: str, sqs: "SQSClient") -> None:
        self.name = name
        self._sqs = sqs
        self._url: str | None = None

    def create(self) -> None:
        """Make the queue; one that is there stays as it is."""
        self._sqs.create_queue(
            QueueName=self.name, Attributes={"MessageRetentionPeriod": str(DEAD_KEPT_S)}
        )

    def arn(self) -> str:
        """What other queues know it by."""
        found = self._sqs.get_queue_attributes(
            QueueUrl=self._address(), AttributeNames=["QueueArn"]
        )
        return found["Attributes"]["QueueArn"]

    def remove_queue(self) -> None:
        """Delete the queue with all that is in it; one that is gone is fine."""
        SqsQueue(self.name, self._sqs).remove()

    @contextmanager
    def taken(self, *, most: int | None = None) -> Iterator[Sequence[DeadOrder]]:
        """Batch by batch, until there is none or there are enough."""
        orders: dict[str, DeadOrder] = {}
        try:
            while (most is None or len(orders) < most) and (found := self._receive()):
                orders.update(found)
            yield sorted(orders.values(), key=lambda order: (order.sent_at, order.callback))
        finally:
            for order in orders.values():
                self._give_back(order)

    def depth(self) -> int:
        """About how many there are, those that are taken among them."""
        return SqsQueue(self.name, self._sqs).count(VISIBLE, IN_FLIGHT)

    def remove(self, order: DeadOrder) -> None:
        """Take it off the queue."""
        self._sqs.delete_message(QueueUrl=self._address(), ReceiptHandle=order.receipt)

    def _receive(self) -> Mapping[str, DeadOrder]:
        """Some, by their messages. A short poll asks some of the queue's servers, a long one all:
        none means that there is none."""
        answer = self._sqs.receive_message(
            QueueUrl=self._address(),
            MaxNumberOfMessages=10,
            VisibilityTimeout=VISIBLE_AGAIN_S,
            WaitTimeSeconds=1,
            AttributeNames=["SentTimestamp"],
        )
        return {
            message["MessageId"]: DeadOrder(
                message["Body"],
                datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC),
                message["ReceiptHandle"],
            )
            for message in answer.get("Messages", [])
        }

    def _give_back(self, order: DeadOrder) -> None:
        try:
            self._sqs.change_message_visibility(
                QueueUrl=self._address(), ReceiptHandle=order.receipt, VisibilityTimeout=0
            )
        except ClientError as error:
            # It was removed, or its time is over and it is there again by itself.
            if _code(error) not in GONE:
                raise

    def _address(self) -> str:
        if self._url is None:
            self._url = self._sqs.get_queue_url(QueueName=self.name)["QueueUrl"]
        return self._url


class SqsControl:
    """`Control`: each worker listens on a queue of its own."""

    def __init__(self, prefix: str, sqs: "SQSClient") -> None:
        self._prefix = prefix
        self._sqs = sqs

    def queue_of(self, worker: str) -> SqsQueue:
        """The control queue of a worker."""
        return SqsQueue(f"{self._prefix}control-{worker}", self._sqs)

    def hang_up(self, worker: str, callback: str) -> None:
        """Ask a worker to end a callback. Nothing happens where the worker is gone."""
        try:
            self.queue_of(worker).send(callback)
        except ClientError as error:
            if not _is_missing(error):
                raise

    def forget(self, worker: str) -> None:
        """Delete the control queue of a worker that is gone."""
        self.queue_of(worker).remove()


def sqs_client(region: str) -> "SQSClient":
    """A client that waits longer than SQS does."""
    config = Config(connect_timeout=2, read_timeout=WAIT_S + 10, max_pool_connections=CONNECTIONS)
    made: SQSClient = sdk.client("sqs", region, config)
    return made


def _is_missing(error: ClientError) -> bool:
    return _code(error) in {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
