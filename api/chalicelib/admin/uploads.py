"""Pages where a file is uploaded. It goes to the store by itself, since API Gateway takes 10 MB.

    def upload(console: Console) -> Response:
        console.by.check(right_of(office.start_import))
        return ask_for_file(console, UploadFor(mark("Import accounts"), "/admin/import-accounts"))

The browser comes back to `/admin/import-accounts/{upload}`, where `uploaded` reads what the file
begins with. The name `{upload}`, which is good for this user only, is an argument of the job.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb
from chalicelib.render import let_post_to
from switchboard.desk.office.uploads import (
    MOST_BYTES,
    ask_for_upload,
    check_upload,
    new_upload,
)
from switchboard.desk.work import read_upload
from switchboard.tables.cells import Worksheet


@dataclass(frozen=True, slots=True)
class UploadFor:
    """What is asked for, and under which path the browser comes back with the upload's name."""

    title: str
    path: str
    text: str = ""
    back: str = "/admin"
    crumbs: Sequence[Crumb] = ()


def ask_for_file(console: Console, wanted: UploadFor) -> Response:
    """The page with the form."""
    upload = new_upload()
    then = f"{console.wiring.settings.public_url}{wanted.path}/{upload}"
    form = ask_for_upload(console.ports, console.by, upload, then)
    page = console.show(
        "admin/upload.html",
        title=wanted.title,
        crumbs=wanted.crumbs,
        wanted=wanted,
        form=form,
        most_mb=MOST_BYTES // 2**20,
    )
    return let_post_to(page, form.url)


@contextmanager
def uploaded(
    console: Console, upload: str, *, worksheet: str | None = None, delimiter: str | None = None
) -> Iterator[Iterator[Worksheet]]:
    """The worksheets of an upload of this user. NotFound where there is none; Malformed where it
    cannot be read."""
    key = check_upload(console.ports, console.by, upload)
    tools = console.wiring.tools.spreadsheets
    with read_upload(
        console.ports, tools, key, worksheet=worksheet, delimiter=delimiter
    ) as worksheets:
        yield worksheets
