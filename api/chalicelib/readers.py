"""Who reads a page: their language and their clocks, and how they write numbers and dates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from chalice.app import Request

from chalicelib.translation import ENGLISH, base_of, language_of, translations_of
from switchboard.billing.account import Account
from switchboard.calls.why import Said
from switchboard.money import Money, format_micros

# What parts thousands, and what decimals.
_MARKS: Mapping[str, tuple[str, str]] = {
    "en": (",", "."),
    "es": (".", ","),
    "fr": ("\u202f", ","),
    "pt": (".", ","),
}
_MONTHS: Mapping[str, list[str]] = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(),
    "es": "ene feb mar abr may jun jul ago sept oct nov dic".split(),
    "fr": "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split(),
    "pt": "jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.".split(),
}
_DAYS: Mapping[str, str] = {
    "en": "{day} {month}",
    "es": "{day} {month}",
    "fr": "{day} {month}",
    "pt": "{day} de {month}",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Shows what a page has to say as its reader would write it."""

    language: str = ENGLISH
    time_zone: str = "UTC"

    def say(self, text: str, **gaps: object) -> str:
        """A text of ours in the reader's language, its gaps filled."""
        words = translations_of(self.language).gettext(text)
        return words % gaps if gaps else words

    def tell(self, said: Said) -> str:
        """What the core says, in the reader's language."""
        parts = ((name, part) for name, part in said.gaps.items())
        gaps = {name: self.tell(part) if isinstance(part, Said) else part for name, part in parts}
        return translations_of(self.language).gettext(said.text) % gaps

    def number(self, written: int | str) -> str:
        """A number, given as a plain decimal string or a whole number."""
        parts, point = _MARKS[self.language]
        text = str(written)
        sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
        whole, dot, decimals = digits.partition(".")
        return sign + f"{int(whole):,}".replace(",", parts) + (point + decimals if dot else "")

    def money(self, amount: Money) -> str:
        """An amount with its currency."""
        return f"{self.number(amount.decimal)}\u00a0{amount.currency}"

    def micros(self, micros: int, currency: str) -> str:
        """The same for an amount in millionths."""
        return f"{self.number(format_micros(micros))}\u00a0{currency}"

    def local(self, at: datetime) -> datetime:
        """An instant by the reader's clocks."""
        return at.astimezone(ZoneInfo(self.time_zone))

    def day(self, on: date) -> str:
        """A day with its year."""
        year = f" de {on.year}" if self.language == "pt" else f" {on.year}"
        return self._day(on) + year

    def moment(self, at: datetime) -> str:
        """Day and time by the reader's clocks, without the year."""
        local = self.local(at)
        return f"{self._day(local)}, {local:%H:%M}"

    def instant(self, at: datetime) -> str:
        """Day with its year, and time, by the reader's clocks."""
        local = self.local(at)
        return f"{self.day(local)}, {local:%H:%M}"

    def _day(self, on: date) -> str:
        month = _MONTHS[self.language][on.month - 1]
        return _DAYS[self.language].format(day=on.day, month=month)


# Whoever is not known yet.
ANYBODY = Reader()


def visitor_of(request: Request) -> Reader:
    """Whoever asks, by what their browser says of them."""
    return Reader(language_of(request))


def reader_of(account: Account) -> Reader:
    """The customer of an account."""
    return Reader(base_of(account.profile.language), account.profile.time_zone)
