"""Shoots every page, light and dark, on a desktop and a phone: `make screenshots`."""

from tests.browser.browsing import DESKTOP, PHONE, ROOT, open_browser, shoot, sign_in, visiting
from tests.browser.site import serving
from tests.browser.test_console import CONSOLE_PAGES, TRACED, sign_in_to_console
from tests.browser.test_pages import PAGES
from tests.fakes.console import add_jane
from tests.fakes.furnished import furnish
from tests.fakes.on_air import go_on_air
from tests.fakes.traced import leave_trace
from tests.fakes.world import open_alice

TARGET = ROOT / "var" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
ANYTHING = "."
CONSOLE = {f"console-{called}": path for called, path in CONSOLE_PAGES.items()}


def main() -> None:
    """Also what they look like while there is nothing on them."""
    with open_browser() as browser:
        for scheme in ("light", "dark"):
            for name, size in SIZES.items():
                look = {"viewport": size, "color_scheme": scheme, "tolerated": ANYTHING}
                with serving(_furnish) as site, visiting(browser, site.url, **look) as page:
                    page.goto("/login")
                    shoot(page, TARGET / f"login-{name}-{scheme}.png")
                    sign_in(page)
                    _shoot_all(page, PAGES, f"{name}-{scheme}")
                    sign_in_to_console(page)
                    _shoot_all(page, CONSOLE, f"{name}-{scheme}")
        with serving(_empty) as site, visiting(browser, site.url, tolerated=ANYTHING) as page:
            sign_in(page)
            _shoot_all(page, PAGES, "empty")


def _shoot_all(page, pages, name: str) -> None:
    for called, path in pages.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shoot(page, TARGET / f"{called}-{name}.png")


def _furnish(wiring) -> None:
    furnish(wiring)
    add_jane(wiring.ports)
    go_on_air(wiring.ports, earlier=3)
    leave_trace(wiring.ports, TRACED)


def _empty(wiring) -> None:
    open_alice(wiring.ports, passwords=wiring.passwords)


if __name__ == "__main__":
    main()
