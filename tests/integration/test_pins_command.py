"""PINs, vouchers and the rules of accounts, as an operator types them."""

import csv
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("aws")
    with shell_of_a_new_system(folder, "pins-", RINGBACK_PIN_KEY="k" * 32) as shell:
        shell.import_sheet()
        shell.json("accounts", "add", "alice", "--sheet", "retail", "--country", "GB")
        shell.json("plans", "add", "world", "--price", "10", "--currency", "EUR")
        yield shell


def generate(shell, path: Path, *words: str):
    return shell.json(
        *("pins", "generate", "--count", "3", "--length", "10", "--value", "5.00"),
        *("-o", str(path), *words),
    )


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def test_vouchers_are_handed_out_once_and_redeemed_once(shell, tmp_path):
    made = generate(shell, tmp_path / "v.txt", "--batch", "spring")
    rows = rows_of(tmp_path / "v.txt")

    assert (made["kind"], made["status"], made["currency"]) == ("vouchers", "ready", "EUR")
    assert [row["voucher"] for row in rows] == [f"spring-{n:06d}" for n in (1, 2, 3)]
    assert S_IMODE((tmp_path / "v.txt").stat().st_mode) == 0o600
    redeemed = shell.json("vouchers", "redeem", "alice", RINGBACK_PIN=rows[0]["pin"])
    assert redeemed["balance"] == "5.00"
    again = shell.run("vouchers", "redeem", "alice", RINGBACK_PIN=rows[0]["pin"])
    assert (again.returncode, again.stderr) == (2, "this account redeemed that voucher before\n")
    shown = shell.json("vouchers", "show", RINGBACK_PIN=rows[0]["pin"])
    assert (shown["voucher"], shown["redeemed_by"]) == ("spring-000001", "alice")


def test_a_name_of_a_batch_and_a_file_are_used_once(shell, tmp_path):
    generate(shell, tmp_path / "a.txt", "--batch", "summer")
    count = ("--count", "1", "--length", "8", "--value", "1")

    same_name = shell.run(
        "pins", "generate", *count, "--batch", "summer", "-o", str(tmp_path / "b.txt")
    )
    same_file = shell.run("pins", "generate", *count, "-o", str(tmp_path / "a.txt"))

    assert same_name.returncode == same_file.returncode == 2
    assert "summer" in same_name.stderr
    assert "exists" in same_file.stderr
    assert not (tmp_path / "b.txt").exists()
    assert len(rows_of(tmp_path / "a.txt")) == 3


def test_accounts_of_a_batch_have_its_value_sheet_and_plan(shell, tmp_path):
    terms = ("--sheet", "retail", "--plan", "world", "--valid-days", "30")
    generate(shell, tmp_path / "cards.xlsx", "--batch", "cards", *terms)

    card = shell.json("accounts", "show", "cards-000002")

    assert (card["balance"], card["sheet"], card["valid_days"], card["has_pin"]) == (
        "5.00",
        "retail",
        30,
        True,
    )
    assert (card["plan"], card["first_plan"]) == (None, "world")
    assert (tmp_path / "cards.xlsx").read_bytes().startswith(b"PK")


def test_a_blocked_batch_places_no_callbacks(shell, tmp_path):
    generate(shell, tmp_path / "c.txt", "--batch", "blocked", "--sheet", "retail")
    shell.json("pins", "block", "blocked")

    done = shell.run("callback", "+442079460123", "+14155550100", "--account", "blocked-000001")

    assert (done.returncode, done.stderr) == (2, "the batch of this account is blocked\n")
    assert shell.json("pins", "unblock", "blocked")["status"] == "ready"


def test_the_rules_of_an_account_are_set_shown_and_obeyed(shell):
    changed = shell.json(
        *("accounts", "set", "alice", "--daily-limit", "2", "--class-limit", "premium=0.5"),
        *("--allow", "+44", "--forbid", "449", "--time-zone", "Europe/London"),
        *("--plan", "world", "--from", "2126-07-01", "--email", "alice@example.org"),
    )

    assert changed["daily_limits"] == {"all": "2.00", "premium": "0.50"}
    assert (changed["allowed_prefixes"], changed["forbidden_prefixes"]) == (["44"], ["449"])
    # Midnight in London, in summer.
    assert changed["plans"] == [{"name": "world", "from": "2126-06-30T23:00:00.000Z"}]
    refused = shell.run("callback", "+442079460123", "+14155550100", "--account", "alice")
    assert refused.returncode == 2
    assert "no allowed prefix" in refused.stderr


def test_a_time_zone_and_a_limit_that_are_none_are_named(shell):
    zone = shell.run("accounts", "set", "alice", "--time-zone", "Mars/Olympus")
    limit = shell.run("accounts", "set", "alice", "--class-limit", "premium")

    assert (zone.returncode, limit.returncode) == (2, 2)
    assert "Mars/Olympus" in zone.stderr
    assert "premium=5.00" in limit.stderr


def test_a_class_is_changed_by_the_operator(shell):
    shell.json("classes", "set", "islands", "--prefix", "+682", "--prefix", "683", "--blocked")

    listed = {one["class"]: one for one in shell.json("classes", "list")}

    assert listed["islands"] == {
        "class": "islands",
        "blocked": True,
        "prefixes": ["682", "683"],
    }


def test_pins_are_not_made_without_their_key(shell, tmp_path):
    done = shell.run(
        *("pins", "generate", "--count", "1", "--length", "8", "--value", "1"),
        *("-o", str(tmp_path / "x.txt")),
        RINGBACK_PIN_KEY="",
    )

    assert done.returncode == 1
    assert "RINGBACK_PIN_KEY" in done.stderr
