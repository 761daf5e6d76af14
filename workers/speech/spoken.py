"""What a call flow wants to have said, as prompts to be played one behind the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from switchboard.money import Money
from workers.speech import names
from workers.speech.numbers import TOO_LARGE, pieces
from workers.speech.units import UNITS, Unit

KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Keys:
    """Digits and keys, said one by one: a code, a phone number, a menu's choice. Of a text, what
    is no key of a telephone is not said."""

    text: str


# A prompt by its name; an amount; a span of time; keys.
Part = str | Money | timedelta | Keys


def spoken(language: str, *parts: Part) -> tuple[str, ...]:
    """The names of the prompts that say all this in a language that has UNITS."""
    return tuple(name for part in parts for name in _Speech(language).saying(part))


@dataclass(frozen=True, slots=True)
class _Speech:
    language: str

    def saying(self, part: Part) -> Iterator[str]:
        match part:
            case str():
                yield part
            case Money():
                yield from self._money(part)
            case timedelta():
                yield from self._span(part)
            case Keys():
                yield from (names.key(sign) for sign in part.text if sign in KEYS)

    def _money(self, amount: Money) -> Iterator[str]:
        """In whole hundredths; what is less is left out, so that nobody hears of more than there
        is. A currency without words of its own is spelled behind the number."""
        units = UNITS[self.language]
        whole, hundredths = divmod(abs(amount.micros) // 10_000, 100)
        if amount.micros < 0 and (whole or hundredths):
            yield names.word(units.minus)
        if amount.currency not in units.money:
            yield from self._spelled(whole, hundredths, amount.currency)
            return
        unit, hundredth = units.money[amount.currency]
        if whole or not hundredths:
            yield from self._counted(whole, unit)
        if whole and hundredths:
            yield names.word(units.money_joint)
        if hundredths:
            yield from self._counted(hundredths, hundredth)

    def _spelled(self, whole: int, hundredths: int, currency: str) -> Iterator[str]:
        yield from self._number(whole)
        if hundredths:
            yield names.word(UNITS[self.language].point)
            yield from map(names.key, f"{hundredths:02}")
        yield from map(names.letter, currency)

    def _span(self, span: timedelta) -> Iterator[str]:
        """In hours and minutes, or in seconds below one minute; what is less is left out."""
        units = UNITS[self.language]
        minutes, seconds = divmod(max(0, int(span.total_seconds())), 60)
        if not minutes:
            yield from self._counted(seconds, units.second)
            return
        hours, minutes = divmod(minutes, 60)
        if hours:
            yield from self._counted(hours, units.hour)
        if hours and minutes:
            yield names.word(units.time_joint)
        if minutes:
            yield from self._counted(minutes, units.minute)

    def _counted(self, number: int, unit: Unit) -> Iterator[str]:
        noun = unit.of(number, self.language)
        *before, last = self._number(number, feminine=unit.feminine)
        yield from before
        yield names.linked(last) if self._links(last, noun) else last
        yield names.word(noun)

    def _links(self, number: str, noun: str) -> bool:
        return self.language == "fr" and names.changes_in_liaison(number) and noun[0] in "eh"

    def _number(self, number: int, *, feminine: bool = False) -> Iterator[str]:
        if number < TOO_LARGE:
            yield from map(names.word, pieces(number, self.language, feminine=feminine))
        else:
            yield from map(names.key, str(number))
