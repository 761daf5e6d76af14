"""Holds the embedded AWS to how it serves: long polls wake at once, and it ends in good order."""

import os
import select
import signal
import subprocess
import sys
from contextlib import ExitStack, closing

import pytest

from tests.integration.embedded import DEADLINE_S, TABLE, Aws, Wire, item

pytestmark = pytest.mark.integration


@pytest.fixture
def aws(tmp_path):
    with closing(Aws(tmp_path)) as aws:
        yield aws


@pytest.fixture
def wires(aws):
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(Wire(aws)))


def test_a_long_poll_is_answered_before_the_next_request_is(aws, wires):
    queue = aws.queue()
    polling, sending = wires(), wires()

    for number in range(10):
        polling.send("AmazonSQS.ReceiveMessage", QueueUrl=queue, WaitTimeSeconds=20)
        sending.call("AmazonSQS.ListQueues")
        assert not polling.replied()
        sending.call("AmazonSQS.SendMessage", QueueUrl=queue, MessageBody=str(number))
        sending.call("AmazonSQS.ListQueues")
        assert polling.replied()
        [message] = polling.reply()["Messages"]
        assert message["Body"] == str(number)


def test_many_long_polls_hold_up_nobody(aws, wires):
    aws.dynamodb.create_table(**TABLE)
    queue = aws.queue()
    polls = [wires() for _ in range(20)]
    for poll in polls:
        poll.send("AmazonSQS.ReceiveMessage", QueueUrl=queue, WaitTimeSeconds=20)

    aws.dynamodb.put_item(TableName="callbacks", Item=item("ann", 1))

    assert not any(poll.replied() for poll in polls)


def test_a_poll_whose_client_has_gone_takes_no_message(aws, wires):
    queue = aws.queue()
    gone, other = wires(), wires()
    gone.send("AmazonSQS.ReceiveMessage", QueueUrl=queue, WaitTimeSeconds=20)
    other.call("AmazonSQS.ListQueues")
    gone.close()
    other.call("AmazonSQS.ListQueues")
    other.call("AmazonSQS.ListQueues")

    aws.sqs.send_message(QueueUrl=queue, MessageBody="for the living")

    assert aws.bodies(queue) == ["for the living"]


def test_it_ends_when_asked_and_answers_the_polls_that_wait(aws, wires):
    queue = aws.queue()
    polling, other = wires(), wires()
    polling.send("AmazonSQS.ReceiveMessage", QueueUrl=queue, WaitTimeSeconds=20)
    other.call("AmazonSQS.ListQueues")

    aws.server.process.send_signal(signal.SIGTERM)

    assert polling.reply() == {}
    assert aws.server.process.wait(2) == 0


def test_it_dies_with_the_process_that_started_it(tmp_path):
    program = (
        "import pathlib, sys, threading\n"
        "from ringback.embedded.process import start_embedded_aws\n"
        "print(start_embedded_aws(pathlib.Path(sys.argv[1])).process.pid, flush=True)\n"
        "threading.Event().wait()\n"
    )
    command = [sys.executable, "-c", program, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        child = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()

    ended, _, _ = select.select([child], [], [], DEADLINE_S)

    os.close(child)
    assert ended == [child]
