"""Decks in the console: uploaded, their columns told, looked at, published; and sheets in files."""

import csv
import io
import re
import zipfile
from dataclasses import replace

import pytest
from python_calamine import CalamineWorkbook
from xlsxwriter import Workbook

from switchboard.calls.trunk import Trunk
from switchboard.desk.decks import Care
from switchboard.desk.office import rate_imports
from switchboard.errors import NotFound
from switchboard.rating.columns import format_units
from switchboard.rating.row import RateRow
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from switchboard.staff.jobs import JobState
from switchboard.staff.rights import Role, rights_of
from switchboard.staff.users import Operator
from tests.fakes.api import readable
from tests.fakes.console import console_of
from tests.fakes.furnished import SCRIPT
from tests.fakes.jobs import run_waiting

UPLOAD = "a" * 32
HOW = {"mode": "replace", "outliers": "10"}
SELLERS = """Country;Dial Code;Neuer Preis;Pulse;Remark
United Kingdom;44;0,03;1/1;up
USA;1;0,02;30/6;down
Germany;49;0,01;60;new
"""
FORMULA = '=HYPERLINK("http://evil.example","free")'
EVERYTHING = Role("all", rights_of("rates:*"))
HIDING = Role("desk", rights_of("rates:*"), hides_costs=True)


@pytest.fixture
def console():
    return console_of()


def put(console, text: str, upload: str = UPLOAD) -> None:
    console.ports.files.kept[f"uploads/jane/{upload}"] = text.encode()


def choices(page: str) -> dict[str, str]:
    """What is chosen for each column."""
    selects = re.findall(r'name="(column-\d+)"(.*?)</select>', page, re.DOTALL)
    found = {name: re.search(r'value="([^"]*)" selected', options) for name, options in selects}
    return {name: match[1] if match else "" for name, match in found.items()}


def preview(console, path: str = f"/admin/rates/retail/import/{UPLOAD}", **fields) -> str:
    """The address of the preview of an upload, its columns as they were found but for these."""
    chosen = choices(console.get(path).body.decode())
    response = console.fill(path, **{**chosen, **HOW, **fields})
    assert response.status_code == 303, readable(response)
    run_waiting(console.ports)
    return f"/admin/rate-imports/{response.headers['Location'].rpartition('/')[2]}"


def do(console, path: str, **fields):
    """The job that a form starts, done."""
    response = console.fill(path, **fields)
    assert response.status_code == 303, readable(response)
    run_waiting(console.ports)
    return console.ports.jobs.find(response.headers["Location"].rpartition("/")[2])


def rates(console, name: str = "retail") -> dict[str, str]:
    rows = console.ports.sheets.current(name).rows
    return {row.prefix: format_units(row.rate_picos, decimals=12) for row in rows}


def file_of(console, job, name: str) -> str:
    return console.ports.files.kept[job.file(name).key].decode()


def test_a_deck_is_mapped_looked_at_and_published(console):
    put(console, SELLERS)
    page = console.get(f"/admin/rates/retail/import/{UPLOAD}")
    assert choices(page.body.decode()) == {
        "column-0": "destination",
        "column-1": "prefix",
        "column-2": "",
        "column-3": "billing",
        "column-4": "",
    }
    assert "Say which column is the rate" in readable(
        console.fill(f"/admin/rates/retail/import/{UPLOAD}", **choices(page.body.decode()), **HOW)
    )

    path = preview(console, **{"column-2": "rate"}, file="spring.csv")
    shown = readable(console.get(path))
    assert "new 1 closed 2 increased 1 decreased 1 altered 0 unchanged 0" in shown
    assert "44 United Kingdom increased 0.02 0.03" in shown
    assert "Columns that are not read Remark" in shown
    assert rates(console)["44"] == "0.02"
    job = do(console, path)

    assert (job.state.value, job.failure) == ("done", "")
    assert rates(console) == {"44": "0.03", "1": "0.02", "49": "0.01"}
    assert console.ports.sheets.current("retail").terms.currency == "EUR"
    log = readable(console.get("/admin/audit?about=rate+sheet+retail"))
    assert "jane import rate sheet retail version v1" in log
    assert "spring.csv" in log
    assert "increased" in log


def test_a_deck_becomes_a_new_sheet(console):
    put(console, "prefix,rate\n44,0.01\n")
    path = f"/admin/import-rates/{UPLOAD}"

    refused = console.fill(path, **choices(console.get(path).body.decode()), **HOW)
    job = do(console, preview(console, path, sheet="gold", currency="usd"))

    assert "This is needed" in readable(refused)
    assert job.report.counts["new"] == 1
    assert console.ports.sheets.current("gold").terms.currency == "USD"
    put(console, "prefix,rate\n44,0.01\n")
    other = console.fill(path, sheet="retail", currency="USD", **HOW, **{"column-0": "prefix"})
    assert other.status_code in {400, 409}


