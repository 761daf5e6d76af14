"""A browser for all browser tests, and for each a site or an office of its own with Alice's
account."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from ringback.embedded.process import start_embedded_aws
from switchboard.ports import Ports
from tests.browser.browsing import open_browser
from tests.browser.office import Office, office_over
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


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("aws")
    with pytest.MonkeyPatch.context() as patch:
        # Addresses of its files are signed by what it began with.
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "embedded")
        with start_embedded_aws(folder, log=False) as aws:
            for name, value in aws.environment.items():
                patch.setenv(name, value)
            yield aws.url


@pytest.fixture
def office(store) -> Iterator[Office]:
    with office_over(store) as office:
        yield office


@pytest.fixture
def url(site) -> str:
    return site.url


@pytest.fixture
def ports(site) -> Ports:
    return site.ports
