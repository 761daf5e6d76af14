"""The console over an embedded AWS, whose files a browser fetches, with jobs that a test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Page, expect

from switchboard.aws import AwsSettings, create_tables, open_ports
from switchboard.desk.jobs import run_job
from switchboard.desk.office.job_kinds import KINDS
from switchboard.ports import Ports
from tests.browser.site import serving
from tests.fakes.console import add_jane
from tests.fakes.jobs import TOOLS
from tests.fakes.world import open_alice


@dataclass
class Office:
    """A console over ports whose files are in S3: where the two are, and what is behind them."""

    url: str
    store: str
    ports: Ports

    def run(self, job_url: str) -> None:
        """A runner does the job whose page has this address."""
        run_job(self.ports, KINDS, TOOLS, job_url.rpartition("/")[2])

    def run_shown(self, page: Page) -> None:
        """A runner does the job whose page is open, which the page notices by itself."""
        expect(page.locator("#job-progress")).to_contain_text("waiting")
        self.run(page.url)
        expect(page.locator("#job-progress")).to_contain_text("done")


@contextmanager
def office_over(store: str) -> Iterator[Office]:
    """An office with tables of its own in that store, with Alice's account and Jane's user."""
    settings = AwsSettings("eu-central-1", prefix=f"t{uuid4().hex[:8]}-")
    create_tables(settings)
    ports = open_ports(settings)
    open_alice(ports)
    add_jane(ports)
    with serving(lambda _wiring: None, ports) as site:
        yield Office(site.url, store, ports)


def choose_file(page: Page, name: str, content: bytes) -> None:
    """Follows the link to an import, and chooses this file in its form."""
    page.get_by_role("link", name="Import").click()
    page.get_by_label("File").set_input_files(
        {"name": name, "mimeType": "text/csv", "buffer": content}
    )


def upload(page: Page, name: str, content: bytes) -> None:
    """The same, and sends the form."""
    choose_file(page, name, content)
    page.get_by_role("button", name="Upload").click()


def download(page: Page, folder: Path) -> Path:
    """The file that a job made, kept in the folder under the name that it comes by."""
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download").click()
    file = folder / downloading.value.suggested_filename
    downloading.value.save_as(file)
    return file
