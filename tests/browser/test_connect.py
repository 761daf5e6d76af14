"""Connect Two in a real browser: ordered, watched and ended as a customer does it."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from switchboard.calls.callback import State
from switchboard.numbering import spaced
from tests.browser.browsing import (
    LEFT_BEHIND,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    sign_in,
    visiting,
)
from tests.fakes.api import end_after_a_minute
from tests.fakes.world import ALICE

pytestmark = pytest.mark.integration


def press(page: Page) -> None:
    page.get_by_label("The other phone").fill("+1 415 555 0100")
    page.get_by_role("button", name="Connect").click()
    expect(page).to_have_url(re.compile("/callbacks/"))


def test_a_customer_connects_two_phones_and_watches_them_to_the_end(browser, site):
    with visiting(browser, site.url) as page:
        sign_in(page)
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
    with visiting(browser, site.url) as page:
        sign_in(page)
        press(page)

        page.get_by_role("button", name="Hang up").click()

        expect(page.get_by_role("heading", level=1)).to_have_text("You cancelled it")
    assert site.callback.state is State.ENDED


def test_a_button_pressed_twice_orders_once(browser, site):
    with visiting(browser, site.url) as page:
        sign_in(page)
        page.get_by_label("The other phone").fill("+1 415 555 0100")
        # Both clicks are made before the browser leaves the page.
        page.get_by_role("button", name="Connect").evaluate("one => (one.click(), one.click())")
        expect(page).to_have_url(re.compile("/callbacks/"))

    assert len(site.ports.callbacks.placed) == 1


def test_all_of_it_works_without_scripts(browser, site):
    with visiting(browser, site.url, java_script_enabled=False) as page:
        sign_in(page)
        page.get_by_label("The other phone").fill("+1 415 555 0100")
        page.get_by_role("button", name="Show the price first").click()
        expect(page.locator("#price")).to_contain_text("1:39:48")
        page.get_by_role("button", name="Connect").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Getting ready to call you")

        site.claim()
        site.reach(State.CALLING_CUSTOMER)

        expect(page.get_by_role("heading", level=1)).to_have_text("Calling you")


def test_whoever_is_signed_out_elsewhere_is_sent_to_sign_in(browser, site):
    with visiting(browser, site.url, tolerated=f"{LEFT_BEHIND}|status of 401") as page:
        sign_in(page)
        press(page)

        page.context.clear_cookies()

        expect(page).to_have_url(re.compile("/login$"))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_fits_a_phone_and_takes_the_colours_of_the_system(browser, site, scheme):
    with visiting(browser, site.url, viewport=PHONE, color_scheme=scheme) as page:
        sign_in(page)
        expect(page.locator("html")).to_have_attribute("data-bs-theme", scheme)
        expect_to_fit(page)
        expect_usable_by_all(page)
        press(page)
        expect_to_fit(page)
        expect_usable_by_all(page)
