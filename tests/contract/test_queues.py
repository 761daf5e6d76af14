"""The queues: what is sent is received until it is deleted."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.aws.queues import MOST_RECEIPTS, SqsQueue
from switchboard.ports import Message, NoQueue


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


def test_it_tells_how_many_messages_wait(queue_ports):
    queue = queue_ports.queue
    for body in ("c1", "c2", "c3"):
        queue.send(body)
    queue.send("late", delay=timedelta(minutes=1))
    queue.receive(most=1)

    assert queue.depth() == 2


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


def test_a_worker_that_was_forgotten_too_early_finds_out_and_may_listen_anew(queue_ports):
    control = queue_ports.control
    inbox = control.queue_of("w1")
    inbox.create()
    control.forget("w1")

    with pytest.raises(NoQueue):
        inbox.receive(most=10)
    inbox.create()
    control.hang_up("w1", "c1")
    [message] = inbox.receive(most=10)

    assert message.body == "c1"


def test_nobody_listens_where_no_queue_was_made(queue_ports):
    with pytest.raises(NoQueue):
        queue_ports.control.queue_of("w1").receive(most=10)


def test_an_order_that_comes_too_often_is_dead_and_comes_no_more(queue_ports):
    queue = queue_ports.queue
    queue.send("poison")
    for _ in range(MOST_RECEIPTS):
        [message] = queue.receive(most=1)
        show_again(queue, message)
    queue.send("wholesome")

    [message] = queue.receive(most=10)

    assert message.body == "wholesome"
    with queue_ports.dead_orders.taken() as [dead]:
        assert dead.callback == "poison"


def test_a_dead_order_stays_until_it_is_removed(queue_ports):
    dead_orders = queue_ports.dead_orders
    for body in ("c1", "c2"):
        SqsQueue(dead_orders.name, dead_orders._sqs).send(body)

    counted = dead_orders.depth()
    with dead_orders.taken() as orders, dead_orders.taken() as hidden:
        dead_orders.remove(next(order for order in orders if order.callback == "c1"))
    with dead_orders.taken() as left:
        bodies = [order.callback for order in left]

    assert (counted, len(orders), hidden) == (2, 2, [])
    assert bodies == ["c2"]


def test_only_so_many_dead_orders_are_taken_where_that_is_asked(queue_ports):
    dead_orders = queue_ports.dead_orders
    for number in range(25):
        SqsQueue(dead_orders.name, dead_orders._sqs).send(f"c{number}")

    with dead_orders.taken(most=11) as some:
        pass
    with dead_orders.taken() as left:
        pass

    assert 11 <= len(some) <= 20
    assert len(left) == 25


def test_the_queues_may_be_made_again(queue_ports):
    queue_ports.dead_orders.create()
    queue_ports.queue.create(dead=queue_ports.dead_orders)
    queue_ports.queue.send("c1")

    assert [one.body for one in queue_ports.queue.receive(most=10)] == ["c1"]


def show_again(queue: SqsQueue, message: Message) -> None:
    """Its time to be deleted is over."""
    queue._sqs.change_message_visibility(
        QueueUrl=queue._address(), ReceiptHandle=message.receipt, VisibilityTimeout=0
    )
