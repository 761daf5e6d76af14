"""Rate sheets as the console's pages are asked for them."""

import re

from switchboard.ports import Ports
from switchboard.rating.columns import format_units
from switchboard.rating.drafts import Draft, DraftChange
from switchboard.rating.editing import Edit
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.console import ConsoleBrowser

# What publishes an edit by itself, instead of putting it into the draft.
NOW = {"publish": "now"}
ENTERED = {"destination": "United Kingdom", "rate": "0.02", "initial": "1", "increment": "1"}
ROW = {**ENTERED, **NOW}


def rates(console: ConsoleBrowser, name: str = "retail") -> dict[str, str]:
    rows = console.ports.sheets.current(name).rows
    return {row.prefix: format_units(row.rate_picos, decimals=12) for row in rows}


def version(console: ConsoleBrowser, name: str = "retail") -> str:
    return console.ports.sheets.current(name).version


def publish(
    console: ConsoleBrowser, name: str, *rows: RateRow, version: str = "v1", **terms
) -> None:
    sheet = RateSheet.of(name, version, SheetTerms("EUR", **terms), rows)
    console.ports.sheets.publish(sheet)


def leave_draft(ports: Ports, name: str, *edits: Edit) -> None:
    """Jane's draft of a sheet: its mark is `m1`, its changes are `c1`, `c2`, …"""
    now, on = ports.clock.now(), ports.sheets.current(name).version
    changes = (DraftChange(f"c{at}", edit, "jane", now) for at, edit in enumerate(edits, start=1))
    ports.sheets.replace_draft(name, None, Draft(name, on, "jane", now, "m1", tuple(changes)))


def edit_form(console: ConsoleBrowser, prefix: str) -> str:
    page = console.get(f"/admin/rates/retail/prefix/{prefix}").body.decode()
    return re.search(r'href="([^"]+/edit)"', page)[1]
