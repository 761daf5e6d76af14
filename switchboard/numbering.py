"""Phone numbers: E.164 inside, whatever people type at the edge."""

import re
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from switchboard.errors import Malformed, NotANumber

# What people put into a number; letters are none of it, though the library would dial them.
_NUMBER = re.compile(r"[+\d\s().\-/\u2010-\u2015\uff0b]+")
_COUNTRY_CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_OF_PEOPLE = {
    phonenumbers.PhoneNumberType.FIXED_LINE,
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
    phonenumbers.PhoneNumberType.VOIP,
}


@dataclass(frozen=True, slots=True, order=True)
class PhoneNumber:
    """A number in E.164 with its plus. `str()` gives it, `repr()` masks it, so that a log line
    cannot leak it."""

    e164: str

    def __post_init__(self) -> None:
        digits = self.e164[1:]
        if self.e164[:1] != "+" or not (digits.isascii() and digits.isdigit()):
            raise NotANumber("a phone number begins with + and goes on in digits")
        # ITU-T E.164 §6.2.1: at most 15 digits.
        if not 5 <= len(digits) <= 15 or digits[0] == "0":
            raise NotANumber("a phone number has 5 to 15 digits and no zero behind the plus")

    @property
    def digits(self) -> str:
        """The number without its plus, as rate sheets and carriers write it."""
        return self.e164[1:]

    @property
    def masked(self) -> str:
        """Enough to recognise a number by, too little to ring it: +44******4567. Three digits at
        least are hidden."""
        hidden = max(3, len(self.e164) - 7)
        return self.e164[:3] + "*" * hidden + self.e164[3 + hidden :]

    def __str__(self) -> str:
        return self.e164

    def __repr__(self) -> str:
        return f"PhoneNumber({self.masked})"


@lru_cache(maxsize=4096)
def parse_number(text: str, home: str) -> PhoneNumber:
    """The number that a person in region `home` (ISO 3166, "GB") means by `text`.

    Takes +44…, 0044…, the local form, with spaces, dots, dashes and brackets, and an
    international number whose plus was forgotten. NotANumber where nothing fits.
    """
    shown = text.strip()
    if not shown:
        raise NotANumber("no phone number was given")
    if len(shown) > 40 or not _NUMBER.fullmatch(shown):
        raise NotANumber(f"“{shown[:40]}” is not a phone number")
    # 00 is dialled from most countries, and written in all.
    abroad = shown.removeprefix("00")
    readings = [_read(shown, home), _read(f"+{abroad}", home)]
    possible = [reading for reading in readings if reading is not None]
    if not possible:
        raise NotANumber(f"“{shown}” is not a phone number")
    meant = next(filter(phonenumbers.is_valid_number, possible), possible[0])
    return PhoneNumber(phonenumbers.format_number(meant, phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=4096)
def spaced(number: PhoneNumber) -> str:
    """The number as its country writes it for others: +44 20 7123 4567."""
    try:
        read = phonenumbers.parse(str(number))
    except phonenumbers.NumberParseException:
        return str(number)
    return str(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


@lru_cache(maxsize=4096)
def region_of(number: PhoneNumber) -> str:
    """The region (ISO 3166) of a number, or the first one of its country code where no region
    assigns such numbers; nothing where it is of none, like a satellite phone."""
    try:
        read = phonenumbers.parse(str(number))
    except phonenumbers.NumberParseException:
        return ""
    first = phonenumbers.region_code_for_country_code(read.country_code or 0)
    region = str(phonenumbers.region_code_for_number(read) or first)
    return "" if region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY else region


@lru_cache(maxsize=4096)
def is_assignable(number: PhoneNumber) -> bool:
    """Whether its country assigns numbers like this one; not only of this length."""
    return phonenumbers.is_valid_number(phonenumbers.parse(str(number)))


@lru_cache(maxsize=4096)
def has_trunk_prefix(number: PhoneNumber) -> bool:
    """Whether behind its country code stands what is dialled within a country only, as the zero in
    +44 0 20 7123 4567. A network may drop it and ring a number that another prefix prices."""
    try:
        read = phonenumbers.parse(str(number))
    except phonenumbers.NumberParseException:
        return False
    if phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164) != str(number):
        return True
    # In some countries a zero belongs to the number.
    return bool(read.italian_leading_zero and not phonenumbers.is_valid_number(read))


@lru_cache(maxsize=4096)
def is_of_people(number: PhoneNumber) -> bool:
    """Whether it is of a kind that people have at home or about them. Premium, shared-cost and
    personal numbers, which earn money for whoever holds them, are of other kinds."""
    try:
        return phonenumbers.number_type(phonenumbers.parse(str(number))) in _OF_PEOPLE
    except phonenumbers.NumberParseException:
        return False


@lru_cache(maxsize=4096)
def country_code_of(digits: str) -> str:
    """The country code that a number or a prefix begins with; nothing where it begins with none."""
    codes = (digits[:length] for length in (1, 2, 3))
    return next((code for code in codes if code.isdigit() and int(code) in _COUNTRY_CODES), "")


@lru_cache(maxsize=512)
def calling_code(region: str) -> str:
    """The digits that numbers of this region (ISO 3166) begin with; North America shares one.
    Nothing where the region has no numbers."""
    code = phonenumbers.country_code_for_region(region)
    return str(code) if code else ""


def check_country(text: str) -> str:
    """A region (ISO 3166) that has phone numbers, in capitals. Malformed where it is none: UK, for
    one, is GB."""
    region = text.strip().upper()
    if not calling_code(region):
        raise Malformed(
            f"“{text[:20]}” is no country with phone numbers: write two letters, like GB"
        )
    return region


@lru_cache(maxsize=4096)
def country_of(digits: str) -> str:
    """The country of a number or a prefix: its country code, or where several countries share one
    and theirs begin differently, that region (ISO 3166). +1 876 is Jamaica."""
    code = country_code_of(digits)
    behind = digits[len(code) :]
    for region in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code or 0), ())[1:]:
        metadata = phonenumbers.PhoneMetadata.metadata_for_region(region, None)
        beginning = metadata and metadata.leading_digits
        if beginning and re.match(beginning, behind):
            return str(region)
    return code


def _read(shown: str, home: str) -> phonenumbers.PhoneNumber | None:
    try:
        parsed = phonenumbers.parse(shown, home)
    except phonenumbers.NumberParseException:
        return None
    # A number that can only be dialled within its town has no E.164.
    possible = phonenumbers.is_possible_number_with_reason(parsed)
    return parsed if possible == phonenumbers.ValidationResult.IS_POSSIBLE else None
