"""The console in a real browser: an operator signs in, finds an account and tops it up."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from switchboard.ports import Ports
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    visiting,
)
from tests.browser.site import Site, serving
from tests.fakes.console import PASSWORD, add_jane
from tests.fakes.traced import leave_trace
from tests.fakes.world import open_alice

pytestmark = pytest.mark.integration
TRACED = f"{7:032x}"
CONSOLE_PAGES = {
    "overview": "/admin",
    "live": "/admin/live",
    "traces": "/admin/trace",
    "trace": f"/admin/trace/{TRACED}",
    "new-trace": "/admin/new-trace",
    "accounts": "/admin/accounts",
    "account": "/admin/accounts/alice",
    "account-edit": "/admin/accounts/alice/edit",
    "trunks": "/admin/trunks",
    "trunk": "/admin/trunks/carrier",
    "trunk-link": "/admin/trunks/carrier/link",
    "numbers": "/admin/numbers",
    "number": "/admin/numbers/442079460000",
    "batches": "/admin/batches",
    "new-batch": "/admin/new-batch",
    "users": "/admin/users",
    "role": "/admin/roles/support",
    "audit": "/admin/audit",
    "me": "/admin/me",
    "second-factor": "/admin/me/second-factor",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(_prepare) as site:
        yield site


@pytest.fixture
def url(site) -> str:
    return site.url


@pytest.fixture
def ports(site) -> Ports:
    return site.ports


def _prepare(wiring) -> None:
    open_alice(wiring.ports)
    add_jane(wiring.ports)
    leave_trace(wiring.ports, TRACED)


def sign_in_to_console(page: Page) -> None:
    page.goto("/admin")
    page.get_by_label("Login").fill("jane")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")


def top_up(page: Page) -> None:
    page.get_by_label("Find an account").fill("ali")
    page.get_by_label("Find an account").press("Enter")
    page.get_by_role("link", name="alice").click()
    page.get_by_role("link", name="Top up").click()
    page.get_by_label("Amount").fill("2,50")
    page.get_by_label("Note").fill("cash")
    page.get_by_role("button", name="Top up").click()
    expect(page.get_by_text("is not an amount")).to_be_visible()
    expect(page.get_by_label("Note")).to_have_value("cash")
    page.get_by_label("Amount").fill("2.50")
    page.get_by_role("button", name="Top up").click()
    expect(page.get_by_role("status")).to_have_text("2.50 EUR was credited.")


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_operator_finds_an_account_and_tops_it_up(browser, url, ports, size, scripts):
    tolerated = f"{LEFT_BEHIND}|status of 4[0-9]{{2}}"
    options = {"viewport": size, "java_script_enabled": scripts}
    with visiting(browser, url, tolerated=tolerated, **options) as page:
        sign_in_to_console(page)
        top_up(page)

    assert ports.accounts.get("alice").balance.posted_micros == 7_500_000


def test_an_account_is_blocked_by_keys_alone(browser, url, ports):
    with visiting(browser, url) as page:
        sign_in_to_console(page)
        page.goto("/admin/accounts/alice")
        page.get_by_role("link", name="Block").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Block this account")
        page.get_by_role("link", name="Cancel").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("alice is blocked.")

    assert not ports.accounts.get("alice").balance.active


def test_the_menu_opens_on_a_phone(browser, url):
    with visiting(browser, url, viewport=PHONE) as page:
        sign_in_to_console(page)
        link = page.get_by_role("link", name="Audit log").first
        expect(page.get_by_role("link", name="Users")).to_be_hidden()
        page.locator(".menu-button").click()
        expect(page.get_by_role("link", name="Users")).to_be_visible()

        link.click()

        expect(page.get_by_role("heading", level=1)).to_have_text("Audit log")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_a_phone_and_takes_the_colours_of_the_system(browser, url, scheme):
    with visiting(browser, url, viewport=PHONE, color_scheme=scheme) as page:
        sign_in_to_console(page)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        for path in CONSOLE_PAGES.values():
            page.goto(path)
            expect_to_fit(page)
            expect_usable_by_all(page)
