"""The widget in a real browser, in a frame on a site of another host, as a visitor uses it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, expect

from switchboard.billing.opening_hours import OpeningHours, parse_opening
from switchboard.calls.callback import State
from switchboard.desk.widgets import add_widget, change_widget
from switchboard.ports import Limit, Ports
from tests.browser.browsing import PHONE, visiting
from tests.browser.site import Site
from tests.fakes.api import end_after_a_minute
from tests.fakes.widgets import a_widget

pytestmark = pytest.mark.integration

WHITE, DARK = "rgb(255, 255, 255)", "rgb(21, 31, 44)"
TYPED = "020 7946 0958"
SHOP_PAGE = """<!doctype html>
<html lang="en" style="color-scheme: {scheme}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Shop</title><link rel="icon" href="data:,">
<h1>A shop</h1>
<p>Questions?</p>
<script async src="{ours}/widget/support.js"></script>
<noscript><iframe src="{ours}/widget/support" title="Call me" height="420"></iframe></noscript>
"""


@dataclass
class World:
    """Our site at one host, and a shop at another that has the widget in its page."""

    shop: str
    ours: Site

    @property
    def ports(self) -> Ports:
        return self.ours.ports

    def reach(self, *states: State) -> None:
        self.ours.claim()
        for state in states:
            self.ours.reach(state)

    def change(self, **terms: object) -> None:
        old = self.ports.widgets.get("support")
        change_widget(self.ports, old, replace(old, **terms))


@contextmanager
def shop_of(ours: str) -> Iterator[str]:
    """A site at another host (localhost is not 127.0.0.1 for a browser)."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scheme = parse_qs(urlsplit(self.path).query).get("scheme", ["normal"])[0]
            body = SHOP_PAGE.format(ours=ours, scheme=scheme).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            """It has nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Shop) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def world(site) -> Iterator[World]:
    with shop_of(site.url) as shop:
        add_widget(site.ports, a_widget(origins=(shop,), countries=("GB", "US")))
        yield World(shop, site)


@contextmanager
def visit(
    browser: Browser, world: World, *, tolerated: str = "$^", **options: object
) -> Iterator[Page]:
    """The shop's page; but for us, nobody else is asked for anything."""
    hosts = world.shop, world.ours.url
    with visiting(browser, *hosts, tolerated=tolerated, **options) as page:
        page.goto(world.shop)
        yield page


def opened(page: Page) -> FrameLocator:
    """The frame, after a press of the button that the script has put there."""
    page.get_by_role("button", name="Call me").click()
    frame = page.frame_locator("iframe")
    expect(frame.locator("h1")).to_be_visible()
    return frame


def order(frame: FrameLocator, phone: str = TYPED) -> None:
    frame.get_by_label("Your phone number").fill(phone)
    frame.get_by_role("button", name="Call me").click()


def fitted(page: Page, before: str) -> str:
    """The height of the frame, as soon as it is not that before."""
    height = "document.querySelector('iframe').style.height"
    page.wait_for_function(f"before => {height} !== before", arg=before)
    return str(page.evaluate(height))


def test_a_visitor_of_another_site_is_called_and_watches_it_to_the_end(browser, world):
    with visit(browser, world) as page:
        frame = opened(page)
        headline = frame.locator("h1")
        order(frame)

        expect(headline).to_have_text("We are about to call you")
        world.reach(State.CALLING_CUSTOMER)
        expect(headline).to_have_text("Your phone is ringing")
        world.reach(State.CALLING_DESTINATION)
        expect(headline).to_have_text("We are connecting you")
        world.reach(State.CONNECTED)
        expect(headline).to_have_text("You are connected")
        world.ports.clock.pass_by(timedelta(seconds=60))
        expect(frame.locator(".talked")).to_have_text("1:00")
        end_after_a_minute(world.ports, world.ours.callback)
        expect(headline).to_have_text("Thank you for your call")
        expect(frame.get_by_role("button", name="Hang up")).to_be_hidden()
        frame.get_by_role("link", name="Another call").click()
        expect(frame.get_by_label("Your phone number")).to_be_visible()
        assert page.context.cookies() == []


