"""Classes of destinations, by prefix: what is premium, what rings a satellite phone."""

import re
from dataclasses import dataclass, replace
from typing import Self

from switchboard.errors import Malformed, NotFound
from switchboard.ledger.spend import ALL
from switchboard.numbering import PhoneNumber, calling_code

# What no prefix puts into a class of its own.
NATIONAL, INTERNATIONAL = "national", "international"
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)
_PREFIX = re.compile(r"\+?([1-9][0-9]{0,14})", re.ASCII)


@dataclass(frozen=True, slots=True)
class DestinationClass:
    """Numbers that are alike in what they cost, or in what they are abused for. One that is
    `blocked` is called only by accounts that are allowed to."""

    name: str
    prefixes: tuple[str, ...] = ()
    blocked: bool = False

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or self.name == ALL:
            raise Malformed(
                f"“{self.name[:40]}” cannot be a class: up to 32 small letters, digits, dashes and"
                f" underscores, and not “{ALL}”"
            )
        for prefix in self.prefixes:
            check_prefix(prefix)


@dataclass(frozen=True, slots=True)
class Classes:
    """All classes. A number is in the one that has its longest prefix; else it is national or
    international, as seen from an account's home country."""

    classes: tuple[DestinationClass, ...]

    def __post_init__(self) -> None:
        prefixes = [prefix for one in self.classes for prefix in one.prefixes]
        twice = {prefix for prefix in prefixes if prefixes.count(prefix) > 1}
        if twice:
            raise Malformed(f"prefix {min(twice)} is in two classes, or in one twice")

    @property
    def names(self) -> frozenset[str]:
        """What an account can have a limit for."""
        return frozenset({NATIONAL, INTERNATIONAL, *(one.name for one in self.classes)})

    def check_name(self, name: str) -> str:
        """The name of a class. NotFound where there is none."""
        if name not in self.names:
            raise NotFound(f"there is no class {name[:40]}, but {', '.join(sorted(self.names))}")
        return name

    def find(self, name: str) -> DestinationClass | None:
        """The class of this name, where it has prefixes of its own."""
        return next((one for one in self.classes if one.name == name), None)

    def match(self, number: PhoneNumber) -> tuple[str, DestinationClass] | None:
        """The longest prefix of a number that is in a class, with the class."""
        found = (
            (prefix, one)
            for one in self.classes
            for prefix in one.prefixes
            if number.digits.startswith(prefix)
        )
        return max(found, key=lambda pair: len(pair[0]), default=None)

    def name_of(self, number: PhoneNumber, home: str) -> str:
        """The class of a number for an account in this country."""
        matched = self.match(number)
        if matched is not None:
            return matched[1].name
        code = calling_code(home)
        at_home = bool(code) and number.digits.startswith(code)
        return NATIONAL if at_home else INTERNATIONAL

    def with_class(self, changed: DestinationClass) -> Self:
        """With this class in the place of the one of its name, or added. Malformed for the two that
        have no prefixes."""
        if changed.name in (NATIONAL, INTERNATIONAL):
            raise Malformed(f"{changed.name} is what is in no other class")
        return replace(self, classes=(*self._without(changed.name), changed))

    def reset(self, name: str) -> Self:
        """With this class as it is built in, or without it, where it is not. NotFound where there
        is none; Malformed where another one has a prefix of it by now."""
        built_in = DEFAULT_CLASSES.find(name)
        if built_in is not None:
            return self.with_class(built_in)
        if self.find(name) is None:
            raise NotFound(f"there is no class {name[:40]} with prefixes")
        return replace(self, classes=self._without(name))

    def _without(self, name: str) -> tuple[DestinationClass, ...]:
        return tuple(one for one in self.classes if one.name != name)


def check_prefix(text: str) -> str:
    """The digits of a prefix, without a plus. Malformed where it is none."""
    matched = _PREFIX.fullmatch(text.strip())
    if matched is None:
        raise Malformed(f"“{text[:20]}” is not a prefix: write +4490 or 4490")
    return matched[1]


# From the national numbering plans: whole ranges that are sold at a premium, and nothing else.
_PREMIUM = """
    1900 27862 30901 30909 31900 31906 31909 3290 33892 33893 33897 33898 33899 34803 34806 34807
    351760 351761 351762 358600 358700 35990 3690 370900 37190 372900 38190 38690 39144 39166 39892
    39893 39894 39895 39899 40900 40903 40906 4190 42090 421900 43900 43901 43930 43931 44871 44872
    44873 449 4590 46900 46939 46944 4782 4870 49900 52900 55900 61190 64900 651900 7809 81990 8260
    90900 971900 9721900 979
""".split()

DEFAULT_CLASSES = Classes(
    (
        DestinationClass("premium", tuple(_PREMIUM), blocked=True),
        # Inmarsat, GMSS (Iridium, Globalstar), EMSAT and Thuraya.
        DestinationClass("satellite", ("870", "881", "88213", "88216"), blocked=True),
        # International networks and personal numbers: no country, and any price.
        DestinationClass("special", ("878", "882", "883", "888"), blocked=True),
    )
)
