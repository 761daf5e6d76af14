"""Files in and out of the command, as an operator types it, against an embedded AWS."""

import csv
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ringback.cli.app import app
from ringback.embedded.process import start_embedded_aws
from switchboard.errors import Malformed
from switchboard.rating.deck.names import CANONICAL

pytestmark = pytest.mark.integration

DECK = """ACME Telecom;;;
Vorwahl;Ziel;Preis;Billing Increment
44;Vereinigtes Königreich;0,0125;30/6
"4477-4479, 4481";UK mobil;0,05;30/6
"""


class Shell:
    """Types commands, and reads what they print."""

    def run(self, *words: str) -> Result:
        return CliRunner().invoke(app, words)

    def json(self, *words: str):
        done = self.run(*words, "--json")
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    patch = pytest.MonkeyPatch()
    with start_embedded_aws(tmp_path_factory.mktemp("aws"), log=False) as aws, patch.context() as m:
        m.delenv("RINGBACK_STATE", raising=False)
        for name, value in {**aws.environment, "RINGBACK_PREFIX": "files-"}.items():
            m.setenv(name, value)
        shell = Shell()
        assert shell.run("tables", "create").exit_code == 0
        yield shell


def imported(shell: Shell, path: Path, sheet: str, *options: str):
    return shell.json("rates", "import", str(path), "--sheet", sheet, "--currency", "EUR", *options)


def test_a_pipe_that_nobody_writes_to_is_not_waited_for(shell, tmp_path):
    os.mkfifo(tmp_path / "deck.csv")

    done = shell.run(
        "rates", "import", str(tmp_path / "deck.csv"), "--sheet", "x", "--currency", "EUR"
    )

    assert isinstance(done.exception, Malformed)


def test_a_foreign_deck_becomes_a_sheet_that_quotes(shell, tmp_path):
    deck = tmp_path / "acme.txt"
    deck.write_text(DECK, encoding="utf-16")

    report = imported(shell, deck, "acme", "--save-template", "acme")

    quoted = shell.json(
        *("rates", "quote", "--sheet", "acme", "--number", "+447812345678", "--seconds", "31")
    )
    assert (report["rows"], report["bad"], report["published"]) == (5, [], True)
    assert (quoted["prefix"], quoted["billed_seconds"], quoted["cost"]) == ("4478", 36, "0.0300")
    assert shell.json("rates", "templates")[0]["columns"] == {
        "prefix": "Vorwahl",
        "destination": "Ziel",
        "rate": "Preis",
        "billing": "Billing Increment",
    }


@pytest.mark.parametrize("ending", ["xlsx", "csv", "txt"])
def test_what_is_exported_and_imported_is_unchanged(shell, tmp_path, ending):
    deck = tmp_path / "deck.csv"
    deck.write_text("prefix,destination,rate\n44,=UK(),0.0123\n1,USA,0.01\n")
    sheet, out = f"copy-{ending}", tmp_path / f"out.{ending}"
    imported(shell, deck, sheet)

    assert shell.run("rates", "export", "--sheet", sheet, "-o", str(out)).exit_code == 0

    again = imported(shell, out, sheet, "--dry-run")
    assert (again["unchanged"], again["published"]) == (2, False)
    if ending == "csv":
        with out.open(newline="") as file:
            rows = list(csv.DictReader(file))
        assert tuple(rows[0]) == CANONICAL
        assert (rows[1]["prefix"], rows[1]["destination"], rows[1]["rate"]) == (
            "44",
            "'=UK()",
            "0.0123",
        )


def test_a_deck_with_bad_rows_is_reported_whole_by_a_dry_run(shell, tmp_path):
    deck = tmp_path / "deck.csv"
    deck.write_text("Code,Price\n44,1\nx,2\n33,\n")

    done = shell.run(
        *("rates", "import", str(deck), "--sheet", "new", "--currency", "EUR"),
        *("--dry-run", "--json"),
    )

    report = json.loads(done.stdout)
    assert done.exit_code == 2
    assert [row["line"] for row in report["bad"]] == [3, 4]
    assert "new" not in [sheet["sheet"] for sheet in shell.json("rates", "list")]


def test_accounts_come_from_a_file_once_and_go_to_one(shell, tmp_path):
    deck, file, out = (tmp_path / name for name in ("deck.csv", "accounts.csv", "out.csv"))
    deck.write_text("prefix,rate\n44,1\n")
    imported(shell, deck, "retail")
    file.write_text(
        "account,name,balance,numbers\nann,Ann,5.00,020 7946 0123\nben,Ben,,+14155550100\n"
    )
    take = ("accounts", "import", str(file), "--sheet", "retail", "--country", "GB")

    first, again = shell.json(*take), shell.json(*take)

    assert shell.run("accounts", "export", "-o", str(out)).exit_code == 0
    with out.open(newline="") as exported:
        rows = {row["account"]: row for row in csv.DictReader(exported)}
    assert (first["accounts"], again["opened"], again["unchanged"]) == (["ann", "ben"], 0, 2)
    assert (rows["ann"]["balance"], rows["ann"]["numbers"]) == ("5", "+442079460123")
    assert shell.run("check-books").stdout == "the books are in order\n"
