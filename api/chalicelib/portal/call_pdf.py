"""Calls as a PDF: tables of fixed widths, a page each, so that a long history takes no longer."""

import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from chalicelib.portal.customer import Customer
from chalicelib.progress import clock_face, reason
from chalicelib.readers import Reader
from switchboard.calls.cdr import Cdr
from switchboard.money import Money
from switchboard.numbering import spaced

ROWS_A_PAGE = 50
WIDTHS = [32 * mm, 36 * mm, 36 * mm, 16 * mm, 40 * mm, 26 * mm]
LONGEST_REASON = 30
MARGIN = 12 * mm


def call_pdf(customer: Customer, calls: Iterable[Cdr]) -> bytes:
    """The calls in their order, with the sum of what they cost at the end."""
    reader, profile = customer.reader, customer.account.profile
    title = reader.say("Calls")
    styles = getSampleStyleSheet()
    story: list[Any] = [
        Paragraph(escape(_plain(f"{title}: {profile.name}")), styles["Title"]),
        Paragraph(
            escape(_plain(f"{reader.instant(customer.ports.clock.now())} ({reader.time_zone})")),
            styles["Normal"],
        ),
        Spacer(0, 6 * mm),
    ]
    total = Money.zero(customer.account.balance.currency)
    for number, page in enumerate(_pages(calls)):
        total = sum((cdr.cost for cdr in page), total)
        story += [PageBreak()] if number else []
        story.append(_table(reader, page))
    summed = reader.say("In all: %(sum)s", sum=reader.money(total))
    story += [Spacer(0, 4 * mm), Paragraph(escape(_plain(summed)), styles["Heading3"])]
    written = io.BytesIO()
    frame = {f"{side}Margin": MARGIN for side in ("left", "right", "top", "bottom")}
    SimpleDocTemplate(written, pagesize=A4, title=title, author="Ringback", **frame).build(story)
    return written.getvalue()


def _pages(calls: Iterable[Cdr]) -> Iterator[list[Cdr]]:
    left = iter(calls)
    # The first page has the title.
    size = ROWS_A_PAGE - 6
    while page := list(islice(left, size)):
        yield page
        size = ROWS_A_PAGE


def _table(reader: Reader, calls: list[Cdr]) -> Table:
    header = [
        reader.say("Time"),
        reader.say("Your phone"),
        reader.say("The other phone"),
        reader.say("Talked"),
        reader.say("How it ended"),
        reader.say("Cost"),
    ]
    rows = [
        [_plain(cell) for cell in row] for row in (header, *(_row(reader, cdr) for cdr in calls))
    ]
    table = Table(rows, colWidths=WIDTHS, rowHeights=5.2 * mm)
    table.setStyle(
        TableStyle(
            [
                ("FONTSIZE", (0, 0), (-1, -1), 8),
                ("FONTNAME", (0, 0), (-1, 0), "Helvetica-Bold"),
                ("ALIGN", (3, 0), (3, -1), "RIGHT"),
                ("ALIGN", (5, 0), (5, -1), "RIGHT"),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ]
        )
    )
    return table


def _row(reader: Reader, cdr: Cdr) -> list[str]:
    ended = reader.say(reason(cdr.verdict))
    return [
        reader.instant(cdr.requested_at),
        "" if cdr.customer is None else spaced(cdr.customer.number),
        "" if cdr.destination is None else spaced(cdr.destination.number),
        clock_face(cdr.talked_s),
        ended if len(ended) <= LONGEST_REASON else f"{ended[: LONGEST_REASON - 1]}\u2026",
        reader.money(cdr.cost),
    ]


def _plain(text: str) -> str:
    """The text in the letters of the fonts that every PDF reader has."""
    return text.replace("\u202f", "\u00a0").encode("cp1252", "replace").decode("cp1252")
