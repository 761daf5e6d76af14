"""Values of a TOML file that know their key, so that whoever reads them can name what is wrong."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Self


class WrongValue(ValueError):
    """The text begins with the key of the value that is wrong."""


@dataclass(frozen=True, slots=True)
class TomlValue:
    key: str
    content: Any

    def wrong(self, reason: object) -> WrongValue:
        return WrongValue(f"{self.key}: {reason}" if self.key else str(reason))

    def table(self, *known: str, needed: tuple[str, ...] = ()) -> dict[str, Self]:
        """Its values by key: all those `needed`, and others only if `known`, or if none is."""
        if not isinstance(self.content, dict):
            raise self.wrong(f"must be a table, not {self.content!r}")
        values = {key: self._within(key, content) for key, content in self.content.items()}
        for key, value in values.items():
            if known and key not in known:
                raise value.wrong(f"unknown here, where there are {', '.join(known)}")
        for key in needed:
            if key not in values:
                raise self._within(key, None).wrong("missing")
        return values

    def items(self) -> list[Self]:
        if not isinstance(self.content, list):
            raise self.wrong(f"must be a list, not {self.content!r}")
        return [
            replace(self, key=f"{self.key}[{index}]", content=content)
            for index, content in enumerate(self.content)
        ]

    def text(self) -> str:
        if not isinstance(self.content, str):
            raise self.wrong(f"must be a text, not {self.content!r}")
        return self.content

    def yes_no(self) -> bool:
        if not isinstance(self.content, bool):
            raise self.wrong(f"must be true or false, not {self.content!r}")
        return self.content

    def number(self) -> float:
        if isinstance(self.content, bool) or not isinstance(self.content, int | float):
            raise self.wrong(f"must be a number, not {self.content!r}")
        return self.content

    def seconds(self) -> timedelta:
        number = self.number()
        try:
            span = timedelta(seconds=number)
        except (ValueError, OverflowError) as error:
            raise self.wrong(f"must be a number of seconds, not {number!r}") from error
        if span < timedelta():
            raise self.wrong(f"must not be negative, as {number!r} is")
        return span

    def _within(self, key: str, content: Any) -> Self:
        name = key if key.isidentifier() else json.dumps(key)
        return replace(self, key=f"{self.key}.{name}" if self.key else name, content=content)
