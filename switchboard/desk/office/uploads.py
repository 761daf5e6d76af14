"""Uploads: files that users have for their jobs, on their way through the browser to the store."""

import re
import secrets

from switchboard.desk.work import upload_key
from switchboard.errors import NotFound
from switchboard.ports import Ports, UploadForm
from switchboard.staff.users import Operator

MOST_BYTES = 50 * 1024 * 1024
_UPLOAD = re.compile("[0-9a-f]{32}")


def ask_for_upload(ports: Ports, by: Operator, upload: str, then: str) -> UploadForm:
    """How the user uploads a file under this name of `new_upload`, and gets to `then`."""
    key = upload_key(by.login, upload)
    return ports.files.upload_form(key, most_bytes=MOST_BYTES, then=then)


def new_upload() -> str:
    """A name for an upload, which nobody guesses."""
    return secrets.token_hex(16)


def check_upload(ports: Ports, by: Operator, upload: str) -> str:
    """The key of an upload of this user. NotFound where there is none."""
    key = upload_key(by.login, upload)
    if not _UPLOAD.fullmatch(upload) or ports.files.size(key) is None:
        raise NotFound("there is no such file: upload it again")
    return key
