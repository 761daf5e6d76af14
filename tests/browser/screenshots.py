"""Shoots every page, light and dark, on a desktop and a phone: `make screenshots`."""

from playwright.sync_api import Page

from chalicelib.admin.navigation import MENU
from tests.browser.browsing import DESKTOP, PHONE, ROOT, open_browser, shoot, sign_in, visiting
from tests.browser.console_pages import furnish_pages, other_pages
from tests.browser.site import serving
from tests.browser.test_console import CONSOLE_PAGES, TRACED, leave_rates, sign_in_to_console
from tests.browser.test_pages import PAGES
from tests.fakes.console import add_jane
from tests.fakes.furnished import furnish
from tests.fakes.on_air import go_on_air
from tests.fakes.traced import leave_trace
from tests.fakes.world import open_alice

TARGET = ROOT / "var" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
ANYTHING = "."
OPEN = {"login": "/login", "console-login": "/admin/login", "widget": "/widget/support"}
NAMED = {**CONSOLE_PAGES, **other_pages(CONSOLE_PAGES)}
CONSOLE = {f"console-{called}": path for called, path in NAMED.items()}
PLACES = {
    f"console{entry.path.removeprefix('/admin').replace('/', '-')}": entry.path
    for group in MENU
    for entry in group
}


def main() -> None:
    """Also what they look like while there is nothing on them, and where something is wrong."""
    with open_browser() as browser:
        for scheme in ("light", "dark"):
            for name, size in SIZES.items():
                look = {"viewport": size, "color_scheme": scheme, "tolerated": ANYTHING}
                with serving(_furnish) as site, visiting(browser, site.url, **look) as page:
                    _shoot_site(page, f"{name}-{scheme}")
        with serving(_empty) as site, visiting(browser, site.url, tolerated=ANYTHING) as page:
            sign_in(page)
            _shoot_all(page, PAGES, "empty")
            sign_in_to_console(page)
            _shoot_all(page, {**PLACES, "console-account": "/admin/accounts/alice"}, "empty")


def _shoot_site(page: Page, look: str) -> None:
    _shoot_all(page, OPEN, look)
    sign_in(page)
    _shoot_all(page, PAGES, look)
    sign_in_to_console(page)
    _shoot_all(page, CONSOLE, look)
    _shoot_all(page, {"console-not-found": "/admin/accounts/nobody"}, look)
    page.goto("/admin/new-account")
    page.get_by_label("Phones", exact=True).fill("12")
    page.get_by_role("button", name="Open").click()
    shoot(page, TARGET / f"console-refused-{look}.png")
    page.goto("/admin/accounts/alice/confirm-phone")
    page.get_by_label("Phone", exact=True).fill("+442079461234")
    page.get_by_role("button", name="Ring it").click()
    shoot(page, TARGET / f"console-code-{look}.png")


def _shoot_all(page: Page, pages: dict[str, str], name: str) -> None:
    for called, path in pages.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shoot(page, TARGET / f"{called}-{name}.png")


def _furnish(wiring) -> None:
    furnish(wiring)
    add_jane(wiring.ports)
    go_on_air(wiring.ports, earlier=3)
    leave_trace(wiring.ports, TRACED)
    furnish_pages(wiring.ports)
    leave_rates(wiring.ports)


def _empty(wiring) -> None:
    open_alice(wiring.ports, passwords=wiring.passwords)
    add_jane(wiring.ports)


if __name__ == "__main__":
    main()
