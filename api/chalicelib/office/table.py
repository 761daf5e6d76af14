"""Every route of the office."""

from collections.abc import Sequence

from chalicelib.office import (
    accounts,
    calls,
    entrance,
    live,
    money,
    numbers,
    pins,
    staff,
    traces,
    trunks,
)
from chalicelib.office.route import Route
from chalicelib.openapi import Operation

# By the headings that the description puts them under.
AREAS: Sequence[tuple[str, Sequence[Route]]] = (
    ("Signing in", entrance.ROUTES),
    ("Accounts", accounts.ROUTES),
    ("Money", money.ROUTES),
    ("Calls", calls.ROUTES),
    ("Live", live.ROUTES),
    ("Tracing", traces.ROUTES),
    ("Trunks", trunks.ROUTES),
    ("Numbers", numbers.ROUTES),
    ("PINs", pins.ROUTES),
    ("Users", staff.ROUTES),
)
OFFICE: Sequence[Operation] = (
    entrance.SIGN_IN,
    *(route.operation(heading) for heading, routes in AREAS for route in routes),
)