def test_what_was_published_since_the_preview_is_not_lost(console):
    put(console, SELLERS)
    path = preview(console, **{"column-2": "rate"})
    newer = RateSheet.of("retail", "v2", SheetTerms("EUR"), [RateRow("7", 1)])
    console.ports.sheets.publish(newer)

    job = do(console, path)

    assert job.state.value == "failed"
    assert "published by somebody else in between" in job.failure
    assert rates(console) == {"7": "0.000000000001"}


def test_an_import_whose_runner_died_is_not_done_twice(console):
    put(console, SELLERS)
    path = preview(console, **{"column-2": "rate"})
    first = do(console, path)
    version = console.ports.sheets.current("retail").version
    # Its runner died after it had published, and before it could say so.
    console.ports.jobs.kept[first.id] = replace(first, state=JobState.RUNNING, tries=1)
    console.ports.job_queue.send(first.id)

    run_waiting(console.ports)

    again = console.ports.jobs.find(first.id)
    assert (again.state, again.failure, again.tries) == (JobState.DONE, "", 2)
    assert again.report.counts["unchanged"] == 3
    assert console.ports.sheets.current("retail").version == version


def test_a_file_with_bad_rows_is_not_taken_unless_they_are_left_out(console):
    put(console, "prefix,rate\n44,0.03\nabc,0.1\n1,much\n")
    refused = console.get(preview(console))
    assert "Rows that cannot be read 2" in readable(refused)
    assert "nothing of it is taken" in readable(refused)
    assert "btn-danger" not in refused.body.decode()

    job = do(console, preview(console, skip_bad="yes"))

    assert rates(console) == {"44": "0.03"}
    assert [row.line for row in job.report.rows] == [3, 4]
    log = readable(console.get("/admin/audit?about=rate+sheet+retail"))
    assert "closed" in log


def test_columns_are_kept_as_a_template_and_taken_from_one(console):
    put(console, SELLERS)
    do(console, preview(console, **{"column-2": "rate", "decimal": "comma"}, save_as="acme"))

    page = console.get(f"/admin/rates/retail/import/{UPLOAD}?template=acme").body.decode()

    assert choices(page)["column-2"] == "rate"
    assert re.search(r'value="comma" selected', page)
    assert console.get(f"/admin/rates/retail/import/{UPLOAD}?template=x").status_code == 404


def test_a_column_that_is_not_chosen_is_not_read(console):
    put(console, "prefix,rate,increment\n44,0.03,60\n")

    do(console, preview(console, **{"column-2": ""}))

    [row] = console.ports.sheets.current("retail").rows
    assert row.charges.increment_s is None


def test_two_columns_are_not_the_same_field(console):
    put(console, "prefix,rate,increment\n44,0.03,60\n")
    path = f"/admin/rates/retail/import/{UPLOAD}"

    fields = {"column-0": "prefix", "column-1": "rate", "column-2": "rate", **HOW}
    response = console.fill(path, **fields)

    assert "“rate” and “increment” cannot both be the rate" in readable(response)


def test_the_delimiter_and_the_worksheet_can_be_told(console):
    put(console, "prefix|rate,old\n44|0.03,5\n")
    path = f"/admin/rates/retail/import/{UPLOAD}"

    page = readable(console.get(f"{path}?delimiter=|"))

    assert "rate,old" in page
    assert console.get(f"{path}?delimiter=x").status_code == 400
    content = io.BytesIO()
    book = Workbook(content)
    book.add_worksheet("Cover").write_string(0, 0, "Acme")
    for number, row in enumerate((("Code", "Price"), ("44", "0.03"))):
        rates = book.get_worksheet_by_name("Rates") or book.add_worksheet("Rates")
        rates.write_row(number, 0, row)
    book.close()
    console.ports.files.kept[f"uploads/jane/{UPLOAD}"] = content.getvalue()
    assert 'placeholder="Rates"' in console.get(path).body.decode()
    assert "there is no worksheet “Old”" in readable(console.get(f"{path}?worksheet=Old"))


@pytest.mark.parametrize("content", [b"", b"\0\1\2", b"<html>", b"one\ntwo\n"])
def test_what_is_no_deck_is_told(console, content):
    console.ports.files.kept[f"uploads/jane/{UPLOAD}"] = content

    assert console.get(f"/admin/rates/retail/import/{UPLOAD}").status_code in {200, 400}


