"""The live monitor and tracing in a real browser: what changes by itself, a call that is hung up,
and a message that is opened from its arrow."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from switchboard.calls.callback import State
from switchboard.calls.minutes import Counts, Minute, Tally, minute_of
from switchboard.desk.visits import end_visit
from switchboard.ports import Ports
from tests.browser.browsing import (
    DESKTOP,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    visiting,
)
from tests.browser.site import Site, serving
from tests.fakes.console import PASSWORD, add_jane
from tests.fakes.on_air import go_on_air, on_air
from tests.fakes.traced import leave_trace
from tests.fakes.world import open_alice

pytestmark = pytest.mark.integration
TALKING, RINGING = on_air(1), on_air(2)


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(_prepare) as site:
        yield site


def _prepare(wiring) -> None:
    open_alice(wiring.ports)
    add_jane(wiring.ports)
    go_on_air(wiring.ports, earlier=3)


def sign_in(page: Page, path: str) -> None:
    page.goto(path)
    page.get_by_label("Login").fill("jane")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def go_on(ports: Ports) -> None:
    """The phone that rang is answered, five seconds later, and a dialer signs out."""
    ports.clock.pass_by(timedelta(seconds=5))
    ports.callbacks.advance(RINGING, "w1", State.CONNECTED, ports.clock.now())
    [beat, _] = ports.workers.all()
    call = replace(beat.calls[RINGING], destination_s=1)
    talking = replace(beat.calls[TALKING], cost_micros=291_300)
    calls = {**beat.calls, RINGING: call, TALKING: talking}
    ports.workers.beat(replace(beat, calls=calls))
    end_visit(ports, "alice", "dialer-0")


def test_the_parts_of_the_monitor_change_by_themselves_and_a_call_is_hung_up(browser, url, ports):
    with visiting(browser, url, viewport=DESKTOP) as page:
        sign_in(page, "/admin/live")
        expect(page.locator(".live-chart canvas")).to_have_count(2)
        row = page.locator(f"#call-{RINGING}")
        expect(row).to_contain_text("calling destination")
        page.evaluate("document.querySelector('h1').dataset.kept = 'yes'")
        price = page.locator(f"#call-{TALKING}").get_by_text("EUR").first
        expect(price).to_have_text("0.2768 EUR")
        dialers = page.locator("#live-dialers")
        expect(dialers).to_contain_text("1.4.2")
        link = page.locator(f"#hang-up-{TALKING}")
        link.focus()

        go_on(ports)

        expect(row).to_contain_text("talking")
        expect(price).to_have_text("0.2913 EUR")
        expect(page.locator("#live-numbers")).to_contain_text("2 talking")
        expect(dialers).not_to_contain_text("1.4.2")
        expect(page.locator("h1")).to_have_attribute("data-kept", "yes")
        expect(link).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hang up this callback")
        page.get_by_role("button", name="Hang up").click()
        expect(page.get_by_role("status")).to_have_text("The callback is being ended.")

    assert ports.control.hang_ups == [("w1", TALKING)]


def test_what_is_opened_scrolled_and_drawn_stays_while_the_parts_change(browser, url, ports):
    with visiting(browser, url, viewport=PHONE) as page:
        sign_in(page, "/admin/live")
        expect(page.locator(".live-chart canvas")).to_have_count(2)
        page.locator("#live-hour summary").click()
        page.evaluate(
            """() => {
                document.querySelector("#live-hour canvas").dataset.kept = "yes";
                document.querySelector("#live-calls").scrollLeft = 120;
            }"""
        )
        minute = minute_of(ports.clock.now())
        many = Counts(Tally(attempts=77), destinations={"FR": Tally(attempts=77)})

        ports.minutes.save(Minute("w2", minute, many))

        expect(page.locator("#live-hour-counts")).to_contain_text("France")
        expect(page.locator("#live-hour canvas")).to_have_attribute("data-kept", "yes")
        expect(page.locator("#live-hour-steps")).to_be_visible()
        assert page.evaluate("document.querySelector('#live-calls').scrollLeft") == 120
        expect_to_fit(page)
        expect_usable_by_all(page)


def test_the_monitor_fits_a_phone_and_needs_no_script(browser, url):
    with visiting(browser, url, viewport=PHONE, java_script_enabled=False) as page:
        sign_in(page, "/admin/live")
        expect(page.locator(f"#call-{TALKING}")).to_contain_text("talking")
        expect(page.locator("noscript meta[http-equiv=refresh]")).to_have_count(1)

    with visiting(browser, url, viewport=PHONE) as page:
        sign_in(page, "/admin/live")
        expect(page.locator(".live-chart canvas")).to_have_count(2)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_tracing_is_switched_on_and_a_message_is_opened_from_its_arrow(browser, url, ports, size):
    callback = leave_trace(ports)
    with visiting(browser, url, viewport=size) as page:
        sign_in(page, "/admin/trace")
        page.get_by_role("link", name="Switch on").click()
        page.get_by_label("What").select_option("trunk")
        page.get_by_label("Which").fill("cheap")
        page.get_by_role("button", name="Switch on").click()
        expect(page.get_by_role("status")).to_have_text("Tracing is on.")
        row = page.get_by_role("row").filter(has_text="cheap")
        row.get_by_role("button", name="Switch off").click()
        expect(page.get_by_role("status")).to_have_text("Tracing is off.")

        page.get_by_role("link", name=callback.id).click()

        expect(page.get_by_role("status")).to_contain_text("caller ID or the number is not allowed")
        message = page.locator("#message-7")
        expect(message).to_be_hidden()
        page.locator("svg a[href='#message-7']").focus()
        page.keyboard.press("Enter")
        expect(message).to_be_visible()
        expect(message).to_contain_text("SIP/2.0 403 Caller ID not allowed")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        with page.expect_download() as download:
            page.get_by_role("link", name="For Wireshark").click()
        assert download.value.suggested_filename == f"{callback.id}.pcap"
