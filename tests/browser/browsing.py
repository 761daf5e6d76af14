"""A real browser: what it complains of, whether a page can be used by everybody, how it looks."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

OPTIONS = [
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
# What it says where a key was pressed before it came to the field that it was to begin with: the
# focus stays where the visitor put it.
QUICKER = "Autofocus processing was blocked"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
ROOT = Path(__file__).parents[2]
AXE = ROOT / "var" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=OPTIONS)
        yield browser
        browser.close()


@contextmanager
def visiting(
    browser: Browser, url: str, *others: str, tolerated: str = LEFT_BEHIND, **options: Any
) -> Iterator[Page]:
    """An empty page of a new visitor of the site at this address. In the end the browser must have
    nothing to complain about but what is tolerated, and have asked nobody for anything but this
    site and those others."""
    complaints: list[str] = []
    ours = (*(f"{one}/" for one in (url, *others)), "data:")
    with browser.new_context(base_url=url, **options) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(str(request.failure)))
        page.on("request", lambda request: complaints.extend(_abroad(ours, request.url)))
        yield page
    left = [one for one in complaints if not re.search(f"{tolerated}|{QUICKER}", one)]
    assert left == [], left


def sign_in(page: Page, whom: tuple[str, str] = ("alice", "wonderland")) -> None:
    """Signs in as a customer does, and waits for the page behind it."""
    login, password = whom
    page.goto("/login")
    page.locator("#login").fill(login)
    page.locator("#password").fill(password)
    page.locator("main form[action$='/login'] button").click()
    page.wait_for_url(re.compile(r"/$"))


def expect_usable_by_all(page: Page) -> None:
    """axe-core finds nothing serious or critical on the page as it is now."""
    page.evaluate(_axe())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    bad = [
        f"{one['id']}: {one['help']}: {', '.join(str(node['target']) for node in one['nodes'])}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]
    assert bad == [], f"{page.url}: {bad}"


def expect_to_fit(page: Page) -> None:
    """Nobody has to scroll sideways."""
    # A page that loads itself again has no document for a moment.
    page.wait_for_load_state()
    wide, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert wide <= room, f"{page.url} is {wide} wide, the screen {room}"


def shoot(page: Page, path: Path) -> None:
    """The whole page as a PNG."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, full_page=True)


@cache
def _axe() -> str:
    if not AXE.exists():
        pytest.fail("axe-core is missing: tests/browser/fetch.sh gets it")
    return AXE.read_text()


def _abroad(ours: tuple[str, ...], asked: str) -> list[str]:
    return [] if asked.startswith(ours) else [f"asked another host: {asked}"]