def test_nobody_reads_the_uploads_and_previews_of_others(console):
    put(console, SELLERS)
    path = preview(console, **{"column-2": "rate"})
    job = path.rpartition("/")[2]
    other = Operator("joe", EVERYTHING, "console")

    with pytest.raises(NotFound):
        rate_imports.find_preview(console.ports, other, job)
    console.ports.files.kept[f"uploads/joe/{'b' * 32}"] = SELLERS.encode()
    assert console.get(f"/admin/rates/retail/import/{'b' * 32}").status_code == 404
    assert console.get(f"/admin/rate-imports/{'b' * 32}").status_code == 404


def test_imported_names_are_text_and_never_a_formula(console):
    put(
        console,
        f'prefix,name,rate\n44,"{SCRIPT}",0.03\n1,"{FORMULA.replace(chr(34), chr(34) * 2)}",9\n',
    )
    path = preview(console, cap="1")
    page = console.get(path).body.decode()
    assert SCRIPT not in page
    assert "alert(1)" in page
    changes = console.ports.jobs.find(path.rpartition("/")[2])
    for name in ("changes.csv", "outliers.csv"):
        cells = [
            cell for row in csv.reader(io.StringIO(file_of(console, changes, name))) for cell in row
        ]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    do(console, path)

    job = do(console, "/admin/rates/retail/export", file="xlsx")
    book = io.BytesIO(console.ports.files.kept[job.files[0].key])
    rows = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert FORMULA in {row[1] for row in rows}
    with zipfile.ZipFile(book) as parts:
        assert b"<f>" not in parts.read("xl/worksheets/sheet1.xml")
    compared = do(console, "/admin/compare-rates/download", old="retail", new="retail", file="csv")
    assert compared.report.counts["unchanged"] == 2


@pytest.mark.parametrize("kind", ["xlsx", "csv", "txt"])
def test_an_exported_sheet_is_imported_again_without_a_difference(console, kind):
    rows = [
        RateRow("44", 20_000_000_001, "United Kingdom"),
        RateRow("44", 10**10, "Evening", step_from_s=60),
        RateRow("4490", 0, "=1+1", blocked=True),
    ]
    console.ports.sheets.publish(RateSheet.of("retail", "v2", SheetTerms("EUR"), rows))
    job = do(console, "/admin/rates/retail/export", file=kind)
    [file] = job.files
    console.ports.files.kept[f"uploads/jane/{UPLOAD}"] = console.ports.files.kept[file.key]

    counts = console.ports.jobs.find(preview(console).rpartition("/")[2]).report.counts

    assert file.name == f"rates-retail.{kind}"
    assert (counts["unchanged"], counts["new"], counts["altered"]) == (2, 0, 0)


def test_the_differences_of_two_sheets_are_downloaded(console):
    other = RateSheet.of("gold", "v1", SheetTerms("EUR"), [RateRow("44", 3 * 10**10, "UK")])
    console.ports.sheets.publish(other)

    path = "/admin/compare-rates/download?old=retail&new=gold"
    job = do(console, path, old="retail", new="gold", file="csv")

    lines = file_of(console, job, "differences.csv").splitlines()
    assert lines[0] == "prefix,destination,change,before,after,percent"
    assert "44,UK,increased,0.02,0.03,50" in lines
    assert job.report.counts["closed"] == 3


def test_what_trunks_cost_is_in_no_file_of_who_sees_no_costs():
    console = console_of(HIDING)
    cost = RateSheet.of("carrier", "v1", SheetTerms("EUR"), [RateRow("44", 1)])
    console.ports.sheets.publish(cost)
    console.ports.trunks.save(Trunk("london", "192.0.2.1", cost_sheet="carrier"))
    put(console, "prefix,rate\n44,0.01\n")
    path = f"/admin/import-rates/{UPLOAD}"
    chosen = {**choices(console.get(path).body.decode()), **HOW}

    assert console.get("/admin/rates/carrier/export").status_code == 404
    assert console.get("/admin/rates/carrier/import").status_code == 404
    assert console.fill(path, **chosen, sheet="carrier").status_code == 404
    form = console.get("/admin/compare-rates/download?old=carrier&new=retail").body.decode()
    assert "carrier" not in form.split("<main")[1]
    fields = {"old": "carrier", "new": "retail", "file": "csv"}
    assert console.submit(form, "/admin/compare-rates/download", **fields).status_code == 422
    assert list(console.ports.jobs.kept) == []


def test_how_careful_an_import_is_can_be_told():
    wanted = rate_imports.DeckImport("retail", UPLOAD, {}, skip_bad=True, cap="2.5")

    assert wanted.care() == Care(skip_bad=True, outlier_factor=10, cap_picos=2_500_000_000_000)
