"""Holds the embedded AWS to its promise: what it acknowledged is there after any crash."""

import json
import threading
from contextlib import closing
from http.client import HTTPConnection
from resource import RLIMIT_FSIZE, prlimit

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from ringback.embedded.process import EmbeddedAwsFailed, start_embedded_aws
from tests.integration.embedded import DEADLINE_S, TABLE, Aws, item

pytestmark = pytest.mark.integration


@pytest.fixture
def aws(tmp_path):
    with closing(Aws(tmp_path)) as aws:
        yield aws


class Writer(threading.Thread):
    """Writes one item, one transaction and one message after another until the crash."""

    def __init__(self, aws, name, queue, acknowledged):
        super().__init__()
        self._dynamodb, self._sqs = aws.client("dynamodb"), aws.client("sqs")
        self._account = name
        self._queue = queue
        self._acknowledged = acknowledged
        self.done = 0

    def run(self):
        try:
            while True:
                self._write(self.done)
                self.done += 1
                self._acknowledged.release()
        except (BotoCoreError, ClientError):
            return

    def _write(self, number):
        step = number % 3
        if step == 0:
            self._dynamodb.put_item(TableName="callbacks", Item=item(self._account, number))
        elif step == 1:
            put = {"TableName": "callbacks", "Item": item(self._account, number)}
            count = {
                "TableName": "callbacks",
                "Key": item(self._account, -1),
                "UpdateExpression": "ADD transactions :one",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
            self._dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": count}])
        else:
            self._sqs.send_message(QueueUrl=self._queue, MessageBody=f"{self._account} {number}")


def everything_in(aws, queue):
    found = {(row["account"]["S"], int(row["number"]["N"])) for row in aws.items()}
    while messages := aws.receive(queue):
        for message in messages:
            account, number = message["Body"].split()
            found.add((account, int(number)))
    return found


def test_what_was_acknowledged_before_kill_9_is_there_after_it(aws):
    aws.dynamodb.create_table(**TABLE)
    queue = aws.queue()
    acknowledged = threading.Semaphore(0)
    writers = [Writer(aws, name, queue, acknowledged) for name in ("ann", "bob", "cid", "dee")]

    for writer in writers:
        writer.start()
    for _ in range(200):
        assert acknowledged.acquire(timeout=DEADLINE_S)
    aws.server.kill()
    for writer in writers:
        writer.join(DEADLINE_S)
    aws.crash_and_come_back()

    found = everything_in(aws, queue)
    for writer in writers:
        kept = {number for account, number in found if account == writer._account and number >= 0}
        # The last write of each may be there or not: its reply was lost.
        assert set(range(writer.done)) <= kept <= set(range(writer.done + 1))
        count = aws.dynamodb.get_item(TableName="callbacks", Key=item(writer._account, -1))
        transactions = int(count["Item"]["transactions"]["N"])
        assert transactions == sum(number % 3 == 1 for number in kept)


END_OF_ONE = {
    "TableName": "callbacks",
    "Key": item("ann", 1),
    "UpdateExpression": "SET #status = :ended, legs.#leg = :busy",
    "ConditionExpression": "#status = :queued AND attribute_not_exists(legs.#leg)",
    "ExpressionAttributeNames": {"#status": "status", "#leg": "customer"},
    "ExpressionAttributeValues": {
        ":ended": {"S": "ended"},
        ":queued": {"S": "queued"},
        ":busy": {"S": "busy"},
    },
}


def test_tables_items_and_indexes_are_as_they_were(aws):
    aws.dynamodb.create_table(**TABLE, Tags=[{"Key": "house", "Value": "ringback"}])
    ttl = {"Enabled": True, "AttributeName": "gone_at"}
    aws.dynamodb.update_time_to_live(TableName="callbacks", TimeToLiveSpecification=ttl)
    for number in range(4):
        row = item("ann", number, status={"S": "queued"}, legs={"M": {}})
        aws.dynamodb.put_item(TableName="callbacks", Item=row)
    aws.dynamodb.update_item(**END_OF_ONE)
    with pytest.raises(aws.dynamodb.exceptions.ConditionalCheckFailedException):
        aws.dynamodb.update_item(**END_OF_ONE)
    aws.dynamodb.delete_item(TableName="callbacks", Key=item("ann", 2))
    described = aws.dynamodb.describe_table(TableName="callbacks")["Table"]
    before = aws.items()

    aws.crash_and_come_back()

    assert aws.items() == before
    assert aws.dynamodb.describe_table(TableName="callbacks")["Table"] == described
    kept_ttl = aws.dynamodb.describe_time_to_live(TableName="callbacks")
    assert kept_ttl["TimeToLiveDescription"] == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": "gone_at",
    }
    queued = aws.dynamodb.query(
        TableName="callbacks",
        IndexName="by_status",
        KeyConditionExpression="#status = :queued",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":queued": {"S": "queued"}},
    )["Items"]
    assert queued == [
        item("ann", 0, status={"S": "queued"}),
        item("ann", 3, status={"S": "queued"}),
    ]


