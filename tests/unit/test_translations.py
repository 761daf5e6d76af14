"""The catalogues of the pages: whole in every language, and compiled as they stand."""

import gettext
import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import switchboard.calls.why
from chalicelib.translation import LANGUAGES, LOCALE, translations_of

CHALICELIB = LOCALE.parent
JINJA = {"extensions": "jinja2.ext.i18n", "newstyle_gettext": "true", "trimmed": "true"}
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
KEYWORDS = {**DEFAULT_KEYWORDS, "mark": None, "say": None}
# What the core tells operators in words.
CORE = Path(switchboard.calls.why.__file__)
# An area of the pages with a catalogue of its own; all else is in `pages`.
AREAS = ("admin", "widget")
CATALOGUES = sorted(LOCALE.glob("*/LC_MESSAGES/*.po"))
IDS = [f"{path.parts[-3]}-{path.stem}" for path in CATALOGUES]

anywhere = pytest.mark.parametrize("path", CATALOGUES, ids=IDS)


@cache
def said(area: str) -> set:
    """What the pages of an area say, as it stands in the code."""
    options = {"**.html": JINJA}
    found = extract_from_dir(CHALICELIB, METHODS, options, KEYWORDS)
    texts: dict[str, set] = {}
    with CORE.open("rb") as file:
        for _, message, _, _ in extract("python", file, KEYWORDS):
            texts.setdefault("admin", set()).add(message)
    for name, _, message, _, _ in found:
        folder = re.match(r"(?:templates/)?(\w+)/", name)
        of = folder[1] if folder and folder[1] in AREAS else "pages"
        texts.setdefault(of, set()).add(message)
    return texts.get(area, set())


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def strings(message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def gaps(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)s", text))


def test_every_language_but_english_has_the_same_catalogues():
    by_language = {
        tag: {path.name for path in (LOCALE / tag / "LC_MESSAGES").glob("*.po")}
        for tag in LANGUAGES
        if tag != "en"
    }

    assert all(names == by_language["fr"] for names in by_language.values())
    assert "pages.po" in by_language["fr"]


@anywhere
def test_a_catalogue_has_all_that_the_pages_say_and_nothing_else(path):
    assert {message.id for message in catalogue(path) if message.id} == said(path.stem)


@anywhere
def test_a_catalogue_is_whole_and_keeps_the_gaps(path):
    for message in catalogue(path):
        if not message.id:
            continue
        assert all(strings(message)), f"{message.id} is not translated: make translations"
        assert not message.fuzzy, message.id
        asked = message.id if isinstance(message.id, str) else message.id[-1]
        for text in strings(message):
            assert gaps(text) == gaps(asked), message.id


@anywhere
def test_a_catalogue_is_compiled_as_it_stands(path):
    written = io.BytesIO()
    write_mo(written, catalogue(path))

    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written.seek(0)
    expected = gettext.GNUTranslations(written)._catalog
    assert {**compiled, "": ""} == {**expected, "": ""}


@pytest.mark.parametrize("language", [tag for tag in LANGUAGES if tag != "en"])
def test_a_language_is_spoken(language):
    assert translations_of(language).gettext("Calls") != "Calls"
