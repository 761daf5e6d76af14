"""The draft of a sheet in the console: edits are collected, reviewed, published or discarded."""

from dataclasses import replace

import pytest

from switchboard.calls.trunk import Trunk
from switchboard.staff.rights import ADMINISTRATOR
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.rate_pages import ENTERED, NOW, ROW, edit_form, rates, version

PAGE = "/admin/rates/retail"


@pytest.fixture
def console():
    return console_of()


def enter(console, prefix: str, rate: str) -> None:
    named = {"1": "USA", "33": "France"}.get(prefix, "United Kingdom")
    form = edit_form(console, prefix)
    console.go(console.fill(form, **{**ENTERED, "destination": named, "rate": rate}))


def test_edits_are_collected_in_a_draft_and_published_as_one_version(console):
    enter(console, "44", "0.03")
    enter(console, "33", "0.5")
    console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")
    console.fill(f"{PAGE}/prefix/1900/close")

    assert version(console) == "v1"
    assert "Draft: 4 changes · begun by jane" in readable(console.get(PAGE))
    review = readable(console.get(f"{PAGE}/draft"))
    for count in ("new 1", "closed 1", "increased 1", "decreased 1"):
        assert count in review
    response = console.fill(f"{PAGE}/draft")

    assert "retail was published." in readable(console.go(response))
    assert rates(console) == {"1": "0.03", "33": "0.5", "44": "0.03", "49": "0.02"}
    assert len(console.ports.sheets.versions("retail")) == 2
    assert console.ports.sheets.draft("retail") is None
    assert "Draft:" not in readable(console.get(PAGE))
    log = readable(console.get("/admin/audit?about=rate+sheet+retail"))
    assert "publish draft" in log
    assert f"version v1 → {version(console)}" in log
    assert "publish draft · jane" in readable(console.get(f"{PAGE}/versions"))


def test_a_prefix_is_shown_and_edited_as_the_draft_has_it(console):
    enter(console, "44", "0.03")

    page = console.get(f"{PAGE}/prefix/44").body.decode()
    form = console.get(edit_form(console, "44")).body.decode()

    assert "In the draft" in page
    assert page.index("0.03") < page.index("As it is published") < page.index("0.02")
    assert 'value="0.03"' in form
    enter(console, "44", "0.04")
    console.fill(f"{PAGE}/draft")
    assert rates(console)["44"] == "0.04"


def test_many_rates_are_changed_in_a_draft(console):
    enter(console, "33", "0.5")
    path, fields = f"{PAGE}/change-many", {"beginnings": "33", "percent": "10"}

    shown = console.fill(path, **fields)
    console.submit(shown.body.decode(), path, **fields)

    assert "0.50 0.55" in readable(shown)
    review = readable(console.get(f"{PAGE}/draft"))
    assert "Many rates changed +10% 33" in review
    console.fill(f"{PAGE}/draft")
    assert rates(console)["33"] == "0.55"


def test_an_edit_published_by_itself_leaves_the_draft_to_be_carried_over(console):
    enter(console, "44", "0.03")
    console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")
    console.fill(f"{PAGE}/prefix/44/block", **NOW)
    console.fill(f"{PAGE}/new-rate", **{**ROW, "prefix": "49", "rate": "0.9"})

    assert "Another version was published since" in readable(console.get(PAGE))
    assert rates(console)["44"] == "0.02"
    refused = console.fill(f"{PAGE}/prefix/33/block")
    assert "was made on an earlier version" in readable(refused)
    stale = console.fill(f"{PAGE}/draft")
    assert stale.status_code == 409
    asked = readable(console.get(f"{PAGE}/draft/carry-over"))
    assert "increased 1" in asked
    assert "What does not fit, and is left out" in asked
    assert "Prefix 49 stands in the sheet twice" in asked
    assert "1 prefix of the draft was changed by the other version, too." in asked
    assert "set it again: 44 " in asked
    console.go(console.fill(f"{PAGE}/draft/carry-over"))
    console.fill(f"{PAGE}/draft")

    assert rates(console)["44"] == "0.03"
    assert rates(console)["49"] == "0.9"
    assert "carry over" in readable(console.get("/admin/audit"))


