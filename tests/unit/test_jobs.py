"""Jobs under simulated time: run once, taken over, cancelled, refused."""

from dataclasses import replace
from datetime import timedelta

import pytest

import app
from chalicelib.wiring import Wiring
from runner import run
from switchboard.desk.jobs import MOST_TRIES, cancel_job, run_job, start_job
from switchboard.desk.office.rights import needs
from switchboard.desk.office.upkeep import start_sweep
from switchboard.desk.work import LEASE, PACE
from switchboard.errors import Conflict, Malformed
from switchboard.ports import Message
from switchboard.staff.jobs import ROWS_SHOWN, JobState, Report, Result
from switchboard.staff.rights import SUPPORT, Action, Area
from switchboard.tables.cells import BadRow
from tests.fakes.api import SETTINGS
from tests.fakes.clerks import clerk
from tests.fakes.jobs import TOOLS, run_waiting
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts


class Broken(Exception):
    """A bug, or a machine that fails."""


class Inbox:
    """Keeps the receipts of what was deleted from it."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def delete(self, message):
        self.deleted.append(message.receipt)


class Story:
    """A system with one kind of job, `count`, which says of itself what it did."""

    def __init__(self) -> None:
        self.ports = memory_ports()
        self.by = clerk(self.ports)
        self.runs = 0
        self.doing = lambda _work: Result({"rows": 3})

        @needs(Area.MONEY, Action.CHANGE)
        def count(_ports, _by, work):
            self.runs += 1
            return self.doing(work)

        self.kinds = {"count": count}

    def start(self, token="t1"):  # noqa: S107  the nonce of a form
        return start_job(self.ports, self.by, "count", {"to": 3}, token=token)

    def run(self, job):
        run_job(self.ports, self.kinds, TOOLS, job.id)

    def run_waiting(self):
        run_waiting(self.ports, self.kinds)

    def now(self, job):
        return self.ports.jobs.find(job.id)

    def pass_by(self, span):
        self.ports.clock.pass_by(span)


@pytest.fixture
def story():
    return Story()


def test_a_job_waits_runs_and_is_done(story):
    job = story.start()
    assert job.state is JobState.WAITING

    story.run(job)

    done = story.now(job)
    assert done.state is JobState.DONE
    assert done.report == Report({"rows": 3})
    assert (done.started_at, done.ended_at) == (story.ports.clock.at,) * 2
    assert done.lease_until is None


def test_a_form_that_is_posted_twice_makes_one_job(story):
    jobs = [story.start("same"), story.start("same"), story.start("other")]

    story.run_waiting()

    assert jobs[0] == jobs[1] != jobs[2]
    assert story.runs == 2


def test_a_job_that_is_delivered_twice_runs_once(story):
    job = story.start()

    def delivered_again(work):
        story.run(job)
        work.tell(1)
        return Result({"rows": 1})

    story.doing = delivered_again
    story.run(job)
    story.run(job)

    assert story.runs == 1
    assert story.now(job).state is JobState.DONE


def test_how_far_a_job_is_is_written_every_other_second(story):
    job, seen = story.start(), []

    def steadily(work):
        for number in range(9):
            work.tell(number, 9, "counting")
            seen.append(story.now(job).done)
            story.pass_by(PACE / 4)
        return Result()

    story.doing = steadily
    story.run(job)

    assert seen == [0, 0, 0, 0, 4, 4, 4, 4, 8]
    assert story.now(job).done == story.now(job).total == 9


def test_a_job_whose_runner_died_is_taken_over_after_its_lease(story):
    job = story.start()
    ports = story.ports
    kept = ports.jobs.find(job.id)
    dead = replace(kept, state=JobState.RUNNING, runner="dead", tries=1)
    ports.jobs.replace(kept, replace(dead, lease_until=ports.clock.now() + LEASE))
    story.doing = lambda _work: Result()

    story.run_waiting()
    assert story.runs == 0
    assert ports.job_queue.delays[-1] == LEASE
    story.pass_by(LEASE)
    story.run_waiting()

    assert story.runs == 1
    assert story.now(job).state is JobState.DONE


def test_a_runner_that_was_taken_for_dead_leaves_the_job_to_the_other(story):
    job = story.start()

    def too_slow(work):
        if story.runs == 1:
            story.pass_by(LEASE * 2)
            story.run(job)
            work.tell(1, 2)
        return Result({"rows": story.runs})

    story.doing = too_slow
    story.run(job)

    assert story.runs == 2
    assert story.now(job).report == Report({"rows": 2})


def test_a_fault_is_raised_and_the_job_tried_a_few_times(story):
    job = story.start()

    def broken(_work):
        raise Broken

    story.doing = broken
    for _ in range(MOST_TRIES):
        with pytest.raises(Broken):
            story.run(job)
        assert story.now(job).state is JobState.RUNNING
    story.run(job)

    assert story.runs == MOST_TRIES
    assert story.now(job).state is JobState.FAILED
    assert story.now(job).failure == "it broke off again and again: the log says why"


def test_a_refusal_is_the_failure_of_the_job_in_its_words(story):
    job = story.start()

    def refusing(_work):
        raise Malformed("the file has no accounts")

    story.doing = refusing
    story.run(job)

    assert story.now(job).state is JobState.FAILED
    assert story.now(job).failure == "the file has no accounts"
    assert story.runs == 1


def test_a_job_that_waits_is_cancelled_at_once(story):
    job = story.start()

    cancelled = cancel_job(story.ports, job)
    story.run_waiting()

    assert cancelled.state is JobState.CANCELLED
    assert story.runs == 0
    with pytest.raises(Conflict):
        cancel_job(story.ports, cancelled)


def test_a_job_that_runs_is_cancelled_where_it_tells_how_far_it_is(story):
    job = story.start()

    def cancelled(work):
        work.tell(1, 3, "counting")
        cancel_job(story.ports, story.now(job))
        story.pass_by(PACE)
        work.tell(2, 3)
        raise AssertionError

    story.doing = cancelled
    story.run(job)
    story.run_waiting()

    assert story.now(job).state is JobState.CANCELLED
    assert story.now(job).done == 1
    assert story.runs == 1


def test_what_is_done_before_it_is_cancelled_is_done(story):
    job = story.start()

    def cancelled_too_late(_work):
        cancel_job(story.ports, story.now(job))
        return Result({"rows": 3})

    story.doing = cancelled_too_late
    story.run(job)

    assert story.now(job).state is JobState.DONE


def test_a_job_is_done_with_the_rights_of_that_moment(story):
    job = story.start()
    user = story.ports.staff.find("jane")
    story.ports.staff.replace(user, replace(user, role=SUPPORT.name))

    story.run(job)

    assert story.now(job).failure == "your role “support” does not have the right money:change"
    assert story.runs == 0


def test_a_job_of_a_user_who_is_gone_fails(story):
    job = story.start()
    user = story.ports.staff.find("jane")
    story.ports.staff.replace(user, replace(user, active=False))

    story.run(job)

    assert story.now(job).failure == "the user jane may not do this any more"


def test_many_rows_that_were_not_taken_are_in_a_file(story):
    job = story.start()
    bad = [BadRow(line, "=HYPERLINK(1)") for line in range(1, ROWS_SHOWN + 2)]
    story.doing = lambda _work: Result({"rows": 0}, bad)

    story.run(job)

    done = story.now(job)
    assert done.report.rows == tuple(bad[:ROWS_SHOWN])
    assert done.report.bad == ROWS_SHOWN + 1
    [file] = done.files
    lines = story.ports.files.kept[file.key].decode().splitlines()
    assert file.size == len(story.ports.files.kept[file.key])
    assert lines[0] == "line,reason"
    assert lines[1] == "1,'=HYPERLINK(1)"
    assert len(lines) == ROWS_SHOWN + 2


def test_starting_a_job_is_logged(story):
    story.start()
    story.start()

    [entry] = story.ports.audit.page(about="job count", limit=9, cursor=None).items
    assert (entry.by, entry.deed) == ("jane", "start")
    assert [(change.what, change.became) for change in entry.changes] == [("to", "3")]


def test_a_job_is_forgotten_after_a_week(story):
    job = story.start()

    assert job.expires_at - job.asked_at == timedelta(days=7)


@pytest.fixture
def wired(monkeypatch, story):
    """The API, wired to the ports of the story."""
    wiring = Wiring(SETTINGS, story.ports, PlainPasswords(), MemoryTexts())
    monkeypatch.setattr(app, "wiring", lambda: wiring)


def test_the_lambda_of_jobs_runs_what_the_queue_hands_over(story, wired):
    job = start_sweep(story.ports, story.by, token="t1")

    app.run_jobs({"Records": [{"body": job.id, "receiptHandle": "r"}]}, None)

    assert story.now(job).state is JobState.DONE


def test_the_runner_hands_a_message_to_the_lambda_and_deletes_it(story, wired):
    job = start_sweep(story.ports, story.by, token="t1")
    inbox = Inbox()

    run(inbox, Message(job.id, "r"))

    assert story.now(job).state is JobState.DONE
    assert inbox.deleted == ["r"]
