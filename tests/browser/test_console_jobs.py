"""Jobs in a real browser, with the files in an embedded S3: an export that goes on while its page
is left, and an import with rows that are not taken."""

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser.browsing import DESKTOP, PHONE, expect_to_fit, expect_usable_by_all, visiting
from tests.browser.office import choose_file, download
from tests.browser.test_console import sign_in_to_console

pytestmark = pytest.mark.integration

ACCOUNTS = """Customer id,Full name,Funds,Mobile
bob,Bob,5.00,+442079460001
carol,Carol,much,+442079460002
,Nobody,1,+442079460003
dave,Dave,1,+442079460004
"""


def test_an_export_goes_on_while_its_page_is_left(browser, office, tmp_path):
    with visiting(browser, office.url, office.store, viewport=DESKTOP) as page:
        sign_in_to_console(page)
        page.goto("/admin/accounts/alice/calls")
        page.get_by_role("link", name="Export").click()
        expect(page.get_by_label("Account")).to_have_value("alice")
        page.get_by_role("button", name="Export").click()
        expect(page.locator("#job-progress")).to_contain_text("waiting")
        expect_usable_by_all(page)
        job = page.url

        page.goto("/admin/accounts")
        office.run(job)
        page.get_by_role("link", name="Jobs").click()
        page.get_by_role("link", name="Export of calls").click()

        expect(page.locator("#job-progress")).to_contain_text("done")
        file = download(page, tmp_path)
        expect_usable_by_all(page)
    assert file.name == "calls-alice.xlsx"
    [header] = CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()
    assert header[:4] == ["requested_at", "ended_at", "callback", "account"]


def test_accounts_are_imported_and_two_bad_rows_reported(browser, office):
    with visiting(browser, office.url, office.store, viewport=DESKTOP) as page:
        sign_in_to_console(page)
        page.goto("/admin/accounts")
        choose_file(page, "customers.csv", ACCOUNTS.encode())
        expect_usable_by_all(page)
        page.get_by_role("button", name="Upload").click()
        expect(page.get_by_label("Funds")).to_have_value("balance")
        page.get_by_label("Rate sheet of rows that name none").select_option("retail")
        expect_usable_by_all(page)
        page.get_by_role("button", name="Check the file").click()

        office.run_shown(page)
        rows = page.get_by_role("row")
        expect(rows).to_have_count(3)
        expect(rows.nth(1)).to_contain_text("3Balance: “much” is not an amount")
        expect(rows.nth(2)).to_contain_text("4There is no account.")
        page.get_by_role("link", name="Import", exact=True).click()
        expect(page.locator("form")).to_contain_text(["Accounts that are opened: 2."])
        page.get_by_role("button", name="Import").click()
        office.run_shown(page)
        expect(page.locator(".datagrid")).to_contain_text("Rows not taken")

    assert str(office.ports.accounts.get("dave").balance.posted) == "1.00 EUR"


def test_a_job_is_cancelled_on_a_phone(browser, office):
    with visiting(browser, office.url, viewport=PHONE) as page:
        sign_in_to_console(page)
        page.goto("/admin/export-accounts")
        page.get_by_role("button", name="Export").click()
        expect_to_fit(page)
        page.get_by_role("link", name="Cancel the job").click()
        page.get_by_role("button", name="Cancel the job").click()

        expect(page.locator("#job-progress")).to_contain_text("cancelled")
        expect(page.get_by_role("status")).to_have_text("The job is being cancelled.")
