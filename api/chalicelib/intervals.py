"""How often something is charged, in words that stand behind its price."""

from collections.abc import Mapping

from chalicelib.readers import Reader
from chalicelib.translation import mark
from switchboard.billing.periods import Interval, Unit

UNITS: Mapping[Unit, tuple[str, str]] = {
    Unit.DAY: (mark("a day"), mark("for %(count)s days")),
    Unit.WEEK: (mark("a week"), mark("for %(count)s weeks")),
    Unit.MONTH: (mark("a month"), mark("for %(count)s months")),
    Unit.YEAR: (mark("a year"), mark("for %(count)s years")),
}


def every(reader: Reader, interval: Interval) -> str:
    """How often, in the reader's language."""
    one, several = UNITS[interval.unit]
    if interval.count == 1:
        return reader.say(one)
    return reader.say(several, count=interval.count)
