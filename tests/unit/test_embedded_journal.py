"""Holds the journal to group commit: one write for all who wait, in the order of their changes."""

import asyncio
import threading

from ringback.embedded.journal import Journal
from ringback.embedded.log import Change

DEADLINE_S = 5


class SlowDisk:
    """Keeps what it is given, but not before it may."""

    def __init__(self):
        self.asked = threading.Event()
        self.may_write = threading.Event()
        self.writes = []

    def append(self, changes):
        self.asked.set()
        assert self.may_write.wait(DEADLINE_S)
        self.writes.append([bytes(change) for change in changes])


def change(number):
    return Change(("table", "accounts"), (str(number),), {"N": number})


def encoded(*numbers):
    return [change(number).encode() for number in numbers]


async def while_the_first_is_being_written(disk, journal):
    """Notes change 0 and gives back the waiter once the disk is at work on it."""
    journal.note(change(0))
    first = asyncio.create_task(journal.settled())
    assert await asyncio.to_thread(disk.asked.wait, DEADLINE_S)
    return first


def test_changes_that_come_during_a_write_share_the_next_one():
    async def scenario():
        disk = SlowDisk()
        journal = Journal(disk)
        waiting = [await while_the_first_is_being_written(disk, journal)]
        for number in (1, 2, 3):
            journal.note(change(number))
            waiting.append(asyncio.create_task(journal.settled()))
        disk.may_write.set()
        await asyncio.gather(*waiting)
        await journal.close()
        return disk.writes

    assert asyncio.run(scenario()) == [encoded(0), encoded(1, 2, 3)]


def test_nobody_is_told_before_the_write_has_ended():
    async def scenario():
        disk = SlowDisk()
        journal = Journal(disk)
        first = await while_the_first_is_being_written(disk, journal)
        reader = asyncio.create_task(journal.settled())
        told_too_early, _ = await asyncio.wait({first, reader}, timeout=0)
        disk.may_write.set()
        await asyncio.gather(first, reader)
        await journal.close()
        return told_too_early

    assert asyncio.run(scenario()) == set()


def test_a_client_that_gives_up_does_not_stop_the_write_of_the_others():
    async def scenario():
        disk = SlowDisk()
        journal = Journal(disk)
        first = await while_the_first_is_being_written(disk, journal)
        first.cancel()
        journal.note(change(1))
        other = asyncio.create_task(journal.settled())
        disk.may_write.set()
        await other
        await journal.close()
        return disk.writes

    assert asyncio.run(scenario()) == [encoded(0), encoded(1)]


def test_a_change_is_kept_as_it_was_when_it_was_noted():
    async def scenario():
        disk = SlowDisk()
        disk.may_write.set()
        journal = Journal(disk)
        message = {"receive_count": 0}
        journal.note(Change(("queue", "callbacks"), ("id",), message))
        message["receive_count"] = 1
        await journal.close()
        return disk.writes

    kept = Change(("queue", "callbacks"), ("id",), {"receive_count": 0})
    assert asyncio.run(scenario()) == [[kept.encode()]]
