"""What customers do in the portal, as they do it: with a mouse, a finger, or keys alone."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from switchboard.calls.callback import State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.numbering import PhoneNumber
from tests.browser.browsing import (
    DESKTOP,
    LEFT_BEHIND,
    PHONE,
    expect_usable_by_all,
    sign_in,
    visiting,
)
from tests.browser.site import Site, serving
from tests.fakes.furnished import furnish
from tests.fakes.vouchers import a_voucher
from tests.fakes.world import ALICE, BOB, CAROL

pytestmark = pytest.mark.integration

MOBILE = PhoneNumber("+447700900123")
BOTH = pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])


@pytest.fixture
def furnished() -> Iterator[Site]:
    with serving(furnish) as site:
        yield site


def go(page: Page, place: str) -> None:
    """Goes to a page by the navigation, wherever the size of the screen has it."""
    menu = page.locator("header summary")
    if menu.is_visible():
        menu.click()
    page.get_by_role("link", name=place, exact=True).locator("visible=true").click()


def tab_to(page: Page, target) -> None:
    """Presses Tab until this has the focus."""
    for _ in range(60):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"no key leads to {target}")


@BOTH
def test_a_customer_adds_a_phone_by_a_texted_code_and_has_it_called_first(browser, site, size):
    with visiting(browser, site.url, viewport=size) as page:
        sign_in(page)
        go(page, "Phones")
        page.get_by_label("Number").press_sequentially("07700900123")
        expect(page.locator("#number-full")).to_have_text("GB +44 7700 900123")
        page.get_by_role("button", name="Text a code").click()
        expect(page.get_by_text("We have texted a code to +44 7700 900123.")).to_be_visible()
        expect_usable_by_all(page)
        [(_, text)] = site.wiring.texts.sent
        page.get_by_label("Code").fill(text[:6])
        page.get_by_role("button", name="Confirm").click()
        expect(page.get_by_role("status")).to_have_text("The phone is added.")

        page.get_by_role("button", name="Call first: +44 7700 900123").click()

        expect(page.get_by_role("status")).to_have_text("This phone is called first from now on.")
        page.get_by_role("button", name="Remove +44 20 7123 4567").click()
        expect(page.get_by_role("status")).to_have_text("The phone is removed.")
    assert site.ports.accounts.get("alice").profile.numbers == (MOBILE,)


def test_a_customer_has_a_phone_called_and_keys_the_code_in_there(browser, site):
    with visiting(browser, site.url) as page:
        sign_in(page)
        go(page, "Phones")
        page.get_by_label("Number").fill("07700900123")
        page.get_by_role("button", name="Call the phone").click()
        expect(page.get_by_text("Answer it and key in this code:")).to_be_visible()
        expect(page.locator(".code")).to_have_text(re.compile(r"\d{3} \d{3}"))
        expect_usable_by_all(page)
        site.claim()
        site.reach(State.CALLING_CUSTOMER)
        expect(page.locator("#code-call")).to_contain_text("Calling you")

        confirmed = Verdict(Ending.CONFIRMED, Culprit.CUSTOMER)
        now = site.ports.clock.now()
        site.ports.callbacks.finish(site.callback.id, State.ENDED, confirmed, now, worker="w1")

        expect(page.locator("#code-call")).to_contain_text("The phone is confirmed")


@BOTH
def test_a_customer_connects_by_a_name_of_the_phone_book(browser, site, size):
    with visiting(browser, site.url, viewport=size) as page:
        sign_in(page)
        go(page, "Phone book")
        page.get_by_label("Name", exact=True).fill("Carol at work")
        page.get_by_label("Number", exact=True).fill("+1 415 555 0199")
        page.get_by_role("button", name="Save").first.click()
        expect(page.get_by_role("status")).to_have_text("It is saved.")

        page.get_by_role("link", name="Connect with Carol at work").click()

        expect(page.get_by_label("The other phone")).to_have_value("Carol at work")
        expect(page.locator("#to-full")).to_have_text("US +1 415-555-0199")
        expect(page.locator("#price")).to_contain_text("yours 0.02, the other 0.03")
        page.locator("form .btn-primary").click()
        expect(page).to_have_url(re.compile("/callbacks/"))
    assert site.callback.destination == CAROL


def test_a_number_takes_its_usual_form_when_the_customer_goes_on(browser, site):
    with visiting(browser, site.url) as page:
        sign_in(page)
        page.get_by_label("The other phone").press_sequentially("+14155550100")
        expect(page.locator("#to-full")).to_contain_text("+1 415-555-0100")

        page.keyboard.press("Tab")

        expect(page.get_by_label("The other phone")).to_have_value("+1 415-555-0100")


@BOTH
def test_a_customer_plans_a_callback_by_the_own_clocks_and_cancels_it(browser, furnished, size):
    at = furnished.ports.clock.now() + timedelta(days=2)
    with visiting(browser, furnished.url, viewport=size) as page:
        sign_in(page)
        page.get_by_label("The other phone").fill("Bob")
        page.get_by_text("Connect later").click()
        page.get_by_label("Day").fill(f"{at:%Y-%m-%d}")
        page.get_by_label("Time").fill("18:30")
        expect(page.locator("#price")).to_contain_text("EUR")
        expect_usable_by_all(page)

        page.get_by_role("button", name="Plan it").click()

        expect(page.get_by_role("status")).to_have_text("The callback is planned.")
        line = page.locator(".list-group-item", has_text="18:30")
        expect(line).to_contain_text(f"{at.day} {at:%b}, 18:30")
        line.get_by_role("button").click()
        expect(page.get_by_role("status")).to_have_text("The callback is cancelled.")
        expect(line).to_have_count(0)


def test_a_time_that_is_over_is_refused_and_the_form_kept(browser, site):
    with visiting(browser, site.url, tolerated=f"{LEFT_BEHIND}|status of 4") as page:
        sign_in(page)
        page.get_by_label("The other phone").fill(str(BOB))
        page.get_by_text("Connect later").click()
        page.get_by_role("button", name="Plan it").click()

        expect(page.get_by_role("alert")).to_contain_text("Give a time for the callback")
        expect(page.get_by_label("The other phone")).to_have_value(str(BOB))
    assert site.ports.schedule.of("alice") == []


@BOTH
def test_a_customer_looks_back_at_calls_and_takes_them_along(browser, furnished, size):
    with visiting(browser, furnished.url, viewport=size) as page:
        sign_in(page)
        go(page, "Calls")
        page.get_by_label("Number").fill("0199")
        page.get_by_label("From day").fill("2026-01-20")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_text("Carol at work").first).to_be_visible()
        expect(page.get_by_text("<b>Mallory</b>")).to_have_count(0)

        for kind in ("XLSX", "TXT", "PDF"):
            with page.expect_download() as download:
                page.get_by_role("link", name=kind).click()
            assert download.value.suggested_filename == f"alice-calls.{kind.lower()}"
            assert download.value.path().stat().st_size > 500

        page.locator("tbody a").first.click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.locator("#progress")).to_contain_text("It cost")


def test_a_customer_tops_up_and_sees_the_balance_move(browser, furnished):
    pin = a_voucher(furnished.ports)
    with visiting(browser, furnished.url, tolerated=f"{LEFT_BEHIND}|status of 4") as page:
        sign_in(page)
        go(page, "Overview")
        expect(page.locator(".chart canvas")).to_be_visible()
        page.get_by_label("Number of the voucher").fill("123456789")
        page.get_by_role("button", name="Redeem").click()
        expect(page.get_by_role("alert")).to_be_visible()

        furnished.ports.clock.pass_by(timedelta(minutes=1))
        page.get_by_label("Number of the voucher").fill(pin)
        page.get_by_role("button", name="Redeem").click()

        expect(page.get_by_role("status")).to_contain_text("The voucher is redeemed")
        page.get_by_role("link", name="Statement").click()
        expect(page.locator("tbody tr").first).to_contain_text("+2.00 EUR")


def test_a_customer_finds_a_rate_while_writing(browser, furnished):
    with visiting(browser, furnished.url) as page:
        sign_in(page)
        go(page, "Rates")
        page.get_by_role("searchbox").press_sequentially("united")
        expect(page.locator("#found")).to_contain_text("United Kingdom")
        page.get_by_role("searchbox").fill("+33 1")
        expect(page.locator("#found")).to_contain_text("France")


def test_another_password_signs_everybody_else_out(browser, site):
    with visiting(browser, site.url) as here, visiting(browser, site.url) as elsewhere:
        sign_in(elsewhere)
        sign_in(here)
        go(here, "Settings")
        expect(here.get_by_text("this one")).to_be_visible()
        here.get_by_label("Present password").fill("wonderland")
        here.get_by_label("New password", exact=True).fill("looking glass")
        here.get_by_label("New password again").fill("looking glass")

        here.get_by_role("button", name="Change the password").click()

        expect(here.get_by_role("status")).to_contain_text("The password is changed")
        elsewhere.reload()
        expect(elsewhere).to_have_url(re.compile("/login$"))
        sign_in(elsewhere, ("alice", "looking glass"))


def test_a_customer_signs_another_browser_out(browser, site):
    with visiting(browser, site.url) as here, visiting(browser, site.url) as elsewhere:
        sign_in(elsewhere)
        sign_in(here)
        go(here, "Settings")

        here.get_by_role("button", name="Sign out", exact=True).locator("visible=true").last.click()

        expect(here.get_by_role("status")).to_have_text("It is signed out there.")
        elsewhere.reload()
        expect(elsewhere).to_have_url(re.compile("/login$"))


def test_a_customer_reads_another_language(browser, site):
    with visiting(browser, site.url, locale="fr-FR") as page:
        page.goto("/login")
        expect(page.locator("html")).to_have_attribute("lang", "fr")
        sign_in(page)
        go(page, "Settings")
        page.get_by_label("Of pages, texts").select_option("pt")
        page.locator("form", has=page.locator("#language")).get_by_role("button").click()
        expect(page.locator("html")).to_have_attribute("lang", "pt")
    assert site.ports.accounts.get("alice").profile.language == "pt"


def test_all_of_a_call_is_ordered_and_ended_by_keys_alone(browser, site):
    with visiting(browser, site.url) as page:
        page.goto("/login")
        page.keyboard.type("alice")
        page.keyboard.press("Tab")
        page.keyboard.type("wonderland")
        page.keyboard.press("Enter")
        expect(page.get_by_label("The other phone")).to_be_focused()
        page.keyboard.type("+14155550100")
        expect(page.locator("#price")).to_contain_text("1:39:48")
        tab_to(page, page.locator("form .btn-primary"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Getting ready to call you")

        tab_to(page, page.get_by_role("button", name="Hang up"))
        page.keyboard.press("Enter")

        expect(page.get_by_role("heading", level=1)).to_have_text("You cancelled it")
        tab_to(page, page.get_by_role("link", name="Overview").locator("visible=true"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
        page.keyboard.press("Tab")
        expect(page.get_by_role("link", name="Go to the contents")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#main")).to_be_focused()
        tab_to(page, page.get_by_text("As a table"))
        page.keyboard.press("Enter")
        expect(page.get_by_role("cell", name="5.00 EUR").first).to_be_visible()
    assert site.callback.customer == ALICE
