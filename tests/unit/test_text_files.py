"""Text files are read in whatever encoding and with whatever delimiter they come."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.errors import Malformed
from switchboard.rating.deck.reading import read_deck
from switchboard.spreadsheets.reading import FileForm, read_worksheets
from switchboard.spreadsheets.text import decode, escaped, rows_of_text, unescaped
from switchboard.tables.cells import Row

DECK = "Prefix,Zielländer,Preis\n43,Österreich,0.5\n"


def rows_of(text: str, delimiter: str | None = None) -> list[tuple[str, ...]]:
    return [row.cells for row in rows_of_text(text, delimiter)]


@pytest.mark.parametrize(
    "data",
    [
        DECK.encode(),
        codecs.BOM_UTF8 + DECK.encode(),
        codecs.BOM_UTF16_LE + DECK.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + DECK.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + DECK.encode("utf-32-le"),
        DECK.encode("utf-16-le"),
        DECK.encode("utf-16-be"),
        DECK.encode("cp1252"),
    ],
)
def test_the_encoding_is_found_out(data):
    assert decode(data) == DECK


def test_an_encoding_that_is_given_is_taken():
    assert decode("тариф".encode("cp1251"), "cp1251") == "тариф"


@pytest.mark.parametrize(
    ("data", "encoding", "why"),
    [
        (b"\xff\xfea", None, "not UTF-16-LE: byte 1"),
        (b"a\x81b", None, "not CP1252: byte 2"),
        (b"a", "klingon", "no encoding “klingon”"),
        (b"\xe4", "utf-8", "not UTF-8"),
    ],
)
def test_bytes_that_cannot_be_read_are_refused(data, encoding, why):
    with pytest.raises(Malformed, match=why):
        decode(data, encoding)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '44,"UK,1\n1,USA,2\n',
            "a quotation mark is opened and never closed: all below is one cell",
        ),
        ('44,"UK" x,1\n', "a quotation mark is closed in the middle of a cell"),
        ("44,U\0K,1\n", "there is a zero byte in it: the file is damaged"),
        (f"44,{'U' * 200_000},1\n", "a cell is longer than any that a rate or an account has"),
    ],
)
def test_a_row_that_is_broken_says_how(text, fault):
    assert next(rows_of_text(text, ",")) == Row(1, (), fault)


@pytest.mark.parametrize(
    "page", ["<html><table>", "\ufeff\n<!DOCTYPE html>", "<?xml version='1'?>"]
)
def test_a_web_page_is_no_spreadsheet_whatever_it_is_called(page):
    with pytest.raises(Malformed, match="the file is HTML or XML"):
        list(read_worksheets(page.encode(), FileForm()))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter):
    text = delimiter.join(["a", "b", "c"]) + "\n" + delimiter.join(["1", "x y", "3"]) + "\n"

    assert rows_of(text) == [("a", "b", "c"), ("1", "x y", "3")]


def test_semicolons_win_against_decimal_commas():
    assert rows_of("prefix;rate\n44;0,05\n45;0,06\n") == [
        ("prefix", "rate"),
        ("44", "0,05"),
        ("45", "0,06"),
    ]


def test_a_title_above_does_not_hide_the_delimiter():
    text = "ACME, Inc., rates; all of them\n\nprefix;rate\n44;1\n45;1\n"

    assert rows_of(text)[1:] == [("prefix", "rate"), ("44", "1"), ("45", "1")]


def test_a_delimiter_that_is_given_or_hinted_at_is_taken():
    assert rows_of("a:b,c\n", ":") == [("a", "b,c")]
    assert list(rows_of_text("sep=;\na;b,c\n")) == [Row(2, ("a", "b,c"))]


def test_lines_are_those_in_which_rows_begin():
    text = 'a,b\r\n\r\n"x\r\ny",1\r\nz,2\r\n'

    assert [row.line for row in rows_of_text(text)] == [1, 3, 5]


@pytest.mark.parametrize("cell", ['="0044"', "'0044", "0044"])
def test_digits_that_were_made_text_by_hand_are_read(cell):
    quoted = '"' + cell.replace('"', '""') + '"'
    deck = read_deck(read_worksheets(f"prefix,rate\n{quoted},1\n".encode()))

    assert deck.rows[0].prefix == "44"


@given(st.text(max_size=10) | st.text("'=+-@\t\r a", max_size=6))
def test_what_is_escaped_is_no_formula_and_comes_back(text):
    written = escaped(text)

    assert not written.startswith(("=", "-", "@", "\t", "\r"))
    assert not written.startswith("+") or written[1:].isdigit()
    if not (text.startswith('="') and text.endswith('"')):
        assert unescaped(written) == text


@pytest.mark.parametrize("text", ["+442071234567", "+442071234567, +14155550100"])
def test_phone_numbers_are_written_as_they_are(text):
    assert escaped(text) == text


@pytest.mark.parametrize("text", ["+1", "+44+1", "+442071234567*2", "+442071234567,+1", "=1", "-1"])
def test_what_a_spreadsheet_could_calculate_is_kept_from_it(text):
    assert escaped(text) == f"'{text}"


@given(st.binary(max_size=200) | st.text('ab"\n\r,;\t|\x00\ufeff', max_size=60).map(str.encode))
def test_any_bytes_are_rows_or_a_refusal(data):
    try:
        for worksheet in read_worksheets(data, FileForm()):
            assert all(row.cells or row.fault for row in worksheet.rows)
    except Malformed:
        return


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "data",
    [
        b'"' * 3_000_000,
        b"prefix,rate\n" + b"44,1\n" * 50_000,
        b"\n" * 3_000_000,
        b"," * 3_000_000,
        b"prefix,rate\n" + b"1" * 3_000_000 + b",1\n",
        b'prefix,rate\n"' + b"1000-9999," * 20_000 + b'",1\n',
    ],
)
def test_large_files_of_any_shape_are_read_or_refused_in_time(data):
    try:
        deck = read_deck(read_worksheets(data))
    except Malformed:
        return
    assert deck.rows or deck.bad