def test_a_deleted_table_stays_deleted_and_its_successor_is_empty(aws):
    aws.dynamodb.create_table(**TABLE)
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 1))
    aws.dynamodb.create_table(**{**TABLE, "TableName": "sessions"})
    for name in ("callbacks", "sessions"):
        aws.dynamodb.delete_table(TableName=name)
    aws.dynamodb.create_table(**TABLE)

    aws.crash_and_come_back()

    assert aws.dynamodb.list_tables()["TableNames"] == ["callbacks"]
    assert aws.items() == []


def test_a_transaction_repeated_after_a_crash_is_answered_and_not_applied_again(aws):
    aws.dynamodb.create_table(**TABLE)
    update = {
        "TableName": "callbacks",
        "Key": item("ann", 0),
        "UpdateExpression": "ADD posted :amount",
        "ExpressionAttributeValues": {":amount": {"N": "100"}},
    }
    top_up = {"ClientRequestToken": "top-up 1", "TransactItems": [{"Update": update}]}
    aws.dynamodb.transact_write_items(**top_up)

    aws.crash_and_come_back()
    aws.dynamodb.transact_write_items(**top_up)

    assert aws.items() == [item("ann", 0, posted={"N": "100"})]


def test_numbers_keep_the_38_digits_of_dynamodb(aws):
    aws.dynamodb.create_table(**TABLE)
    digits = "12345678901234567890123456789012345678"
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 0, micros={"N": digits}))
    reply = aws.dynamodb.update_item(
        TableName="callbacks",
        Key=item("ann", 0),
        UpdateExpression="ADD micros :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )

    assert reply["Attributes"] == {"micros": {"N": "12345678901234567890123456789012345679"}}


def test_messages_come_back_in_order_as_they_were_sent(aws):
    queue = aws.queue()
    trace = {"trace": {"DataType": "String", "StringValue": "abc"}}
    sent = [
        aws.sqs.send_message(QueueUrl=queue, MessageBody=body, MessageAttributes=trace)["MessageId"]
        for body in ("one", "two", "three")
    ]

    aws.crash_and_come_back()

    messages = aws.receive(aws.queue(), MessageAttributeNames=["All"])
    assert [message["MessageId"] for message in messages] == sent
    assert [message["Body"] for message in messages] == ["one", "two", "three"]
    assert [message["MessageAttributes"] for message in messages] == [trace] * 3


def test_a_message_in_flight_is_visible_again_and_a_deleted_one_is_gone(aws):
    queue = aws.queue(VisibilityTimeout="600")
    for body in ("done", "begun", "waiting"):
        aws.sqs.send_message(QueueUrl=queue, MessageBody=body)
    done, _begun = aws.receive(queue)[:2]
    aws.sqs.delete_message(QueueUrl=queue, ReceiptHandle=done["ReceiptHandle"])

    aws.crash_and_come_back()

    assert aws.bodies(queue) == ["begun", "waiting"]


def test_a_message_in_the_dead_letter_queue_stays_there_until_it_is_deleted(aws):
    arn = "arn:aws:sqs:eu-central-1:000000000000:dead"
    dead = aws.queue("dead")
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 1})
    queue = aws.queue(RedrivePolicy=redrive, VisibilityTimeout="0")
    aws.sqs.send_message(QueueUrl=queue, MessageBody="poison")
    assert aws.bodies(queue) == ["poison"]
    assert aws.bodies(queue) == []

    aws.crash_and_come_back()
    [poison] = aws.receive(dead)
    aws.sqs.delete_message(QueueUrl=dead, ReceiptHandle=poison["ReceiptHandle"])
    aws.crash_and_come_back()

    assert aws.bodies(queue) + aws.bodies(dead) == []


