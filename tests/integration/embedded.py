"""An embedded AWS with clients, for the tests that crash it and watch it serve."""

import json
import select
from contextlib import ExitStack
from http.client import HTTPConnection

import boto3
from botocore.config import Config

from ringback.embedded.process import start_embedded_aws

DEADLINE_S = 20
TABLE = {
    "TableName": "callbacks",
    "BillingMode": "PAY_PER_REQUEST",
    "KeySchema": [
        {"AttributeName": "account", "KeyType": "HASH"},
        {"AttributeName": "number", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "account", "AttributeType": "S"},
        {"AttributeName": "number", "AttributeType": "N"},
        {"AttributeName": "status", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by_status",
            "KeySchema": [
                {"AttributeName": "status", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
}


class Aws:
    """An embedded AWS with its clients, which can crash and come back, at another port."""

    def __init__(self, state, **options):
        self._state = state
        self._options = options
        self._clients = ExitStack()
        self.start()

    def start(self):
        self.server = start_embedded_aws(self._state, **self._options)
        self.dynamodb, self.sqs = self.client("dynamodb"), self.client("sqs")

    def client(self, service):
        environment = self.server.environment
        # A retry would hide which reply was lost.
        config = Config(retries={"total_max_attempts": 1}, read_timeout=DEADLINE_S)
        client = boto3.client(
            service,
            endpoint_url=environment["AWS_ENDPOINT_URL"],
            region_name=environment["AWS_DEFAULT_REGION"],
            aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
            config=config,
        )
        self._clients.callback(client.close)
        return client

    def crash(self):
        self.server.kill()
        self._clients.close()

    def crash_and_come_back(self):
        self.crash()
        self.start()

    def close(self):
        self.server.stop()
        self._clients.close()

    def items(self):
        return sorted(
            self.dynamodb.scan(TableName="callbacks")["Items"],
            key=lambda item: (item["account"]["S"], int(item["number"]["N"])),
        )

    def queue(self, name="callbacks", **attributes):
        return self.sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    def receive(self, queue, **options):
        reply = self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, **options)
        return reply.get("Messages", [])

    def bodies(self, queue):
        return [message["Body"] for message in self.receive(queue)]


class Wire:
    """One connection on which a request can be sent now and its reply be read later."""

    def __init__(self, aws):
        self._connection = HTTPConnection("127.0.0.1", aws.server.port, timeout=DEADLINE_S)
        self._connection.connect()

    def send(self, target, **request):
        headers = {
            "X-Amz-Target": target,
            "Content-Type": "application/x-amz-json-1.0",
            "Authorization": "AWS4-HMAC-SHA256 Credential=x/20261123/eu-central-1/aws/aws4_request",
        }
        self._connection.request("POST", "/", json.dumps(request), headers)

    def replied(self):
        readable, _, _ = select.select([self._connection.sock], [], [], 0)
        return bool(readable)

    def reply(self):
        return json.loads(self._connection.getresponse().read())

    def call(self, target, **request):
        self.send(target, **request)
        return self.reply()

    def close(self):
        self._connection.close()


def item(account, number, **attributes):
    return {"account": {"S": account}, "number": {"N": str(number)}, **attributes}
