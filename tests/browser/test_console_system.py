"""The console's doors in a real browser: a bridge admitted and revoked, a widget made and opened, a
dead order offered again, a callback placed and watched."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect

from switchboard.calls.callback import State
from tests.browser.browsing import DESKTOP, LEFT_BEHIND, PHONE, expect_usable_by_all, visiting
from tests.browser.site import Site, serving
from tests.browser.test_console import sign_in_to_console
from tests.fakes.console import add_jane
from tests.fakes.world import open_alice

pytestmark = pytest.mark.integration
SIZES = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
REFUSED = f"{LEFT_BEHIND}|status of 4[0-9]{{2}}"


@pytest.fixture
def site() -> Iterator[Site]:
    def prepare(wiring) -> None:
        open_alice(wiring.ports)
        add_jane(wiring.ports)

    with serving(prepare) as site:
        yield site


def beat(site: Site, token: str) -> int:
    modem = {"name": "ttyUSB0", "state": "ready", "number": None, "signal_percent": 80}
    return httpx.post(
        f"{site.url}/bridge/v1/heartbeat",
        json={"modems": [modem], "outbox": 0},
        headers={"Authorization": f"Bearer {token}"},
    ).status_code


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


@SIZES
def test_a_bridge_is_admitted_heard_and_revoked(browser, site, size):
    with visiting(browser, site.url, viewport=size) as page:
        sign_in_to_console(page)
        page.goto("/admin/bridges")
        page.get_by_role("link", name="New phone bridge").click()
        page.get_by_label("Name").fill("attic")
        press(page, "Add")
        token = page.get_by_label("Token").input_value()
        expect_usable_by_all(page)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name="Copy").first.click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == token
        page.get_by_role("link", name="I have it").click()
        expect(page.get_by_text("never heard")).to_be_visible()
        assert token not in page.content()

        assert beat(site, token) == 200
        page.reload()
        expect(page.get_by_text("ttyUSB0")).to_be_visible()
        expect(page.get_by_text("heard", exact=True)).to_be_visible()
        page.get_by_role("link", name="Revoke").click()
        press(page, "Revoke")
        expect(page.get_by_role("status")).to_have_text("attic is revoked.")

    assert beat(site, token) == 401


def test_without_scripts_a_token_is_still_there_to_be_copied(browser, site):
    with visiting(browser, site.url, java_script_enabled=False) as page:
        sign_in_to_console(page)
        page.goto("/admin/new-bridge")
        page.get_by_label("Name").fill("attic")
        press(page, "Add")

        expect(page.get_by_label("Token")).to_have_value(re.compile(r"attic\..{40}"))
        expect(page.get_by_role("button", name="Copy")).to_have_count(0)


@SIZES
def test_a_widget_is_made_and_opened(browser, site, size):
    with visiting(browser, site.url, viewport=size, tolerated=REFUSED) as page:
        sign_in_to_console(page)
        page.goto("/admin/new-widget")
        page.get_by_label("Name").fill("shop")
        page.get_by_label("Account").fill("alice")
        page.get_by_label("Whom visitors are connected with").fill("020 7946 0000")
        page.get_by_label("Sites").fill("https://shop.example.com")
        page.get_by_label("Countries").fill("GB")
        press(page, "Add")
        expect(page.get_by_text("Write it with the plus")).to_be_visible()
        page.get_by_label("Whom visitors are connected with").fill("+442079460000")
        press(page, "Add")
        expect(page.get_by_label("What the site has in its page")).to_have_value(
            re.compile(rf'<script async src="{site.url}/widget/shop.js">')
        )
        expect_usable_by_all(page)
        with page.expect_popup() as popup:
            page.get_by_role("link", name="Open it").click()
        expect(popup.value.get_by_label(re.compile("number", re.IGNORECASE))).to_be_visible()


def test_a_dead_order_is_offered_again_by_keys_alone(browser, site):
    with visiting(browser, site.url) as page:
        sign_in_to_console(page)
        place(page)
        site.ports.queue.sent.clear()
        site.ports.dead_orders.died(site.callback.id, site.ports.clock.now())
        page.goto("/admin/dead")
        page.get_by_role("link", name=site.callback.id).focus()
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Offer again").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Offer this order again")
        page.get_by_role("main").get_by_role("link", name="Cancel").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_role("status")).to_have_text("Done: 1 still waits.")
        expect(page.get_by_text("No order is dead.")).to_be_visible()

    assert site.ports.queue.sent == [site.callback.id]


def place(page: Page) -> None:
    page.goto("/admin/accounts/alice")
    page.get_by_role("link", name="Place a callback").click()
    page.get_by_label("The other party").fill("+1 415 555 0100")
    press(page, "Show the price")
    expect(page.get_by_text("They can talk for")).to_be_visible()
    press(page, "Place the callback")
    expect(page.get_by_role("heading", level=1)).to_have_text("Callback")


@SIZES
def test_a_callback_is_placed_and_watched_without_a_reload(browser, site, size):
    with visiting(browser, site.url, viewport=size) as page:
        sign_in_to_console(page)
        place(page)
        expect(page.get_by_text("waits", exact=True)).to_be_visible()
        expect_usable_by_all(page)
        site.claim()
        site.reach(State.CALLING_CUSTOMER)
        expect(page.get_by_text("calling customer").first).to_be_visible()
        page.get_by_role("link", name="Cancel the callback").click()
        press(page, "Cancel the callback")
        expect(page.get_by_role("status")).to_have_text("It is being ended.")

    assert site.ports.control.hang_ups == [("w1", site.callback.id)]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_message_of_a_provider_is_tried(browser, site, scripts):
    with visiting(browser, site.url, java_script_enabled=scripts) as page:
        sign_in_to_console(page)
        page.goto("/admin/new-sms-provider")
        page.get_by_label("Name").fill("acme")
        page.get_by_label("Secret").fill("a long enough secret")
        press(page, "Add")
        page.get_by_role("link", name="Test").click()
        press(page, "Test")

        expect(page.get_by_text("This is how it would be read")).to_be_visible()
        expect(page.get_by_text("+442071234567")).to_be_visible()
