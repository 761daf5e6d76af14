"""What is asked for of a deck: the field of each of its columns, and how it is taken."""

from collections.abc import Mapping

from chalicelib.admin.forms import Choices, Entered, Field, switch
from chalicelib.admin.rate_fields import LABELS
from chalicelib.admin.reading import whole
from chalicelib.translation import mark
from switchboard.desk.decks import Mode
from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.rating.deck.names import BILLING, COUNTRY_CODE, FIELDS
from switchboard.rating.deck.reading import Template
from switchboard.rating.row import RATE_DECIMALS
from switchboard.tables.looking import Look

DELIMITERS: Choices = (
    (",", mark("comma")),
    (";", mark("semicolon")),
    ("tab", mark("tab")),
    ("|", mark("bar")),
)
MODES: Choices = (
    (Mode.REPLACE.value, mark("The file takes the place of all rates")),
    (Mode.ADD.value, mark("The file is added to the rates")),
)
DECIMALS: Choices = (("point", mark("point: 0.02")), ("comma", mark("comma: 0,02")))
DATES: Choices = (("dmy", mark("day first: 31/12/2026")), ("mdy", mark("month first: 12/31/2026")))
COLUMNS: Mapping[str, str] = {
    "prefix": mark("Prefix"),
    "destination": mark("Name"),
    "rate": mark("A minute"),
    BILLING: mark("First and following seconds, like 30/6"),
    COUNTRY_CODE: mark("Country code, before each prefix"),
    **LABELS,
    "blocked": mark("Calls are not possible"),
    "effective_from": mark("Counts from"),
    "effective_until": mark("Counts until"),
    "days": mark("Days"),
    "hours": mark("Hours"),
    "weight": mark("Weight"),
    "step_from": mark("Step from second"),
}
assert set(COLUMNS) == set(FIELDS), "each field of a deck has a label"


def column_fields(look: Look) -> tuple[Field, ...]:
    """For each column of the file that has a name, which field it is."""
    return tuple(
        Field(
            _name(at),
            title,
            "select",
            look.fields.get(at, ""),
            choices=list(COLUMNS.items()),
            unset=mark("not read"),
        )
        for at, title in enumerate(look.titles)
        if title and title not in look.titles[:at]
    )


def mapping_of(entered: Entered, look: Look) -> dict[str, str]:
    """The columns of the fields. Malformed where two are one field, or one is missing."""
    mapping: dict[str, str] = {}
    for at, title in enumerate(look.titles):
        field = entered.get(_name(at))
        if field and field in mapping:
            raise Malformed(f"“{mapping[field]}” and “{title}” cannot both be the {field}")
        if field:
            mapping[field] = title
    for needed in ("prefix", "rate"):
        if needed not in mapping and not (needed == "prefix" and COUNTRY_CODE in mapping):
            raise Malformed(f"say which column is the {needed}")
    return mapping


def how_fields(template: Template) -> tuple[Field, ...]:
    """How the deck is taken, and what is careful about it."""
    decimal = "" if template.decimal is None else template.decimal.value
    dates = "" if template.dates is None else template.dates.value
    found = mark("found out by itself")
    return (
        Field("mode", mark("Mode"), "select", "replace", choices=MODES, required=True),
        Field("decimal", mark("Decimals"), "select", decimal, choices=DECIMALS, unset=found),
        Field("dates", mark("Dates"), "select", dates, choices=DATES, unset=found),
        switch(
            "skip_bad",
            mark("Leave out rows that cannot be read"),
            value=False,
            hint=mark("Otherwise a file with such rows is not taken at all."),
        ),
        Field(
            "outliers",
            mark("Prices are unusual at so many times"),
            "number",
            "10",
            required=True,
            longest=6,
            read=_factor,
            hint=mark("Of the usual price of their country, or so many times below it."),
        ),
        Field(
            "cap",
            mark("Prices are unusual above"),
            longest=20,
            read=_price,
            hint=mark("A minute, like 5.00; empty: no such limit."),
        ),
        Field("file", mark("What file this is"), longest=80, hint=mark("For the audit log.")),
        Field(
            "save_as",
            mark("Keep these columns as a template"),
            value=template.name,
            longest=60,
            hint=mark("Under a name, for the next deck of this seller."),
        ),
    )


def _name(at: int) -> str:
    return f"column-{at}"


def _factor(text: str) -> int:
    factor = whole(text)
    if factor < 2:
        raise Malformed("write a whole number from 2")
    return factor


def _price(text: str) -> str:
    parse_units(text, decimals=RATE_DECIMALS)
    return text
