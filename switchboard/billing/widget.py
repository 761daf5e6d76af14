"""Widgets: by which visitors of an operator's web site are called, at the cost of one account."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from switchboard.billing.account import check_language
from switchboard.billing.opening_hours import OpeningHours
from switchboard.calls.velocity import Limit
from switchboard.errors import Malformed, NotAllowed, NotANumber
from switchboard.numbering import (
    PhoneNumber,
    calling_code,
    check_country,
    is_of_people,
    parse_number,
    region_of,
)

_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
# What stands in a header as it is (CSP3 §2.3.1): nothing else may come in by it.
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?", re.ASCII)
MOST_ORIGINS, MOST_COUNTRIES = 20, 50
CALLS_FOR_ADDRESS = Limit(10, timedelta(hours=1))
CALLS_TO_PHONE = Limit(3, timedelta(hours=1))
CALLS_IN_ALL = Limit(100, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Widget:
    """Calls a visitor and connects them with `destination`; the account pays for both legs.

    It is shown on the sites of `origins` only, and calls phones of `countries` only (ISO 3166),
    in the first of which a local number is read. Without hours it is always open. It places so many
    calls for an address, to a phone, and in all. With `asks_code` nobody is called before they have
    entered a code that was texted to their phone.
    """

    id: str
    account: str
    destination: PhoneNumber
    origins: tuple[str, ...]
    countries: tuple[str, ...]
    hours: OpeningHours | None = None
    calls_for_address: Limit = CALLS_FOR_ADDRESS
    calls_to_phone: Limit = CALLS_TO_PHONE
    calls_in_all: Limit = CALLS_IN_ALL
    asks_code: bool = False
    language: str = "en"
    enabled: bool = True

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise Malformed(f"widget “{self.id[:40]}”: use small letters, digits and dashes")
        if not 1 <= len(self.origins) <= MOST_ORIGINS:
            raise Malformed(f"a widget is shown on 1 to {MOST_ORIGINS} sites")
        for origin in self.origins:
            if not _ORIGIN.fullmatch(origin):
                raise Malformed(
                    f"“{origin[:60]}” is no site: write it like https://www.example.com"
                )
        if not 1 <= len(self.countries) <= MOST_COUNTRIES:
            raise Malformed(f"a widget calls phones of 1 to {MOST_COUNTRIES} countries")
        for country in self.countries:
            if check_country(country) != country:
                raise Malformed(f"country {country[:20]} is kept in capitals")
        check_language(self.language)

    @property
    def calling_codes(self) -> tuple[str, ...]:
        """What the numbers of its countries begin with, like +44."""
        return tuple(dict.fromkeys(f"+{calling_code(country)}" for country in self.countries))

    def opens_at(self, at: datetime) -> datetime:
        """This instant where it is open then, else the next at which it opens."""
        return at if self.hours is None else self.hours.opens_at(at)

    def read_phone(self, text: str) -> PhoneNumber:
        """The phone that a visitor means. NotANumber where it is none, NotAllowed where it is of
        another country, or of a kind that costs more than phones of people do."""
        readings = [_read(text, country) for country in self.countries]
        known = [number for number in readings if number is not None]
        if not known:
            raise NotANumber(f"“{text[:40]}” is not a phone number")
        for number in known:
            if region_of(number) in self.countries and is_of_people(number):
                return number
        raise NotAllowed(
            f"only phones at home or mobile phones are called, whose numbers begin with"
            f" {' or '.join(self.calling_codes)}"
        )


def _read(text: str, country: str) -> PhoneNumber | None:
    try:
        return parse_number(text, country)
    except NotANumber:
        return None
