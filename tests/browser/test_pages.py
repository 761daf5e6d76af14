"""Every page of a customer as everybody meets it: on a desktop and a phone, light and dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.browsing import (
    DESKTOP,
    PHONE,
    expect_to_fit,
    expect_usable_by_all,
    sign_in,
    visiting,
)
from tests.browser.site import Site, serving
from tests.fakes.furnished import furnish
from tests.fakes.world import open_alice

pytestmark = pytest.mark.integration

PAGES = {
    "connect": "/",
    "callback": f"/callbacks/{5:032x}",
    "overview": "/portal",
    "statement": "/portal/statement",
    "calls": "/portal/calls",
    "calls-found": "/portal/calls?number=5550199",
    "calls-refused": "/portal/calls?number=x",
    "planned": "/portal/scheduled",
    "phones": "/portal/numbers",
    "phone-book": "/portal/phonebook",
    "rates": "/portal/rates",
    "rates-found": "/portal/rates?q=united",
    "rates-not-found": "/portal/rates?q=atlantis",
    "plan": "/portal/plan",
    "settings": "/portal/settings",
    "not-found": f"/callbacks/{'f' * 32}",
}


@pytest.fixture(scope="module")
def furnished() -> Iterator[Site]:
    with serving(furnish) as site:
        yield site


@pytest.fixture(scope="module")
def empty() -> Iterator[Site]:
    with serving(lambda wiring: open_alice(wiring.ports, passwords=wiring.passwords)) as site:
        yield site


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_every_page_fits_and_can_be_used_by_all(browser, furnished, size, scheme):
    tolerated = "ERR_ABORTED|status of 40[04]"
    options = {"viewport": size, "color_scheme": scheme, "tolerated": tolerated}
    with visiting(browser, furnished.url, **options) as page:
        sign_in(page)
        for path in PAGES.values():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            expect_to_fit(page)
            expect_usable_by_all(page)


@pytest.mark.parametrize("language", ["es", "fr", "pt"])
def test_every_page_fits_a_phone_in_every_language(browser, furnished, language):
    tolerated = "ERR_ABORTED|status of 40[04]"
    with visiting(browser, furnished.url, viewport=PHONE, tolerated=tolerated) as page:
        sign_in(page)
        page.locator(f"footer button[value={language}]").click()
        expect(page.locator("html")).to_have_attribute("lang", language)
        for path in PAGES.values():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            expect_to_fit(page)


def test_every_page_says_what_will_be_there_while_it_is_empty(browser, empty):
    with visiting(browser, empty.url, tolerated="ERR_ABORTED|status of 40[04]") as page:
        sign_in(page)
        for path in PAGES.values():
            page.goto(path)
            page.wait_for_load_state("networkidle")
            expect_usable_by_all(page)