def test_nothing_is_asked_of_us_before_the_button_is_pressed_but_the_script(browser, world):
    with visit(browser, world) as page:
        requests: list[str] = []
        page.on("request", lambda request: requests.append(request.url))
        button = page.get_by_role("button", name="Call me")
        expect(button).to_have_attribute("aria-expanded", "false")
        assert requests == []

        opened(page)
        expect(button).to_have_attribute("aria-expanded", "true")
        button.click()

        expect(page.locator("iframe")).to_be_hidden()


def test_the_frame_is_as_high_as_what_is_in_it(browser, world):
    with visit(browser, world, tolerated="status of 400") as page:
        frame = opened(page)

        def hidden_px() -> int:
            inner = frame.locator("main").bounding_box()
            outer = page.locator("iframe").bounding_box()
            return round(inner["height"] - outer["height"])

        first = fitted(page, "20rem")
        assert hidden_px() <= 0
        order(frame, "12")
        expect(frame.get_by_role("alert")).to_have_text("This is not a phone number.")
        fitted(page, first)
        assert hidden_px() <= 0
        expect(frame.get_by_label("Your phone number")).to_be_focused()


def test_a_visitor_enters_the_code_that_was_texted(browser, world):
    world.change(asks_code=True)
    with visit(browser, world) as page:
        frame = opened(page)
        order(frame)
        expect(frame.locator("h1")).to_have_text("Enter the code")

        [(_, text)] = world.ours.wiring.texts.sent
        frame.get_by_label("Code").fill(text[:6])
        frame.get_by_role("button", name="Call me").click()

        expect(frame.locator("h1")).to_have_text("We are about to call you")


def test_a_visitor_hangs_up_by_keyboard(browser, world):
    with visit(browser, world) as page:
        page.get_by_role("button", name="Call me").focus()
        page.keyboard.press("Enter")
        frame = page.frame_locator("iframe")
        frame.get_by_label("Your phone number").focus()
        page.keyboard.type(TYPED)
        page.keyboard.press("Enter")
        expect(frame.locator("h1")).to_have_text("We are about to call you")

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        expect(frame.locator("h1")).to_have_text("The call is cancelled")
    assert world.ours.callback.state is State.ENDED


def test_all_of_it_works_without_scripts(browser, world):
    with visit(browser, world, java_script_enabled=False) as page:
        frame = page.frame_locator("iframe")
        order(frame)
        expect(frame.locator("h1")).to_have_text("We are about to call you")

        world.reach(State.CALLING_CUSTOMER)

        expect(frame.locator("h1")).to_have_text("Your phone is ringing")


def test_a_site_that_was_not_named_cannot_show_it(browser, world):
    world.change(origins=("https://shop.example.com",))

    with visit(browser, world, tolerated="frame-ancestors|violates|ERR_BLOCKED") as page:
        page.get_by_role("button", name="Call me").click()
        page.wait_for_load_state("networkidle")

        expect(page.frame_locator("iframe").get_by_label("Your phone number")).to_have_count(0)


@pytest.mark.parametrize(
    ("scheme", "system", "surface"),
    [
        ("normal", "dark", WHITE),
        ("light", "dark", WHITE),
        ("dark", "light", DARK),
        ("light dark", "light", WHITE),
        ("light dark", "dark", DARK),
    ],
)
def test_it_fits_a_phone_and_takes_the_colours_of_the_shop(browser, world, scheme, system, surface):
    with visit(browser, world, viewport=PHONE, color_scheme=system) as page:
        page.goto(f"{world.shop}?scheme={scheme}")
        frame = opened(page)

        expect(frame.locator("main")).to_have_css("background-color", surface)
        order(frame)
        expect(frame.locator("h1")).to_have_text("We are about to call you")
        expect(frame.locator("main")).to_have_css("background-color", surface)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_out_of_hours_a_visitor_reads_when_it_opens(browser, world):
    world.change(hours=OpeningHours((parse_opening("mon-fri 09:00-17:00"),), "Europe/London"))

    with visit(browser, world) as page:
        frame = opened(page)

        expect(frame.locator("main")).to_contain_text("We open at 09:00 (GMT).")


def test_a_visitor_who_asks_too_often_is_told_to_wait(browser, world):
    world.change(calls_for_address=Limit(0, timedelta(hours=1)))

    with visit(browser, world, tolerated="status of 429") as page:
        frame = opened(page)
        order(frame)

        expect(frame.get_by_role("alert")).to_contain_text("tried too often")
