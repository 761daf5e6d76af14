"""The languages of the pages: their catalogues, and which one a request is answered in."""

import gettext
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from chalice.app import Request

LOCALE = Path(__file__).parent / "locale"
ENGLISH = "en"
# As each calls itself: whoever looks for theirs does not read the present one.
LANGUAGES: Mapping[str, str] = {
    ENGLISH: "English",
    "es": "Español",
    "fr": "Français",
    "pt": "Português",
}
COOKIE = "language"
_RANGE = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q\s*=\s*([0-9.]{1,5}))?\s*")


@cache
def translations_of(language: str) -> gettext.NullTranslations:
    """All catalogues of a language together. What none of them has stays English."""
    found = gettext.NullTranslations()
    for path in sorted((LOCALE / language).glob("LC_MESSAGES/*.mo")):
        with path.open("rb") as file:
            catalogue = gettext.GNUTranslations(file)
        catalogue.add_fallback(found)
        found = catalogue
    return found


def mark(text: str) -> str:
    """The text itself, which is found here for the catalogues, and translated where it is shown."""
    return text


def base_of(language: str) -> str:
    """The language of ours that is meant by a tag like `pt-BR`; English where it is none."""
    base = language.partition("-")[0].lower()
    return base if base in LANGUAGES else ENGLISH


def language_of(request: Request) -> str:
    """The language of a visitor whom we do not know: the one chosen in this browser, else the one
    that the browser likes best of ours."""
    cookies = request.headers.get("cookie", "").split(";")
    chosen = dict(cookie.strip().partition("=")[::2] for cookie in cookies).get(COOKIE)
    if chosen in LANGUAGES:
        return str(chosen)
    return _liked(request.headers.get("accept-language", ""))


def _liked(accepted: str) -> str:
    """RFC 9110 §12.5.4: ranges with weights, the first of equal ones before the others."""
    best, most = ENGLISH, 0.0
    for part in accepted[:500].split(","):
        read = _RANGE.fullmatch(part)
        if read is None:
            continue
        try:
            weight = float(read[2]) if read[2] else 1.0
        except ValueError:
            continue
        if read[1].lower() in LANGUAGES and weight > most:
            best, most = read[1].lower(), weight
    return best
