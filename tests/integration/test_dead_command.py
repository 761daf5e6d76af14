"""`ringback dead`: dead orders are looked at, offered again, dropped, and outlive a crash."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest

from switchboard.aws.queues import MOST_RECEIPTS
from tests.integration.embedded import Aws
from tests.integration.shell import Shell

pytestmark = pytest.mark.integration

LONDON, NEW_YORK = "+442071234567", "+12125550100"


@pytest.fixture
def aws(tmp_path) -> Iterator[Aws]:
    with closing(Aws(tmp_path)) as aws:
        yield aws


def shell_of(aws: Aws, folder) -> Shell:
    return Shell({**os.environ, **aws.server.environment, "RINGBACK_PREFIX": "dead-"}, folder)


def orders(aws: Aws) -> str:
    return aws.sqs.get_queue_url(QueueName="dead-callbacks")["QueueUrl"]


def let_them_die(aws: Aws) -> None:
    """What waits comes to somebody again and again, who never serves it."""
    for _ in range(MOST_RECEIPTS + 1):
        aws.receive(orders(aws), VisibilityTimeout=0, WaitTimeSeconds=0)


def test_a_dead_order_outlives_a_crash_and_is_offered_again_once(aws, tmp_path):
    shell = shell_of(aws, tmp_path)
    assert shell.run("tables", "create").returncode == 0
    shell.import_sheet()
    shell.json("trunks", "add", "london", "127.0.0.1")
    shell.json("accounts", "add", "alice", "--sheet", "retail", "--balance", "5")
    placed = shell.json("callback", LONDON, NEW_YORK, "--account", "alice")["id"]
    aws.sqs.send_message(QueueUrl=orders(aws), MessageBody="who")
    let_them_die(aws)
    aws.crash_and_come_back()
    shell = shell_of(aws, tmp_path)

    listed = shell.json("dead", "list")
    shown = shell.json("dead", "show", placed)
    unasked = shell.run("dead", "replay")
    replayed = shell.json("dead", "replay", "--all")
    again = shell.run("dead", "replay", placed)
    left = shell.json("dead", "list")
    dropped = shell.json("dead", "drop", "who")

    found = {row["callback"]: (row["standing"], row["to"]) for row in listed}
    assert found == {placed: ("waits", NEW_YORK), "who": ("unknown", None)}
    assert (shown["account"], shown["status"]) == ("alice", "queued")
    assert (unasked.returncode, unasked.stderr) == (2, "name callbacks, or say --all\n")
    assert replayed == listed
    assert aws.bodies(orders(aws)) == [placed]
    assert again.returncode == 2
    assert again.stderr == f"no order of callback {placed} is dead\n"
    assert [row["callback"] for row in left] == ["who"] == [row["callback"] for row in dropped]
    assert shell.json("dead", "list") == []
