"""What columns are called: our names for the fields of a file, and those of other programs."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

# What says in which money, or in how much of it, and nothing of what a column is.
_CURRENCIES = frozenset(
    "usd eur gbp aud cad chf inr jpy cny rub brl mxn zar sek nok dkk pln".split()
)
_UNITS = frozenset("seconds second secs sec s percent".split())


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The fields of one kind of file. `required` must be there; of a field that is `dear`, a wrong
    guess costs money, so that two columns that may be it are asked about. Aliases are names parted
    by bars, the better ones first. A `vague` name loses against any other in a header of two lines.
    `instead` names fields that stand in for missing ones."""

    fields: tuple[str, ...]
    required: tuple[str, ...]
    aliases: Mapping[str, str]
    dear: frozenset[str] = frozenset()
    vague: frozenset[str] = frozenset()
    instead: Mapping[str, str] = field(default_factory=dict)
    _ranked: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._ranked.update({normalized(name): (name, 0) for name in self.fields})
        for name, aliases in self.aliases.items():
            for rank, alias in enumerate(" ".join(aliases.split()).split("|"), start=1):
                self._ranked.setdefault(alias.strip(), (name, rank))

    def field_named(self, name: str) -> tuple[str, int] | None:
        """The field that a name means, and how good a name it is for it: 0 is the field's own."""
        wanted = normalized(name)
        bare = " ".join(word for word in wanted.split() if word not in _UNITS)
        return self._ranked.get(wanted) or self._ranked.get(bare)

    def field_of(self, name: str) -> str | None:
        """The field that a name means."""
        known = (name, 0) if name in self.fields else self.field_named(name)
        return None if known is None else known[0]


def normalized(header: str) -> str:
    """A header as names are compared: small letters and digits, without brackets, signs and
    currencies. "Cost / Min (USD)" is "cost min"."""
    plain = unicodedata.normalize("NFKC", header).lower()
    outside = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", plain)
    words = re.findall(r"[^\W_]+", outside if re.search(r"\w", outside) else plain)
    return " ".join(word for word in words if word not in _CURRENCIES)
