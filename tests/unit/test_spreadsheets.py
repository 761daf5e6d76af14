"""Spreadsheets are read as they are shown, and written so that nothing in them calculates."""

import io
import re
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter import Workbook

from switchboard.errors import Malformed
from switchboard.rating.deck.reading import Reading, read_deck
from switchboard.spreadsheets import kinds, xlsx
from switchboard.spreadsheets.reading import FileForm, read_worksheets
from switchboard.spreadsheets.writing import write_file
from switchboard.spreadsheets.xlsx import write_xlsx
from switchboard.tables.cells import Row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# A spreadsheet knows no time zones.
DAY = datetime(2026, 1, 31, tzinfo=UTC).replace(tzinfo=None)


def workbook(**sheets) -> bytes:
    """An XLSX with these worksheets, of rows of cells; "=…" is a formula with its value."""
    out = io.BytesIO()
    book = Workbook(out)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_formula(at, column, *cell)
                else:
                    sheet.write(at, column, cell)
    book.close()
    return out.getvalue()


def rows_of(data: bytes, **form) -> list[Row]:
    return [row for sheet in read_worksheets(data, FileForm(**form)) for row in sheet.rows]


def refusal(data: bytes, **form) -> str:
    with pytest.raises(Malformed) as caught:
        rows_of(data, **form)
    return caught.value.message


def test_cells_keep_what_the_spreadsheet_knows_of_them():
    out = io.BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(1, 0, "0044")
    sheet.write_number(1, 1, 44)
    sheet.write_datetime(1, 2, DAY, day)
    sheet.write_boolean(1, 3, True)
    sheet.write_formula(1, 4, "=0.1+0.2", None, 0.1 + 0.2)
    book.close()

    (row,) = rows_of(out.getvalue())

    assert row == Row(2, ("0044", Decimal(44), DAY, "yes", Decimal("0.3")))


def test_blank_rows_are_passed_over_and_lines_are_those_of_the_file():
    data = workbook(A=[["a"], [], ["b"], ["", ""], []])

    assert [(row.line, row.cells[0]) for row in rows_of(data)] == [(1, "a"), (3, "b")]


def test_a_worksheet_can_be_chosen_by_its_name():
    data = workbook(One=[["a"]], Two=[["b"]])

    assert rows_of(data, worksheet="Two") == [Row(1, ("b",))]
    assert "no worksheet “Three”; there is: One, Two" in refusal(data, worksheet="Three")


def test_worksheets_come_in_their_order_and_hidden_ones_do_not():
    out = io.BytesIO()
    book = Workbook(out)
    for name in ("One", "Two", "Three"):
        book.add_worksheet(name).write(0, 0, name)
    book.get_worksheet_by_name("Two").hide()
    book.close()

    assert [sheet.name for sheet in read_worksheets(out.getvalue())] == ["One", "Three"]


def test_a_deck_is_found_in_a_workbook_with_a_cover_and_a_merged_header():
    out = io.BytesIO()
    book = Workbook(out)
    book.add_worksheet("Cover").write(0, 0, "Welcome to our prices")
    sheet = book.add_worksheet("Rates")
    sheet.merge_range(0, 0, 0, 4, "A-Z rates, January")
    sheet.merge_range(2, 3, 2, 4, "Billing")
    for column, name in enumerate(["Destination", "Code", "Price (EUR)"]):
        sheet.merge_range(2, column, 3, column, name)
    for column, name in enumerate(["Initial", "Increment"], start=3):
        sheet.write(3, column, name)
    sheet.write_row(4, 0, ["UK", 44, 0.05, 30, 6])
    sheet.write_row(5, 0, ["UK mobile", "4477-4478", 0.1])
    sheet.write_formula(5, 3, "=D5", None, 30)
    sheet.write_row(6, 0, ["", "", "", "", ""])
    book.close()

    deck = read_deck(read_worksheets(out.getvalue()), Reading(currency="EUR"))

    assert (deck.worksheet, deck.bad, deck.left_out) == ("Rates", (), ())
    assert [(row.prefix, row.charges.initial_s) for row in deck.rows] == [
        ("44", 30),
        ("4477", 30),
        ("4478", 30),
    ]


def test_text_that_looks_like_a_formula_stays_text(tmp_path):
    texts = ["=1+1", "+44", "-1", "@cmd", "https://example.com", "'quoted", "'=x", "'"]
    for ending in ("xlsx", "csv", "txt"):
        path = tmp_path / f"out.{ending}"

        assert write_file(path, ["name"], [[text] for text in texts]) == len(texts)

        assert [row.cells[0] for row in rows_of(path.read_bytes())] == ["name", *texts]
        if ending != "xlsx":
            assert not [line for line in path.read_text().splitlines() if line[0] in "=+-@"]


def test_a_spreadsheet_has_neither_formulas_nor_links(tmp_path):
    path = tmp_path / "out.xlsx"

    write_file(path, ["name"], [["=1+1"], ["https://example.com"]])

    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


