"""Pages in a real browser: a server over ports in memory, Chromium, and what it complains about."""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from waitress import wasyncore

from chalicelib.factory import make_app
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring
from local import serve
from switchboard.ports import Ports
from tests.fakes.api import PIN_KEY, TWILIO_AUTH_TOKEN
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts

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
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}


@contextmanager
def served(ports: Ports) -> Iterator[str]:
    """The address where the pages are served over these ports."""
    wirings: list[Wiring] = []
    server = serve(make_app(lambda: wirings[0]), 0)
    url = f"http://127.0.0.1:{server.effective_port}"
    settings = Settings(url, "k" * 32, TWILIO_AUTH_TOKEN, PIN_KEY)
    wirings.append(Wiring(settings, ports, PlainPasswords(), MemoryTexts()))
    serving = threading.Thread(target=server.run)
    serving.start()
    try:
        yield url
    finally:
        # The loop ends when no socket is left in it.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        serving.join(timeout=20)
        server.task_dispatcher.shutdown()
    assert not serving.is_alive()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.fail("Chromium is missing: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=BROWSER_OPTIONS)
        yield browser
        browser.close()


@contextmanager
def visit(
    browser: Browser, url: str, *, tolerated: str = LEFT_BEHIND, **options: object
) -> Iterator[Page]:
    """A page; the browser must have nothing to complain about, and ask nobody else."""
    complaints: list[str] = []

    def hear(request) -> None:
        if not request.url.startswith((url, "data:")):
            complaints.append(f"asked {request.url}")

    with browser.new_context(base_url=url, **options) as context:
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", lambda request: complaints.append(str(request.failure)))
        page.on("request", hear)
        yield page
    assert [one for one in complaints if not re.search(tolerated, one)] == []
