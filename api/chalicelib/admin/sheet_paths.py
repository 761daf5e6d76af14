"""Rate sheets in addresses: their names may have any signs, which paths must not have."""

import re

from chalicelib.admin.console import Console, Crumb
from chalicelib.routes import path_part
from chalicelib.translation import mark
from switchboard.errors import NotFound

SHEETS: Crumb = (mark("Rate sheets"), "/admin/rates")
# A name of a hundred letters that take four bytes each.
LONGEST = 1_200
_PLAIN = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_WRITTEN = re.compile("([A-Za-z0-9_-]|~[0-9a-f]{2})+")


def path_of(sheet: str, *below: str) -> str:
    """The page of a sheet, or one below it."""
    name = "".join(chr(one) if one in _PLAIN else f"~{one:02x}" for one in sheet.encode())
    return "/".join((SHEETS[1], name, *below))


def sheet_in(console: Console) -> str:
    """The sheet that the path names. NotFound where it names none."""
    written = path_part(console.request, "sheet")
    if len(written) > LONGEST or not _WRITTEN.fullmatch(written):
        raise NotFound("there is no such page")
    try:
        return bytes.fromhex(
            "".join(
                part[1:] if part[0] == "~" else part.encode().hex()
                for part in re.findall("~..|.", written)
            )
        ).decode()
    except UnicodeDecodeError:
        raise NotFound("there is no such page") from None


def crumbs_of(sheet: str) -> list[Crumb]:
    """The way up from a page below that of a sheet."""
    return [SHEETS, (sheet, path_of(sheet))]
