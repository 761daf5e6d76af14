"""Connect Two in a real browser: ordered, watched and ended as a customer does it."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from waitress import wasyncore

from chalicelib.factory import make_app
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring
from local import serve
from switchboard.calls.callback import Callback, State
from switchboard.numbering import spaced
from switchboard.ports import Ports
from tests.fakes.api import PIN_KEY, TWILIO_AUTH_TOKEN, end_after_a_minute
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts
from tests.fakes.world import ALICE, open_alice

pytestmark = pytest.mark.integration

BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What a browser says of requests that were under way when it left a page.
LEFT_BEHIND = "ERR_ABORTED|htmx:sendAbort"
PHONE = {"width": 390, "height": 844}


class Site:
    """The pages at an address, over ports that the test moves."""

    def __init__(self, url: str, ports: Ports) -> None:
        self.url = url
        self.ports = ports

    @property
    def callback(self) -> Callback:
        [callback] = self.ports.callbacks.placed.values()
        return callback

    def claim(self) -> None:
        now = self.ports.clock.now()
        self.ports.callbacks.claim(self.callback.id, "w1", now=now, lease=timedelta(seconds=30))

    def reach(self, state: State) -> None:
        self.ports.callbacks.advance(self.callback.id, "w1", state, self.ports.clock.now())


@pytest.fixture
def site() -> Iterator[Site]:
    wirings: list[Wiring] = []
    server = serve(make_app(lambda: wirings[0]), 0)
    url = f"http://127.0.0.1:{server.effective_port}"
    ports, passwords = memory_ports(), PlainPasswords()
    open_alice(ports, passwords=passwords)
    settings = Settings(url, "k" * 32, TWILIO_AUTH_TOKEN, PIN_KEY)
    wirings.append(Wiring(settings, ports, passwords, MemoryTexts()))
    serving = threading.Thread(target=server.run)
    serving.start()
    yield Site(url, ports)
    # The loop ends when no socket is left in it.
    server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
    serving.join(timeout=20)
    server.task_dispatcher.shutdown()
    assert not serving.is_alive()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser, site: Site, *, tolerated: str = LEFT_BEHIND, **options: object
) -> Iterator[Page]:
    """A page where Alice has signed in; the browser must have nothing else to complain about."""
    complaints: list[str] = []
    with browser.new_context(base_url=site.url, **options) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(str(request.failure)))
        page.goto("/login")
        page.get_by_label("Login").fill("alice")
        page.get_by_label("Password").fill("wonderland")
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Connect two phones")).to_be_visible()
        yield page
    assert [one for one in complaints if not re.search(tolerated, one)] == []


def press(page: Page) -> None:
    page.get_by_label("The other phone").fill("+1 415 555 0100")
    page.get_by_role("button", name="Connect").click()
    expect(page).to_have_url(re.compile("/callbacks/"))


def test_a_customer_connects_two_phones_and_watches_them_to_the_end(browser, site):
    with visit(browser, site) as page:
        headline = page.get_by_role("heading", level=1)
        expect(page.get_by_label("Your phone")).to_have_value(spaced(ALICE))
        page.get_by_label("The other phone").press_sequentially("+14155550100")
        expect(page.locator("#price")).to_contain_text("0.05 EUR")
        expect(page.locator("#price")).to_contain_text("1:39:48")

        page.get_by_role("button", name="Connect").click()

        expect(headline).to_have_text("Getting ready to call you")
        assert site.ports.queue.sent == [site.callback.id]
        site.claim()
        site.reach(State.CALLING_CUSTOMER)
        expect(headline).to_have_text("Calling you")
        site.reach(State.CUSTOMER_ANSWERED)
        expect(headline).to_have_text("You answered")
        site.reach(State.CALLING_DESTINATION)
        expect(headline).to_have_text("Calling them")
        site.reach(State.CONNECTED)
        expect(headline).to_have_text("You are talking")
        site.ports.clock.pass_by(timedelta(seconds=60))
        expect(page.locator(".talked")).to_have_text("1:00")
        end_after_a_minute(site.ports, site.callback)
        expect(headline).to_have_text("They hung up")
        expect(page.locator("#progress")).to_contain_text("It cost 0.0617 EUR.")
        expect(page.get_by_role("button", name="Hang up")).to_be_hidden()
        page.get_by_role("link", name="Connect two phones").click()
        expect(page.get_by_role("link", name="They hung up")).to_be_visible()


def test_a_customer_hangs_up(browser, site):
    with visit(browser, site) as page:
        press(page)

        page.get_by_role("button", name="Hang up").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("You cancelled it")
    assert site.callback.state is State.ENDED


def test_a_button_pressed_twice_orders_once(browser, site):
    with visit(browser, site) as page:
        page.get_by_label("The other phone").fill("+1 415 555 0100")
        # Both clicks are made before the browser leaves the page.
        page.get_by_role("button", name="Connect").evaluate("one => (one.click(), one.click())")
        expect(page).to_have_url(re.compile("/callbacks/"))

    assert len(site.ports.callbacks.placed) == 1


def test_all_of_it_works_without_scripts(browser, site):
    with visit(browser, site, java_script_enabled=False) as page:
        page.get_by_label("The other phone").fill("+1 415 555 0100")
        page.get_by_role("button", name="Show the price first").click()
        expect(page.locator("#price")).to_contain_text("1:39:48")
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Getting ready to call you")

        site.claim()
        site.reach(State.CALLING_CUSTOMER)

        expect(page.get_by_role("heading", level=1)).to_have_text("Calling you")


def test_whoever_is_signed_out_elsewhere_is_sent_to_sign_in(browser, site):
    with visit(browser, site, tolerated=f"{LEFT_BEHIND}|status of 401") as page:
        press(page)

        page.context.clear_cookies()

        expect(page).to_have_url(re.compile("/login$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_a_phone_and_takes_the_colours_of_the_system(browser, site, scheme):
    with visit(browser, site, viewport=PHONE, color_scheme=scheme) as page:
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        press(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
