"""Jobs and their files: the same rules over every engine."""

import io
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from switchboard.errors import Malformed, NotFound
from switchboard.staff.jobs import Job, JobFile, JobState, Report
from switchboard.tables.cells import BadRow
from tests.fakes.world import NOON

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


def a_job(number: int = 1, **changes) -> Job:
    asked = Job(f"{number:032x}", "cdr-export", {}, "jane", "192.0.2.1", NOON)
    return replace(asked, asked_at=NOON + timedelta(minutes=number), **changes)


def test_a_job_is_added_once_and_found_as_it_was(ports):
    file = JobFile("calls.xlsx", "results/1/calls.xlsx", 12, NOON, secret=True)
    report = Report({"calls": 3}, (BadRow(2, "no number"),), 1)
    job = a_job(files=(file,), report=report, lease_until=NOON, state=JobState.RUNNING, total=3)

    assert ports.jobs.add(job)

    assert ports.jobs.add(job)
    assert not ports.jobs.add(replace(job, kind="another"))
    assert ports.jobs.find(job.id) == job
    assert ports.jobs.find("f" * 32) is None
    assert ports.jobs.find("") is None


def test_a_job_is_replaced_only_where_it_is_still_the_old_one(ports):
    job = a_job()
    ports.jobs.add(job)
    first, second = replace(job, runner="a"), replace(job, runner="b")

    assert ports.jobs.replace(job, first)

    assert ports.jobs.replace(job, first)
    assert not ports.jobs.replace(job, second)
    assert ports.jobs.find(job.id) == first


def test_jobs_are_listed_newest_first_of_one_or_of_all(ports):
    jobs = [a_job(number, by="jane" if number % 2 else "joe") for number in range(1, 6)]
    for job in jobs:
        ports.jobs.add(job)

    first = ports.jobs.page(limit=3, cursor=None)
    rest = ports.jobs.page(limit=3, cursor=first.cursor)
    janes = ports.jobs.page(by="jane", limit=3, cursor=None)

    assert [*first.items, *rest.items] == jobs[::-1]
    assert rest.cursor is None
    assert list(janes.items) == jobs[::2][::-1]
    with pytest.raises(Malformed, match="cursor"):
        ports.jobs.page(limit=3, cursor="what?")


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(arguments=st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_any_arguments_survive_the_store(ports, arguments):
    job = a_job(arguments=arguments)
    found = ports.jobs.find(job.id)

    assert ports.jobs.add(job) if found is None else ports.jobs.replace(found, job)

    assert ports.jobs.find(job.id) == job


def test_a_file_is_kept_until_it_is_deleted(ports):
    assert ports.files.put("results/1/a.txt", io.BytesIO(b"hello"), "text/plain") == 5

    with ports.files.open("results/1/a.txt") as file:
        assert file.read() == b"hello"
    assert ports.files.size("results/1/a.txt") == 5
    ports.files.delete("results/1/a.txt")
    ports.files.delete("results/1/a.txt")
    assert ports.files.size("results/1/a.txt") is None
    with pytest.raises(NotFound), ports.files.open("results/1/a.txt"):
        pass


@pytest.mark.integration
def test_a_browser_gets_a_file_by_its_link_and_saves_it_under_its_name(embedded_ports):
    embedded_ports.files.put("results/1/a.txt", io.BytesIO(b"hello"), "text/plain")

    answer = httpx.get(embedded_ports.files.link("results/1/a.txt", "calls of june.txt"))

    assert answer.content == b"hello"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="calls of june.txt"'


@pytest.mark.integration
def test_a_browser_uploads_a_file_and_is_sent_on(embedded_ports):
    files = embedded_ports.files
    form = files.upload_form("uploads/jane/1", most_bytes=10, then="http://127.0.0.1/next?a=1")

    answer = httpx.post(form.url, data=form.fields, files={"file": ("x.csv", b"0123456789")})

    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("http://127.0.0.1/next?a=1&")
    assert files.size("uploads/jane/1") == 10


@pytest.mark.integration
def test_an_upload_that_is_too_large_or_for_another_key_is_refused(embedded_ports):
    files = embedded_ports.files
    form = files.upload_form("uploads/jane/2", most_bytes=10, then="http://127.0.0.1/")

    large = httpx.post(form.url, data=form.fields, files={"file": ("x.csv", b"0123456789!")})
    elsewhere = {**form.fields, "key": "uploads/joe/1"}
    others = httpx.post(form.url, data=elsewhere, files={"file": ("x.csv", b"0")})

    assert large.status_code == 400
    assert others.status_code == 403
    assert files.size("uploads/jane/2") is None
    assert files.size("uploads/joe/1") is None
