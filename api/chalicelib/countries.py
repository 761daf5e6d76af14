"""Countries by their names, which come with the time zones."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files


def country_name(region: str) -> str:
    """What people call a region (ISO 3166), in English; the region where nobody knows."""
    return _names().get(region, region)


@cache
def _names() -> Mapping[str, str]:
    text = (files("tzdata") / "zoneinfo" / "iso3166.tab").read_text(encoding="utf-8")
    lines = (line.split("\t", 1) for line in text.splitlines() if not line.startswith("#"))
    return dict(lines)
