"""The queues: what is sent is received until it is deleted."""

from dataclasses import replace
from datetime import timedelta


def test_a_message_is_received_and_deleted_once(queue_ports):
    queue = queue_ports.queue
    queue.send("c1")

    [message] = queue.receive(most=10)
    queue.delete(message)
    queue.delete(message)
    queue.delete(replace(message, receipt="of another time"))
    queue.send("c2")

    assert message.body == "c1"
    assert [one.body for one in queue.receive(most=10)] == ["c2"]


def test_a_message_with_a_delay_is_not_there_before(queue_ports):
    queue = queue_ports.queue
    queue.send("late", delay=timedelta(milliseconds=1))
    queue.send("never in this test", delay=timedelta(days=2))
    queue.send("now")

    bodies = [message.body for _ in range(2) for message in queue.receive(most=1)]

    assert bodies == ["now", "late"]


def test_a_worker_that_is_gone_is_told_nothing(queue_ports):
    queue_ports.control.hang_up("w1", "c1")
    queue_ports.control.forget("w1")


def test_a_worker_is_told_what_to_hang_up_until_it_is_forgotten(queue_ports):
    control = queue_ports.control
    inbox = control.queue_of("w1")
    inbox.create()

    control.hang_up("w1", "c1")
    [message] = inbox.receive(most=10)
    control.forget("w1")
    control.hang_up("w1", "c2")

    assert message.body == "c1"