def test_queues_keep_their_attributes_and_stay_purged_and_deleted(aws):
    queue, old = aws.queue(), aws.queue("old")
    aws.sqs.send_message(QueueUrl=queue, MessageBody="purged")
    aws.sqs.purge_queue(QueueUrl=queue)
    aws.sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "77"})
    aws.sqs.delete_queue(QueueUrl=old)

    aws.crash_and_come_back()

    assert aws.bodies(queue) == []
    attributes = aws.sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])
    assert attributes["Attributes"] == {"VisibilityTimeout": "77"}
    with pytest.raises(aws.sqs.exceptions.QueueDoesNotExist):
        aws.sqs.get_queue_url(QueueName="old")


def test_a_torn_last_line_is_cut_off_and_writing_goes_on_after_it(aws, tmp_path):
    aws.dynamodb.create_table(**TABLE)
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 1))
    aws.crash()
    with (tmp_path / "aws.log").open("ab") as log:
        log.write(b'89abcdef [[["table","arn:aws:dyn')

    aws.start()
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 2))
    aws.crash_and_come_back()

    assert aws.items() == [item("ann", 1), item("ann", 2)]


def test_a_damaged_log_is_refused_and_left_alone(aws, tmp_path):
    aws.dynamodb.create_table(**TABLE)
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 1))
    aws.crash()
    log = tmp_path / "aws.log"
    damaged = log.read_bytes().replace(b"by_status", b"by_statue", 1)
    log.write_bytes(damaged)

    with pytest.raises(EmbeddedAwsFailed, match=r"aws.log: line 2 is damaged"):
        start_embedded_aws(tmp_path)

    assert log.read_bytes() == damaged


def test_nothing_is_acknowledged_that_does_not_fit_on_the_disk(aws, tmp_path):
    aws.dynamodb.create_table(**TABLE)
    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 1))
    room = (tmp_path / "aws.log").stat().st_size + 20
    prlimit(aws.server.process.pid, RLIMIT_FSIZE, (room, room))

    with pytest.raises(BotoCoreError):
        aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 2))
    aws.server.process.wait(DEADLINE_S)
    said = (tmp_path / "aws.stderr").read_text()
    aws.crash_and_come_back()

    assert "cannot write the log, giving up" in said
    assert aws.items() == [item("ann", 1)]


def test_a_second_process_on_the_same_directory_is_refused(aws, tmp_path):
    with pytest.raises(EmbeddedAwsFailed, match="in use by another embedded AWS"):
        start_embedded_aws(tmp_path)


def test_a_port_that_is_taken_is_named(aws, tmp_path):
    with pytest.raises(EmbeddedAwsFailed, match=f"port {aws.server.port} .*in use"):
        start_embedded_aws(tmp_path / "other", port=aws.server.port)


def test_what_the_log_cannot_follow_is_refused(aws):
    aws.dynamodb.create_table(**TABLE)
    reset = HTTPConnection("127.0.0.1", aws.server.port, timeout=DEADLINE_S)

    with pytest.raises(ClientError, match="the log of the embedded AWS cannot follow it"):
        aws.dynamodb.execute_statement(Statement="SELECT * FROM callbacks")
    with closing(reset):
        reset.request("POST", "/_ministack/reset")
        assert reset.getresponse().status == 403

    assert aws.dynamodb.list_tables()["TableNames"] == ["callbacks"]


def test_without_a_log_nothing_is_kept_and_everything_may_be_reset(tmp_path):
    with closing(Aws(tmp_path, log=False)) as aws:
        aws.dynamodb.create_table(**TABLE)
        aws.queue()
        with closing(HTTPConnection("127.0.0.1", aws.server.port)) as reset:
            reset.request("POST", "/_ministack/reset")
            assert reset.getresponse().status == 200
        assert aws.dynamodb.list_tables()["TableNames"] == []

    assert [path.name for path in tmp_path.iterdir()] == ["aws.stderr"]