def test_a_draft_none_of_whose_changes_fits_is_gone_when_it_is_carried_over(console):
    console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")
    console.fill(f"{PAGE}/new-rate", **ROW, prefix="49")

    assert "None of its changes fits" in readable(console.get(f"{PAGE}/draft/carry-over"))
    console.fill(f"{PAGE}/draft/carry-over")

    assert console.ports.sheets.draft("retail") is None


def test_a_draft_is_discarded(console):
    enter(console, "44", "0.03")

    response = console.fill(f"{PAGE}/draft/discard")

    assert "The draft is discarded." in readable(console.go(response))
    assert (console.ports.sheets.draft("retail"), version(console)) == (None, "v1")
    assert "discard draft of rate sheet retail" in readable(console.get("/admin/audit"))
    assert console.get(f"{PAGE}/draft").status_code == 404


def test_one_change_is_taken_out_of_a_draft_where_no_other_needs_it(console):
    console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")
    console.fill(f"{PAGE}/prefix/49/close")
    first, second = console.ports.sheets.draft("retail").changes

    needed = console.fill(f"{PAGE}/draft/{first.id}/take-out")
    console.fill(f"{PAGE}/draft/{second.id}/take-out")

    assert "The sheet has no rate for 49" in readable(needed)
    assert console.ports.sheets.draft("retail").changes == (first,)
    console.fill(f"{PAGE}/draft/{first.id}/take-out")
    assert console.ports.sheets.draft("retail") is None


def test_a_form_that_is_posted_twice_is_one_change(console):
    path = edit_form(console, "44")
    page = console.get(path).body.decode()

    for _ in range(2):
        console.submit(page, path, **{**ENTERED, "rate": "0.03"})

    assert len(console.ports.sheets.draft("retail").changes) == 1


def test_who_did_not_see_the_draft_of_now_is_told(console):
    path = edit_form(console, "44")
    page, reviewed = console.get(path).body.decode(), f"{PAGE}/draft"
    enter(console, "33", "0.5")
    review = console.get(reviewed).body.decode()

    told = console.submit(page, path, **{**ENTERED, "rate": "0.03"})
    assert "changed by somebody else in between" in readable(told)
    console.submit(told.body.decode(), path, **{**ENTERED, "rate": "0.03"})
    refused = console.submit(review, reviewed)

    assert "changed by somebody else in between" in readable(refused)
    assert len(console.ports.sheets.draft("retail").changes) == 2
    assert version(console) == "v1"


def test_a_draft_that_is_full_takes_no_more(console, monkeypatch):
    monkeypatch.setattr("switchboard.desk.rate_drafts.MOST_CHANGES", 1)
    enter(console, "44", "0.03")

    response = console.fill(f"{PAGE}/prefix/33/block")

    assert "The draft has no room for this" in readable(response)


def test_what_does_not_fit_the_draft_is_refused_as_it_is_entered(console):
    console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")

    response = console.fill(f"{PAGE}/new-rate", **ENTERED, prefix="49")

    assert "Prefix 49 stands in the sheet twice" in readable(response)
    assert len(console.ports.sheets.draft("retail").changes) == 1


def test_the_draft_of_what_a_trunk_costs_is_hidden_from_who_sees_no_costs(console):
    enter(console, "44", "0.03")
    console.ports.trunks.save(Trunk("london", "192.0.2.1", cost_sheet="retail"))
    jane = console.ports.staff.find("jane")
    console.ports.staff.add_role(replace(ADMINISTRATOR, name="blind", hides_costs=True))
    console.ports.staff.replace(jane, replace(jane, role="blind"))

    for below in ("", "/discard", "/carry-over"):
        assert console.get(f"{PAGE}/draft{below}").status_code == 404
