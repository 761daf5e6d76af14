"""A browser for all browser tests, and for each a site of its own with Alice's account."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.browsing import open_browser
from tests.browser.site import Site, serving
from tests.fakes.world import open_alice


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(lambda wiring: open_alice(wiring.ports, passwords=wiring.passwords)) as site:
        yield site
