"""Plans, subscriptions and settings in a real browser, as an operator keeps them."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import Deal, State
from switchboard.desk.catalogue import save_item
from switchboard.desk.subscriptions import subscribe
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    visiting,
)
from tests.browser.site import Site, serving
from tests.browser.test_console import sign_in_to_console
from tests.fakes.console import add_jane
from tests.fakes.recurring_world import turn_to
from tests.fakes.world import open_alice

pytestmark = pytest.mark.integration
REFUSED = f"{LEFT_BEHIND}|status of 4[0-9]{{2}}"
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(_prepare) as site:
        yield site


def _prepare(wiring) -> None:
    ports = wiring.ports
    turn_to(ports, "2026-06-16")
    open_alice(ports)
    add_jane(ports)
    save_item(ports, Item("did", "EUR", 3_000_000, "A number"), new=True)
    subscribe(ports, "alice", Deal("did"))


def expect_done(page: Page, said: str) -> None:
    expect(page.get_by_role("status")).to_contain_text(said)


def make_plan(page: Page) -> None:
    page.goto("/admin/plans")
    page.get_by_role("link", name="New group").click()
    page.get_by_label("Name").fill("home")
    page.get_by_label("Prefixes").fill("+44\n353")
    page.get_by_role("button", name="Add").click()
    expect_done(page, "home was added.")
    page.get_by_role("link", name="New plan").click()
    page.get_by_label("Name").fill("travel")
    page.get_by_label("Price of a period").fill("2")
    page.get_by_role("button", name="Add").click()
    expect_done(page, "Now say what it includes.")


def add_bucket(page: Page, name: str, minutes: str, weight: str) -> None:
    page.get_by_role("link", name="New bucket").click()
    page.get_by_label("Name").fill(name)
    page.get_by_label("Minutes", exact=True).fill(minutes)
    page.get_by_label("Weight").fill(weight)
    page.get_by_role("button", name="Add").click()
    expect_done(page, "travel was changed.")


@SIZES
@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_plan_of_two_buckets_is_made_and_given_to_an_account(browser, url, ports, size, scripts):
    options = {"viewport": size, "java_script_enabled": scripts}
    with visiting(browser, url, **options) as page:
        sign_in_to_console(page)
        make_plan(page)
        add_bucket(page, "later", "100", "0")
        add_bucket(page, "first", "1:30", "5")
        names = page.locator("tbody tr td:first-child")
        expect(names).to_have_text(["first", "later"])
        page.goto("/admin/accounts/alice/plan")
        page.get_by_label("Plan").select_option("travel")
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("Charged: 1.00 EUR.")).to_be_visible()
        expect_to_fit(page)
        page.get_by_role("button", name="Set it").click()
        expect_done(page, "The plan was set. Charged: 1.00 EUR.")

    buckets = {bucket.name: bucket.seconds for bucket in ports.accounts.get("alice").buckets}
    assert buckets == {"later": 6_000, "first": 90}


@SIZES
def test_a_subscription_is_ended_with_what_it_gives_back(browser, url, ports, size):
    with visiting(browser, url, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/accounts/alice")
        page.get_by_role("link", name="End", exact=True).click()
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_text("Given back: 1.50 EUR.")).to_be_visible()
        expect(page.get_by_text("The balance is 5.00 EUR then.")).to_be_visible()
        expect_to_fit(page)
        expect_usable_by_all(page)
        assert ports.accounts.get("alice").balance.posted_micros == 3_500_000
        page.get_by_role("button", name="End it").click()
        expect_done(page, "The subscription was ended. Given back: 1.50 EUR.")

    assert ports.subscriptions.find("alice", "did").state is State.ENDED
    assert ports.accounts.get("alice").balance.posted_micros == 5_000_000


def test_a_subscription_is_begun_by_keys_alone(browser, url, ports):
    with visiting(browser, url) as page:
        sign_in_to_console(page)
        page.goto("/admin/accounts/alice/subscribe")
        page.keyboard.press("Tab")
        page.keyboard.type("2")
        page.get_by_label("Its own name").focus()
        page.keyboard.type("more")
        page.keyboard.press("Enter")
        expect(page.get_by_text(re.compile("Charged: .* EUR"))).to_be_visible()
        page.get_by_role("link", name="Cancel").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect_done(page, "The account subscribes to it.")

    assert ports.subscriptions.find("alice", "more").deal == Deal("did", 2)


@SIZES
def test_what_is_wrong_with_a_setting_is_shown_beside_it(browser, url, ports, size):
    with visiting(browser, url, viewport=size, tolerated=REFUSED) as page:
        sign_in_to_console(page)
        page.goto("/admin/settings")
        page.get_by_role("link", name="Open").nth(1).click()
        page.get_by_role("link", name="rings-of-phone").click()
        limit = page.get_by_label("At most")
        limit.fill("often")
        page.get_by_role("button", name="Save").click()
        expect(limit).to_have_attribute("aria-invalid", "true")
        expect(limit).to_have_accessible_description(re.compile("“often” is no limit"))
        expect(limit).to_be_focused()
        expect_usable_by_all(page)
        limit.fill("5/1h")
        page.get_by_role("button", name="Save").click()
        expect_done(page, "rings-of-phone was changed.")
        page.goto("/admin/settings/classes/satellite")
        prefixes = page.get_by_label("Prefixes")
        prefixes.fill("870\n0900")
        page.get_by_role("button", name="Save").click()
        expect(prefixes).to_have_accessible_description(re.compile("“0900” is not a prefix"))
        prefixes.fill("870\n871")
        page.get_by_role("button", name="Save").click()
        expect_done(page, "satellite was changed.")
        page.get_by_role("link", name="Reset").click()
        page.get_by_role("button", name="Reset").click()
        expect_done(page, "satellite was changed.")

    assert str(ports.settings.velocity().rings_of_phone) == "5/1h"
    assert "871" not in ports.settings.classes().find("satellite").prefixes


def test_what_is_due_is_charged_and_a_promotion_given(browser, url, ports):
    with visiting(browser, url) as page:
        turn_to(ports, "2026-07-02")
        sign_in_to_console(page)
        make_group = "/admin/new-group"
        page.goto(make_group)
        page.get_by_label("Name").fill("home")
        page.get_by_label("Prefixes").fill("44")
        page.get_by_role("button", name="Add").click()
        page.get_by_role("link", name="Give minutes away").click()
        page.get_by_label("Name").fill("spring")
        page.get_by_label("Minutes").fill("10")
        page.get_by_label("Until").fill("2026-08-01")
        page.get_by_label("Accounts").fill("alice")
        page.get_by_role("button", name="Give").click()
        expect(page.get_by_role("heading", name="Given now (1)")).to_be_visible()
        expect_usable_by_all(page)
        page.goto("/admin/items")
        page.get_by_role("link", name="Charge what is due").click()
        expect(page.get_by_role("cell", name="-3.00 EUR")).to_be_visible()
        page.get_by_role("button", name="Charge it now").click()
        expect(page.get_by_role("cell", name="-3.00 EUR")).to_be_visible()
        expect_usable_by_all(page)

    assert [one.name for one in ports.accounts.get("alice").buckets] == ["spring"]
    assert ports.accounts.get("alice").balance.posted_micros == 500_000
