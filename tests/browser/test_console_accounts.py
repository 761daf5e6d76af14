"""An account from its opening to its statement, as an operator keeps it in a real browser."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from switchboard.billing.account import AccountType
from switchboard.desk.callback_numbers import By, confirm_number
from switchboard.ledger.spend import ALL
from switchboard.numbering import PhoneNumber
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    sign_in,
    visiting,
)
from tests.browser.site import Site, serving
from tests.browser.test_console import sign_in_to_console
from tests.fakes.console import add_jane
from tests.fakes.world import ALICE, BOB, CAROL, open_alice

pytestmark = pytest.mark.integration
REFUSED = f"{LEFT_BEHIND}|status of 4[0-9]{{2}}"
OFFICE, MOBILE = PhoneNumber("+442079461234"), PhoneNumber("+447700900123")
PASSWORD = "through the looking glass"


@pytest.fixture
def site() -> Iterator[Site]:
    def prepare(wiring) -> None:
        open_alice(wiring.ports)
        add_jane(wiring.ports)

    with serving(prepare) as site:
        yield site


def follow(page: Page, name: str) -> None:
    page.locator(".page-wrapper").get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name, exact=True).click()


def expect_done(page: Page, said: str) -> None:
    expect(page.get_by_role("status")).to_have_text(said)
    expect_to_fit(page)


def expect_wrong(page: Page, field: Locator, why: str) -> None:
    """The field is the one to go on with, and says what is wrong with it."""
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(re.compile(why))
    expect_to_fit(page)
    expect_usable_by_all(page)


def open_account(page: Page) -> None:
    page.goto("/admin/accounts")
    follow(page, "New account")
    page.get_by_label("Id", exact=True).fill("hatter")
    page.get_by_label("Name", exact=True).fill("Hatter & March Hare Limited")
    page.get_by_label("Country").fill("GB")
    page.get_by_label("Time zone").fill("Europe/London")
    page.get_by_label("Phones", exact=True).fill("020 7946 1234\n12")
    page.get_by_label("Opening balance").fill("12.50")
    press(page, "Open")
    expect_wrong(page, page.get_by_label("Phones", exact=True), "“12” is not a phone number")
    expect(page.get_by_label("Opening balance")).to_have_value("12.50")
    page.get_by_label("Phones", exact=True).fill("020 7946 1234")
    press(page, "Open")
    expect_done(page, "hatter was opened.")


def set_terms(page: Page) -> None:
    follow(page, "Terms")
    page.get_by_label("Type").select_option("postpaid")
    page.get_by_label("Credit limit").fill("50")
    page.get_by_label("Daily limit", exact=True).fill("20")
    page.get_by_label("Daily limits of classes").fill("premium=lots")
    page.get_by_label("Forbidden prefixes").fill("+881")
    press(page, "Save")
    expect_wrong(page, page.get_by_label("Daily limits of classes"), "lots")
    page.get_by_label("Daily limits of classes").fill("premium=5")
    press(page, "Save")
    expect_done(page, "The account was changed.")


def give_access(page: Page) -> None:
    follow(page, "Access")
    page.get_by_label("Login", exact=True).fill("hatter")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("PIN", exact=True).fill("271828")
    press(page, "Save")
    expect_done(page, "The account was changed.")


def confirm_phone(page: Page, site: Site) -> None:
    """The operator reads the code out; the customer keys it in on the phone that rings."""
    follow(page, "Confirm a phone")
    page.get_by_label("Phone", exact=True).fill("07700 900123")
    press(page, "Ring it")
    expect(page.get_by_text("+447700900123 is being rung")).to_be_visible()
    expect_usable_by_all(page)
    code, key = page.locator("#code").inner_text(), site.wiring.settings.pin_key
    confirm_number(site.ports, key, MOBILE, code, by=By.CALL)
    page.get_by_role("link", name="hatter").click()
    expect(page.locator(".datagrid-content", has_text=str(MOBILE))).to_be_visible()


def fill_phone_book(page: Page) -> None:
    book = page.locator("section", has=page.get_by_role("heading", name="Phone book"))
    book.get_by_role("link", name="Edit").click()
    page.get_by_label("Add or change").fill("Alice=020 7123 4567\nDinah=+14155550100\n*1=dormouse")
    press(page, "Save")
    expect_wrong(page, page.get_by_label("Add or change"), "“dormouse” is not a phone number")
    page.get_by_label("Add or change").fill(f"Alice={ALICE}\nDinah={BOB}\n*1={CAROL}")
    press(page, "Save")
    expect_done(page, "The phone book was changed.")
    book.get_by_role("link", name="Edit").click()
    page.get_by_label(f"Dinah: {BOB}").check()
    press(page, "Save")
    expect(book).to_contain_text(f"Alice {ALICE}")
    expect(book).not_to_contain_text("Dinah")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_account_is_opened_kept_and_read(browser, site, size):
    with visiting(browser, site.url, viewport=size, tolerated=REFUSED) as page:
        sign_in_to_console(page)
        open_account(page)
        set_terms(page)
        give_access(page)
        confirm_phone(page, site)
        fill_phone_book(page)
        expect_usable_by_all(page)
        follow(page, "Statement with calls")
        expect(page.get_by_role("cell", name="12.50 EUR")).to_have_count(2)
        expect_to_fit(page)

    with visiting(browser, site.url, viewport=size) as page:
        sign_in(page, ("hatter", PASSWORD))
        expect(page.locator(".customer-name")).to_have_text("Hatter & March Hare Limited")

    account = site.ports.accounts.get("hatter")
    profile, balance = account.profile, account.balance
    assert (profile.type, profile.numbers) == (AccountType.POSTPAID, (OFFICE, MOBILE))
    assert profile.forbidden_prefixes == ("881",)
    assert balance.limits == {ALL: 20_000_000, "premium": 5_000_000}
    assert balance.credit_limit_micros == 50_000_000
    book = site.ports.phone_books.get("hatter")
    assert (book.names, book.speed_dials) == ({"Alice": ALICE}, {1: CAROL})
