"""How fields of the console's forms are read."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber, parse_number

_WHOLE = re.compile(r"[0-9]{1,9}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,6}(\.[0-9]{1,3})?", re.ASCII)


def whole(text: str) -> int:
    """A whole number. Malformed where it is none."""
    if not _WHOLE.fullmatch(text):
        raise Malformed(f"“{text[:20]}” is not a whole number")
    return int(text)


def lines_of(text: str) -> list[str]:
    """The lines of a text, without those that are empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def pairs_of(text: str) -> dict[str, str]:
    """The lines of a text, like `from=442071234567`. Malformed where one is none."""
    pairs = {}
    for line in lines_of(text):
        name, equals, value = line.partition("=")
        if not equals or not name.strip():
            raise Malformed(f"“{line[:40]}”: write it like from=442071234567")
        pairs[name.strip()] = value
    return pairs


def seconds(text: str) -> timedelta:
    """A time in seconds, with decimals or without. Malformed where it is none."""
    if not _SECONDS.fullmatch(text):
        raise Malformed(f"“{text[:20]}” is not a number of seconds, like 30 or 2.5")
    return timedelta(milliseconds=int(Decimal(text) * 1000))


def day(text: str) -> datetime:
    """The beginning of a day (UTC). Malformed where it is none, or none that anybody can mean."""
    try:
        read = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"“{text[:20]}” is no date, like 2026-11-01") from None
    if not 2000 <= read.year < 2200:
        raise Malformed(f"the year {read.year:04} is not between 2000 and 2199")
    return read


def international(text: str) -> PhoneNumber:
    """A phone number with its country. Malformed where the plus is missing: nobody knows then whose
    it is."""
    if not text.startswith("+"):
        raise Malformed("write it with the plus and the country, like +442071234567")
    return parse_number(text, "US")