@given(st.lists(st.text(max_size=20) | st.from_regex("_x[0-9A-F]{4}_"), max_size=4))
@settings(deadline=None)
def test_any_text_is_in_a_worksheet_as_it_is(texts):
    out = io.BytesIO()

    write_xlsx(out, [f"c{number}" for number in range(len(texts))], [texts])

    with zipfile.ZipFile(out) as archive:
        written = archive.read("xl/worksheets/sheet1.xml")
    sheet = ElementTree.fromstring(written)  # noqa: S314  it is our own
    found = {cell.get("r"): "".join(cell.itertext()) for cell in sheet.iter(f"{{{MAIN}}}c")}
    cells = {
        place: re.sub("_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), text)
        for place, text in found.items()
    }
    assert [cells.get(f"{chr(65 + at)}2", "") for at in range(len(texts))] == texts


def test_a_worksheet_has_as_many_columns_as_a_spreadsheet():
    out = io.BytesIO()

    write_xlsx(out, [str(number) for number in range(16_384)], [["x"] * 16_384])

    with zipfile.ZipFile(out) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    places = re.findall('r="([A-Z]+)2"', sheet)
    assert len(set(places)) == 16_384
    assert (places[25], places[26], places[701], places[702], places[-1]) == (
        "Z",
        "AA",
        "ZZ",
        "AAA",
        "XFD",
    )


@pytest.mark.parametrize(("most", "in_words"), [("MOST_ROWS", "3 rows"), ("MOST_BYTES", "2 GB")])
def test_what_no_worksheet_can_have_is_refused(tmp_path, monkeypatch, most, in_words):
    monkeypatch.setattr(xlsx, most, 3)

    with pytest.raises(Malformed, match=in_words):
        write_file(tmp_path / "out.xlsx", ["name"], [["a"]] * 3)

    assert list(tmp_path.iterdir()) == []


def test_numbers_stay_numbers_where_a_spreadsheet_can_hold_them(tmp_path):
    exact, too_long = Decimal("0.000000000001"), Decimal("123456789.123456789012")
    path = tmp_path / "out.xlsx"

    write_file(path, ["a", "b"], [[exact, too_long]])

    assert rows_of(path.read_bytes())[1].cells == (exact, "123456789.123456789012")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    def broken():
        yield ["44"]
        raise Malformed("no more")

    path = tmp_path / "out.csv"
    path.write_text("as it was")

    with pytest.raises(Malformed, match="no more"):
        write_file(path, ["prefix"], broken())

    assert [file.name for file in tmp_path.iterdir()] == ["out.csv"]
    assert path.read_text() == "as it was"


@pytest.mark.parametrize("name", ["out", "out.pdf", "missing/out.csv"])
def test_a_file_that_cannot_be_written_is_refused(tmp_path, name):
    with pytest.raises(Malformed, match=r"does not end in|cannot be written"):
        write_file(tmp_path / name, ["a"], [])


@pytest.mark.parametrize(
    "data",
    [
        b"PK\x03\x04 and then nothing of a zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and then nothing of a workbook",
        workbook(A=[["a"]])[:-40],
        workbook(A=[["a"]])[:2000],
    ],
)
def test_a_workbook_that_is_none_is_refused(data):
    assert "the file" in refusal(data)


def test_a_zip_of_something_else_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "prefix,rate")

    assert "cannot be read" in refusal(out.getvalue())


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(kinds, "MOST_UNPACKED_BYTES", 5 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"xl/{number}.xml", bytes(1 << 20))

    assert "unpacks to 6 MB in 6 parts" in refusal(out.getvalue())


def test_a_zip_that_lies_about_its_size_is_refused(monkeypatch):
    monkeypatch.setattr(kinds, "MOST_UNPACKED_BYTES", 1 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(2 << 20))
    # The size stands in the entry and in the directory.
    lying = out.getvalue().replace((2 << 20).to_bytes(4, "little"), (9).to_bytes(4, "little"))

    assert "damaged" in refusal(lying)


def test_two_cells_in_far_corners_do_not_take_the_process_with_them():
    out = io.BytesIO()
    book = Workbook(out)
    sheet = book.add_worksheet()
    sheet.write(0, 0, "prefix")
    sheet.write(1_048_575, 16_383, "rate")
    book.close()

    assert "too large for its reader" in refusal(out.getvalue())


SMALL = workbook(A=[["prefix", "rate"], ["44", 0.5], ["x", "y"]])


@given(st.integers(0, len(SMALL) - 1), st.binary(min_size=1, max_size=60))
@settings(
    max_examples=25,  # a process each
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_any_damage_to_a_workbook_is_rows_or_a_refusal(at, damage):
    data = SMALL[:at] + damage + SMALL[at + len(damage) :]
    try:
        assert rows_of(data) is not None
    except Malformed:
        return


def test_a_reader_that_is_left_early_leaves_no_process_behind(tmp_path: Path):
    data = workbook(A=[[str(number)] * 20 for number in range(3_000)])
    worksheets = read_worksheets(data)

    first = next(iter(next(worksheets).rows))
    worksheets.close()

    assert first.line == 1
