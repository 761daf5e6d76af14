"""Shoots every page of a customer, light and dark, on a desktop and a phone: `make screenshots`."""

from tests.browser.browsing import DESKTOP, PHONE, ROOT, open_browser, shoot, sign_in, visiting
from tests.browser.site import serving
from tests.browser.test_pages import PAGES
from tests.fakes.furnished import furnish
from tests.fakes.world import open_alice

TARGET = ROOT / "var" / "screenshots"
SIZES = {"desktop": DESKTOP, "phone": PHONE}
ANYTHING = "."


def main() -> None:
    """Also what they look like while there is nothing on them."""
    with open_browser() as browser:
        for scheme in ("light", "dark"):
            for name, size in SIZES.items():
                look = {"viewport": size, "color_scheme": scheme, "tolerated": ANYTHING}
                with serving(furnish) as site, visiting(browser, site.url, **look) as page:
                    page.goto("/login")
                    shoot(page, TARGET / f"login-{name}-{scheme}.png")
                    sign_in(page)
                    _shoot_all(page, f"{name}-{scheme}")
        with serving(_empty) as site, visiting(browser, site.url, tolerated=ANYTHING) as page:
            sign_in(page)
            _shoot_all(page, "empty")


def _shoot_all(page, name: str) -> None:
    for called, path in PAGES.items():
        page.goto(path)
        page.wait_for_load_state("networkidle")
        shoot(page, TARGET / f"{called}-{name}.png")


def _empty(wiring) -> None:
    open_alice(wiring.ports, passwords=wiring.passwords)


if __name__ == "__main__":
    main()
