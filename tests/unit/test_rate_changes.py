"""What is done to large sheets is done by jobs: kept as it was meant, and done once."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest

from switchboard.calls.trunk import Trunk
from switchboard.desk.office.rate_changes import do_deed
from switchboard.desk.office.rate_deeds import (
    ChangeTerms,
    DeriveSheet,
    EditRates,
    PublishAgain,
    PublishDraft,
    read_deed,
)
from switchboard.desk.rates import TermsChange, derive
from switchboard.errors import NotFound
from switchboard.rating.editing import Block, Close, Drop, Put, Reprice
from switchboard.rating.rounding import Rounding
from switchboard.rating.row import Charges, Day, RateRow, Window
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import AtBoundary, Derivation, SheetTerms
from switchboard.staff.jobs import JobState
from switchboard.staff.rights import ADMINISTRATOR
from switchboard.staff.users import Operator
from switchboard.wire.rate_edits import edit_body, read_edit
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.console_forms import TERMS
from tests.fakes.jobs import run_waiting
from tests.fakes.rate_pages import ENTERED, ROW, edit_form, publish, rates, version

NOW = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)
RICH = RateRow(
    "4477",
    1_234_000_000_001,
    "United Kingdom, =Größe",
    Charges(1, 2, 3, 4, 5, 6, 7, 8_500_000, -9, 10, 11, 12, 500_000),
    blocked=True,
    effective_from=NOW,
    effective_until=NOW + timedelta(days=1),
    window=Window(frozenset({Day.FRI, Day.HOLIDAY}), time(8, 30), time(19)),
    weight=-3,
    step_from_s=60,
)


@pytest.mark.parametrize(
    "edit",
    [
        Put(RICH, "place", NOW),
        Put(RateRow("1", 0)),
        Drop("44", "place"),
        Close("44"),
        Close("44", NOW),
        Block("44"),
        Block("44", blocked=False),
        Reprice(("44", "1"), NOW, 5_000_000, -7, 4, NOW + timedelta(days=3)),
        Reprice(("44",), NOW, addition_picos=1),
    ],
    ids=lambda edit: type(edit).__name__,
)
def test_an_edit_is_read_as_it_was_written(edit):
    assert read_edit(edit_body(edit)) == edit


@pytest.fixture
def console(monkeypatch):
    monkeypatch.setattr("switchboard.desk.office.rate_changes.MOST_AT_ONCE", 3)
    return console_of()


def change(console, percent: str = "10"):
    path, fields = "/admin/rates/retail/change-many", {"beginnings": "33", "percent": percent}
    shown = console.fill(path, **fields).body.decode()
    response = console.submit(shown, path, **fields, sure="yes", publish="now")
    return response.headers["Location"].rpartition("/")[2]


def rate(console) -> int:
    [row] = [row for row in console.ports.sheets.current("retail").rows if row.prefix == "33"]
    return row.rate_picos


def test_a_large_sheet_is_changed_by_a_job_and_once(console):
    job = change(console)
    assert rate(console) == 600_000_000_000

    run_waiting(console.ports)

    done = console.ports.jobs.find(job)
    assert (done.state, done.report.counts["increased"]) == (JobState.DONE, 1)
    assert rate(console) == 660_000_000_000
    assert "edit rate sheet retail" in readable(console.get("/admin/audit"))
    console.ports.jobs.kept[job] = replace(done, state=JobState.RUNNING, tries=1)
    console.ports.job_queue.send(job)
    run_waiting(console.ports)
    assert console.ports.jobs.find(job).state is JobState.DONE
    assert rate(console) == 660_000_000_000


def test_a_change_of_what_was_published_meanwhile_is_refused_by_its_job(console):
    job = change(console)
    other = RateSheet.of("retail", "v2", SheetTerms("EUR"), [RateRow("33", 5)])
    console.ports.sheets.publish(other)

    run_waiting(console.ports)

    assert "published by somebody else" in console.ports.jobs.find(job).failure
    assert rate(console) == 5


@pytest.mark.parametrize(
    "deed",
    [
        EditRates(Block("44")),
        PublishDraft("m1"),
        ChangeTerms(TermsChange(digits=2)),
        ChangeTerms(
            TermsChange(
                rounding=Rounding.DOWN,
                time_zone="Europe/Berlin",
                holidays=frozenset({date(2026, 12, 25)}),
                at_boundary=AtBoundary.SPLIT,
                all_defaults=Charges(increment_s=6),
            )
        ),
        DeriveSheet(Derivation("retail", 1_500_000, -7), TermsChange(customer_leg_percent=0)),
        PublishAgain("v1"),
    ],
    ids=lambda deed: type(deed).__name__,
)
def test_a_deed_is_read_as_it_was_written(deed):
    assert read_deed(json.loads(json.dumps({"sheet": "retail", **deed.body()}))) == deed


def do(console, path: str, **fields: str) -> str:
    """Posts a form that a job does, and has that done; gives what its page says."""
    response = console.fill(path, **fields)
    job = response.headers["Location"]
    assert job.startswith("/admin/jobs/"), readable(console.go(response))
    run_waiting(console.ports)
    return readable(console.get(job))


def test_terms_of_a_large_sheet_are_changed_by_a_job(console):
    wrong = console.fill("/admin/rates/retail/terms", **{**TERMS, "digits": "7"})
    said = do(console, "/admin/rates/retail/terms", **{**TERMS, "rounding": "down"})

    assert "rounded to 0 to 6 decimals" in readable(wrong)
    assert "done" in said
    assert console.ports.sheets.current("retail").terms.rounding is Rounding.DOWN


def test_a_large_sheet_is_derived_and_its_derivation_changed_by_jobs(console):
    fields = {"multiplier": "1.5", "addition": "0"}

    do(console, "/admin/rates/retail/derive", name="gold", customer_leg_percent="0", **fields)
    assert rates(console, "gold")["44"] == "0.03"
    circle = console.fill("/admin/rates/retail/derivation", base="gold", **fields)
    assert "would derive from itself" in readable(circle)
    do(console, "/admin/rates/gold/derivation", base="retail", multiplier="2", addition="0")

    assert rates(console, "gold")["44"] == "0.04"


def test_an_earlier_version_of_a_large_sheet_is_published_again_by_a_job(console):
    other = RateSheet.of("retail", "v2", SheetTerms("EUR"), [RateRow("33", 5)])
    console.ports.sheets.publish(other)

    said = do(console, "/admin/rates/retail/versions/v1/publish")

    assert "Prefixes of the sheet 4" in said
    assert version(console) == "v1"


def test_a_small_sheet_is_changed_by_a_job_where_large_ones_derive_from_it(monkeypatch):
    monkeypatch.setattr("switchboard.desk.office.rate_changes.MOST_AT_ONCE", 7)
    console = console_of()
    console.go(console.fill(edit_form(console, "33"), **ROW))
    derive(console.ports, "gold", Derivation("retail"), TermsChange())

    response = console.fill(edit_form(console, "33"), **ROW)

    assert response.headers["Location"].startswith("/admin/jobs/")


def test_a_draft_of_a_large_sheet_is_published_by_a_job_and_once(console):
    console.fill(edit_form(console, "33"), **{**ENTERED, "destination": "France", "rate": "0.7"})
    draft = console.ports.sheets.draft("retail")
    do(console, "/admin/rates/retail/draft")
    assert (rates(console)["33"], console.ports.sheets.draft("retail")) == ("0.7", None)
    published = version(console)

    [job] = [one for one in console.ports.jobs.kept.values() if one.kind == "rate-change"]
    # Its runner died before it could end the draft.
    console.ports.sheets.replace_draft("retail", None, draft)
    console.ports.jobs.kept[job.id] = replace(job, state=JobState.RUNNING, tries=1)
    console.ports.job_queue.send(job.id)
    run_waiting(console.ports)

    assert (version(console), console.ports.sheets.draft("retail")) == (published, None)


def test_sheets_that_derive_are_caught_up_where_the_runner_died_before_them(console):
    derive(console.ports, "gold", Derivation("retail", 2_000_000), TermsChange())
    behind = console.ports.sheets.current("gold")
    job = change(console)
    run_waiting(console.ports)
    console.ports.sheets.publish(behind)
    done = console.ports.jobs.find(job)
    console.ports.jobs.kept[job] = replace(done, state=JobState.RUNNING, tries=1)
    console.ports.job_queue.send(job)

    run_waiting(console.ports)

    assert rates(console, "gold")["33"] == "1.32"


def test_who_watches_a_job_is_taken_to_the_sheet_when_it_is_done(console):
    job = change(console)
    waiting = console.get(f"/admin/jobs/{job}/progress")
    run_waiting(console.ports)

    done = console.get(f"/admin/jobs/{job}/progress")

    assert "HX-Redirect" not in waiting.headers
    assert done.headers["HX-Redirect"] == "/admin/rates/retail"
    assert "The rate sheet was published." in readable(console.get("/admin/rates/retail"))


def test_more_rates_than_somebody_waits_for_are_not_changed_at_once(monkeypatch):
    monkeypatch.setattr("switchboard.rating.editing.MOST_REPRICED", 1)

    response = console_of().fill("/admin/rates/retail/change-many", beginnings="1", percent="1")

    assert "More than 1 rates begin so" in readable(response)


def test_whoever_sees_no_costs_derives_nothing_from_them_by_a_job(console):
    publish(console, "costs", *(RateRow(f"44{n}", n) for n in range(5)))
    console.ports.trunks.save(Trunk("london", "192.0.2.1", cost_sheet="costs"))
    blind = replace(ADMINISTRATOR, name="blind", hides_costs=True)
    by = Operator("joe", blind, "console", "")
    deed = DeriveSheet(Derivation("costs"), TermsChange())

    with pytest.raises(NotFound, match="there is no rate sheet costs"):
        do_deed(console.ports, by, "gold", deed, on=None, token="t")
