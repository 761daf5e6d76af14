"""The console in a real browser: an operator signs in, finds an account and tops it up."""

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from switchboard.desk.rate_edits import publish_edit
from switchboard.desk.rates import TermsChange, derive
from switchboard.ports import Ports
from switchboard.rating.editing import Block, Close, Put, Reprice
from switchboard.rating.row import RateRow
from switchboard.rating.terms import Derivation
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    visiting,
)
from tests.browser.console_pages import DECK, PREVIEW, furnish_pages, other_pages
from tests.browser.site import Site, serving
from tests.fakes.clerks import CHECKED, PINS, RUNNING, UPLOAD
from tests.fakes.console import PASSWORD, add_jane
from tests.fakes.doors import DEAD, PLAN, WATCHED
from tests.fakes.furnished import offer_travel
from tests.fakes.previews import SELLERS, leave_preview
from tests.fakes.rate_pages import leave_draft
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
    "account-new": "/admin/new-account",
    "statement": "/admin/accounts/alice/statement",
    "account-phone-book": "/admin/accounts/alice/phone-book",
    "confirm-phone": "/admin/accounts/alice/confirm-phone",
    "account-edit": "/admin/accounts/alice/edit",
    "account-terms": "/admin/accounts/alice/terms",
    "account-access": "/admin/accounts/alice/access",
    "subscribe": "/admin/accounts/alice/subscribe",
    "account-plan": "/admin/accounts/alice/plan",
    "end-subscription": "/admin/accounts/alice/subscriptions/did/end",
    "plans": "/admin/plans",
    "plan": "/admin/plans/travel",
    "plan-edit": "/admin/plans/travel/edit",
    "bucket": "/admin/plans/travel/buckets/europe",
    "group": "/admin/groups/europe",
    "promotion": "/admin/new-promotion",
    "items": "/admin/items",
    "item": "/admin/items/did",
    "due": "/admin/due",
    "routing": "/admin/routing",
    "route": "/admin/route?number=%2B442071234567&account=alice",
    "settings": "/admin/settings",
    "classes": "/admin/settings/classes",
    "class": "/admin/settings/classes/premium",
    "velocity": "/admin/settings/velocity",
    "limit": "/admin/settings/velocity/rings-of-phone",
    "rates": "/admin/rates",
    "rate-sheet": "/admin/rates/retail",
    "rate-terms": "/admin/rates/retail/terms",
    "rate-quote": "/admin/rates/retail/quote?number=%2B14155550100&seconds=125",
    "rate-versions": "/admin/rates/retail/versions",
    "rate-publish": "/admin/rates/retail/versions/v1/publish",
    "rate-prefix": "/admin/rates/retail/prefix/44",
    "rate-new": "/admin/rates/retail/new-rate",
    "rate-changes": "/admin/rates/retail/change-many",
    "rate-draft": "/admin/rates/retail/draft",
    "rate-draft-stale": "/admin/rates/gold/draft",
    "rate-draft-carry": "/admin/rates/gold/draft/carry-over",
    "rate-upload": "/admin/import-rates",
    "rate-columns": f"/admin/import-rates/{DECK}",
    "rate-import": f"/admin/rate-imports/{PREVIEW}",
    "rate-compare": "/admin/compare-rates?old=retail&new=gold",
    "trunks": "/admin/trunks",
    "trunk": "/admin/trunks/carrier",
    "trunk-link": "/admin/trunks/carrier/link",
    "numbers": "/admin/numbers",
    "number": "/admin/numbers/442079460000",
    "batches": "/admin/batches",
    "new-batch": "/admin/new-batch",
    "jobs": "/admin/jobs",
    "job": f"/admin/jobs/{CHECKED}",
    "job-running": f"/admin/jobs/{RUNNING}",
    "job-pins": f"/admin/jobs/{PINS}",
    "job-cancel": f"/admin/jobs/{RUNNING}/cancel",
    "export-calls": "/admin/export-calls",
    "import-accounts": "/admin/import-accounts",
    "import-columns": f"/admin/import-accounts/{UPLOAD}",
    "confirm-import": f"/admin/confirm-import/{CHECKED}",
    "users": "/admin/users",
    "role": "/admin/roles/support",
    "audit": "/admin/audit",
    "system-log": "/admin/log",
    "bridges": "/admin/bridges",
    "bridge": "/admin/bridges/attic",
    "bridge-revoke": "/admin/bridges/attic/revoke",
    "sms-providers": "/admin/sms-providers",
    "sms-provider": "/admin/sms-providers/acme",
    "sms-provider-edit": "/admin/sms-providers/acme/edit",
    "sms-provider-test": "/admin/sms-providers/acme/test",
    "widgets": "/admin/widgets",
    "widget": "/admin/widgets/support",
    "widget-edit": "/admin/widgets/support/edit",
    "dead": "/admin/dead",
    "dead-one": f"/admin/dead/{DEAD}",
    "place-callback": "/admin/accounts/alice/call",
    "callback": f"/admin/accounts/alice/callbacks/{WATCHED}",
    "planned": f"/admin/accounts/alice/callbacks/{PLAN.callback_id}",
    "redeem": "/admin/accounts/alice/voucher",
    "sweep": "/admin/sweep",
    "check-books": "/admin/check-books?account=alice",
    "me": "/admin/me",
    "second-factor": "/admin/me/second-factor",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(_prepare) as site:
        yield site


def _prepare(wiring) -> None:
    open_alice(wiring.ports)
    add_jane(wiring.ports)
    leave_trace(wiring.ports, TRACED)
    furnish_pages(wiring.ports)
    leave_rates(wiring.ports)


def leave_rates(ports: Ports) -> None:
    """A second sheet, an upload, and what it would change; a draft of each sheet, that of the
    second on an earlier version."""
    derive(ports, "gold", Derivation("retail", 1_200_000), TermsChange())
    ports.files.put(f"uploads/jane/{DECK}", io.BytesIO(SELLERS.encode()), "text/csv")
    leave_preview(ports, PREVIEW, DECK, "gold")
    germany = Put(RateRow("49", 3 * 10**10, "Germany"))
    leave_draft(
        ports, "retail", germany, Reprice(("44",), ports.clock.now(), 5_000_000), Close("33")
    )
    leave_draft(ports, "gold", germany, Block("44"))
    publish_edit(ports, "gold", germany)


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
def test_every_page_fits_a_phone_and_takes_the_colours_of_the_system(browser, url, ports, scheme):
    offer_travel(ports)
    with visiting(browser, url, viewport=PHONE, color_scheme=scheme) as page:
        sign_in_to_console(page)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        for path in CONSOLE_PAGES.values():
            page.goto(path)
            expect_to_fit(page)
            expect_usable_by_all(page)


def test_every_other_page_fits_a_phone(browser, url, ports):
    offer_travel(ports)
    with visiting(browser, url, viewport=PHONE) as page:
        sign_in_to_console(page)
        for path in other_pages(CONSOLE_PAGES).values():
            assert page.goto(path).status == 200, path
            expect_to_fit(page)
            expect_usable_by_all(page)
