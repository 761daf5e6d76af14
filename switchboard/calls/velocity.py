"""Velocity: how often what may happen (design §11); a caller ID is no proof."""

import re
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Self

from switchboard.errors import Malformed, NotFound

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_UNITS = {"s": timedelta(seconds=1), "m": _MINUTE, "h": _HOUR, "d": _DAY}
_TEXT = re.compile(r"(\d{1,7})\s*/\s*(\d{1,5})\s*([smhd])", re.ASCII | re.IGNORECASE)
LONGEST_WINDOW = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many times in a window of time; windows follow each other without a gap."""

    most: int
    window: timedelta

    @classmethod
    def parse(cls, text: str) -> Self:
        """As it is written: 12/1h, 120/10m, 0/1d. Malformed where it is none."""
        matched = _TEXT.fullmatch(text.strip())
        window = timedelta() if matched is None else int(matched[2]) * _UNITS[matched[3].lower()]
        if matched is None or not timedelta() < window <= LONGEST_WINDOW:
            raise Malformed(
                f"“{text[:20]}” is no limit: write 12/1h, in seconds (s), minutes (m), hours (h) or"
                f" days (d), up to {LONGEST_WINDOW.days}d"
            )
        return cls(int(matched[1]), window)

    def __str__(self) -> str:
        name, unit = next(
            (name, unit) for name, unit in reversed(_UNITS.items()) if not self.window % unit
        )
        return f"{self.most}/{self.window // unit}{name}"

    def window_at(self, now: datetime) -> int:
        """The number of the window that this instant is in."""
        return (now - _EPOCH) // self.window

    def ends_at(self, now: datetime) -> datetime:
        """When the window of this instant is over."""
        return _EPOCH + (self.window_at(now) + 1) * self.window


@dataclass(frozen=True, slots=True)
class Velocity:
    """What is limited, and how: by account, by number, by address.

    A phone is rung back for rings so often: more often, somebody has found out which caller ID
    makes it ring. It is rung first for accounts that it does not belong to so often: its holder
    may be a victim. Texts count while other callbacks of their account are under way; one after
    the other, the length of the calls is their limit. Addresses are those of browsers and API
    clients, and offices share one. Codes are for new phones, at our cost.
    """

    rings_of_phone: Limit = Limit(12, _HOUR)
    texts_of_phone: Limit = Limit(60, _HOUR)
    orders_of_account: Limit = Limit(120, 10 * _MINUTE)
    orders_of_address: Limit = Limit(120, _MINUTE)
    calls_to_stranger: Limit = Limit(30, _HOUR)
    strangers_of_account: Limit = Limit(120, _HOUR)
    codes_for_phone: Limit = Limit(3, _HOUR)
    codes_of_account: Limit = Limit(10, _DAY)
    codes_of_address: Limit = Limit(20, _HOUR)

    def named(self) -> dict[str, Limit]:
        """Each limit by the name that an operator knows it by."""
        return {one.name.replace("_", "-"): getattr(self, one.name) for one in fields(self)}

    def having(self, name: str, limit: Limit | None) -> Self:
        """With another limit of this name, or with the built-in one. NotFound where there is
        none."""
        built_in = Velocity().named()
        if name not in built_in:
            raise NotFound(f"there is no limit “{name[:40]}”, but {', '.join(built_in)}")
        return replace(self, **{name.replace("-", "_"): limit or built_in[name]})
