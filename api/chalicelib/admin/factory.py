"""Makes the routes of the console."""

from chalicelib.admin import (
    account,
    account_deeds,
    accounts,
    audit,
    batches,
    dashboard,
    entrance,
    live,
    numbers,
    own,
    roles,
    traces,
    trunks,
    users,
)
from chalicelib.admin.console import Pages
from chalicelib.wiring import Wire

PARTS = (
    entrance,
    dashboard,
    live,
    traces,
    accounts,
    account,
    account_deeds,
    trunks,
    numbers,
    batches,
    users,
    roles,
    audit,
    own,
)


def admin_routes(wire: Wire) -> Pages:
    """Every page of the console."""
    pages = Pages(wire)
    for part in PARTS:
        part.add_to(pages)
    return pages
