"""Rate sheets in a real browser: a seller's deck mapped, looked at and published, a rate edited, an
earlier version published again, two sheets compared, and a file that is imported as it was."""

import re

import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    visiting,
)
from tests.browser.office import Office, download, upload
from tests.browser.test_console import sign_in_to_console

pytestmark = pytest.mark.integration

# As sellers write them: a title above, decimal commas, ranges of codes, one price for all calls.
PLACES = (("Afghanistan", "93", "0,1175"), ("Afghanistan Mobile", "937", "0,2175"))
DECK = "\r\n".join(
    [
        "ACME Telecom;;;;",
        "Zielland;Vorwahl;Neuer Preis;Takt;Hinweis",
        *(f"{name};{code};{price};60/60;" for name, code, price in PLACES),
        "United Kingdom;44;0,03;1/1;up",
        "UK Mobile;4477-4479, 4475;0,05;1/1;",
        "USA & Canada;1;0,02;30/6;down",
    ]
)
BOTH = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


def rates_of(office: Office) -> dict[str, int]:
    """The rates of retail as they are published, in millionths."""
    found = office.ports.sheets.current("retail", fresh=True)
    return {row.prefix: row.rate_picos // 10**6 for row in found.rows}


def expect_counts(page: Page, *counts: str) -> None:
    facts = page.locator(".datagrid").first
    for count in counts:
        expect(facts).to_contain_text(re.compile(count.replace(" ", r"\s*")))


def check(page: Page) -> None:
    expect_to_fit(page)
    expect_usable_by_all(page)


@BOTH
def test_a_sellers_deck_is_mapped_looked_at_and_published(browser, office, size):
    with visiting(browser, office.url, office.store, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/rates")
        page.get_by_role("link", name="retail").click()
        check(page)
        upload(page, "acme.csv", DECK.encode())
        expect(page.get_by_label("Vorwahl")).to_have_value("prefix")
        page.get_by_label("Zielland").select_option("destination")
        page.get_by_label("Neuer Preis").select_option("rate")
        page.get_by_label("Takt").select_option("billing")
        page.get_by_label("Hinweis").select_option("")
        page.get_by_label("What file this is").fill("acme, May")
        check(page)
        page.get_by_role("button", name="Show what changes").click()
        office.run_shown(page)
        check(page)
        page.get_by_role("link", name="Look at the changes").click()

        expect_counts(page, "new 6", "closed 2", "increased 1", "decreased 1")
        expect(page.get_by_role("row").filter(has_text="United Kingdom")).to_contain_text("0.03")
        check(page)
        assert rates_of(office)["44"] == 20_000
        page.get_by_role("button", name="Publish").click()
        office.run_shown(page)
        page.get_by_role("link", name="To the rate sheet").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("retail")

    rates = rates_of(office)
    assert (len(rates), rates["44"], rates["4478"], rates["937"]) == (8, 30_000, 50_000, 217_500)
    entry = office.ports.audit.page(about="rate sheet retail", limit=1, cursor=None).items[0]
    assert (entry.deed, entry.by) == ("import", "jane")
    assert "acme, May" in {change.became for change in entry.changes}


@BOTH
def test_a_rate_is_edited_and_the_earlier_version_published_again(browser, office, size):
    tolerated = f"{LEFT_BEHIND}|status of 422"
    with visiting(browser, office.url, tolerated=tolerated, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/rates/retail")
        page.get_by_role("searchbox").fill("united")
        page.get_by_role("searchbox").press("Enter")
        page.get_by_role("link", name="44", exact=True).click()
        check(page)
        page.get_by_role("link", name="Change", exact=True).click()
        page.get_by_label("A minute").fill("0,04")
        page.get_by_role("button", name="Publish now").click()
        expect(page.locator("#field-rate-hint")).to_contain_text("is not an amount")
        page.get_by_label("A minute").fill("0.04")
        check(page)
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_have_text("retail was published.")
        assert rates_of(office)["44"] == 40_000

        page.goto("/admin/rates/retail")
        page.get_by_role("link", name="Versions").click()
        row = page.get_by_role("row").filter(has_text="edit · jane")
        expect(row).to_contain_text("published")
        check(page)
        page.get_by_role("link", name="Publish again").click()
        expect_counts(page, "decreased 1")
        check(page)
        page.get_by_role("button", name="Publish").click()
        expect(page.get_by_role("status")).to_have_text("retail was published.")

    assert rates_of(office)["44"] == 20_000
    assert office.ports.sheets.current("retail", fresh=True).version == "v1"


def test_many_rates_are_changed_by_keys_alone_and_without_scripts(browser, office):
    options = {"viewport": DESKTOP, "java_script_enabled": False}
    with visiting(browser, office.url, office.store, **options) as page:
        sign_in_to_console(page)
        page.goto("/admin/rates/retail/change-many")
        page.keyboard.type("44")
        page.keyboard.press("Tab")
        page.keyboard.type("50")
        page.keyboard.press("Enter")
        expect(page.get_by_role("row").filter(has_text="44")).to_contain_text("increased")
        page.get_by_role("button", name="Change it").click()
        expect(page.get_by_label("Percent")).to_have_value("50")
        page.get_by_role("button", name="Show what changes").click()
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("status")).to_have_text("retail was published.")

    assert rates_of(office)["44"] == 30_000


@BOTH
def test_two_sheets_are_compared_and_a_file_is_imported_as_it_was(browser, office, size, tmp_path):
    rows = [RateRow("44", 3 * 10**10, "=1+1"), RateRow("7", 10**9, "<b>Russia</b>")]
    office.ports.sheets.publish(RateSheet.of("gold", "v1", SheetTerms("EUR"), rows))
    with visiting(browser, office.url, office.store, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/rates")
        page.get_by_role("link", name="Compare").click()
        page.get_by_label("From").select_option("retail")
        page.get_by_label("To", exact=True).select_option("gold")
        page.get_by_role("button", name="Compare").click()
        expect_counts(page, "closed 3", "increased 1")
        expect(page.get_by_role("row").filter(has_text="increased")).to_contain_text("=1+1")
        expect(page.get_by_text("<b>Russia</b>")).to_be_visible()
        check(page)

        page.goto("/admin/rates/gold")
        page.get_by_role("link", name="Export").click()
        page.get_by_role("button", name="Write the file").click()
        office.run_shown(page)
        file = download(page, tmp_path)
        header, *written = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
        assert header[:3] == ["prefix", "destination", "rate"]
        assert [row[:3] for row in written] == [
            ["44", "=1+1", 0.03],
            ["7", "<b>Russia</b>", 0.001],
        ]

        page.goto("/admin/rates/gold")
        upload(page, "gold.xlsx", file.read_bytes())
        page.get_by_role("button", name="Show what changes").click()
        office.run_shown(page)
        page.get_by_role("link", name="Look at the changes").click()
        expect_counts(page, "unchanged 2", "altered 0", "new 0")


@BOTH
def test_edits_are_collected_in_a_draft_reviewed_and_published_by_a_job(
    browser, office, size, monkeypatch
):
    monkeypatch.setattr("switchboard.desk.office.rate_changes.MOST_AT_ONCE", 3)
    with visiting(browser, office.url, office.store, viewport=size) as page:
        sign_in_to_console(page)
        for prefix, price in (("44", "0.04"), ("33", "0.5")):
            page.goto(f"/admin/rates/retail/prefix/{prefix}")
            page.get_by_role("link", name="Change", exact=True).click()
            page.get_by_label("A minute").fill(price)
            check(page)
            page.get_by_label("A minute").press("Enter")
            expect(page.get_by_role("status")).to_contain_text("It is in the draft")
            check(page)
        expect(page.get_by_role("heading", name="In the draft")).to_be_visible()
        assert rates_of(office)["44"] == 20_000
        page.goto("/admin/rates/retail")
        expect(page.get_by_role("note")).to_contain_text("Draft: 2 changes")
        check(page)
        page.get_by_role("link", name="Review and publish").click()
        expect(page.get_by_role("row").filter(has_text="increased")).to_contain_text("0.04")
        expect(page.get_by_role("row").filter(has_text="decreased")).to_contain_text("0.50")
        check(page)
        page.get_by_role("button", name="Publish the draft").click()
        expect(page.locator("#job-progress")).to_contain_text("waiting")
        office.run(page.url)
        expect(page.get_by_role("heading", level=1)).to_have_text("retail")
        expect(page.get_by_role("status")).to_have_text("The rate sheet was published.")

    rates = rates_of(office)
    assert (rates["44"], rates["33"]) == (40_000, 500_000)
    assert office.ports.sheets.draft("retail") is None


@BOTH
def test_a_draft_is_carried_over_to_what_was_published_meanwhile(browser, office, size):
    with visiting(browser, office.url, office.store, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/rates/retail/prefix/44/block")
        page.get_by_role("button", name="Put into the draft").click()
        page.goto("/admin/rates/retail/new-rate?prefix=49")
        page.get_by_label("A minute").fill("0.1")
        page.get_by_role("button", name="Put into the draft").click()
        page.goto("/admin/rates/retail/new-rate?prefix=49")
        page.get_by_label("A minute").fill("0.2")
        page.get_by_label("Name").fill("Germany")
        page.get_by_role("button", name="Publish now").click()
        expect(page.get_by_role("note")).to_contain_text("Another version was published since")
        check(page)
        page.get_by_role("link", name="Review and publish").click()
        expect(page.get_by_role("button", name="Publish the draft")).to_have_count(0)
        check(page)
        page.get_by_role("link", name="Carry over").click()
        expect(page.get_by_role("row").filter(has_text="49")).to_contain_text("stands in the sheet")
        check(page)
        page.get_by_role("button", name="Carry over").click()
        page.get_by_role("link", name="Take out").click()
        check(page)
        page.get_by_role("button", name="Take out").click()
        expect(page.get_by_role("status")).to_have_text("The change is out of the draft.")

    assert rates_of(office)["49"] == 200_000
    assert office.ports.sheets.draft("retail") is None
