"""The command, as an operator types it, against an embedded AWS."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

import pytest

from tests.integration.shell import RINGBACK, Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("aws")
    with shell_of_a_new_system(folder, "command-") as shell:
        shell.import_sheet()
        yield shell


def test_an_account_is_opened_topped_up_blocked_and_listed(shell):
    opened = shell.json(
        *("accounts", "add", "alice", "--sheet", "retail", "--balance", "5.00"),
        *("--country", "GB", "--number", "020 7946 0123", "--login", "alice"),
        RINGBACK_PASSWORD="wonderland",
    )
    paid = [
        shell.json("accounts", "topup", "alice", "2.5", "--reference", "receipt-7")
        for _ in range(2)
    ]
    shell.run("accounts", "block", "alice")
    listed = shell.json("accounts", "list")

    assert (opened["balance"], opened["numbers"]) == ("5.00", ["+442079460123"])
    assert [one["balance"] for one in paid] == ["7.50", "7.50"]
    assert [(one["account"], one["status"]) for one in listed] == [("alice", "blocked")]
    shell.run("accounts", "unblock", "alice")
    assert shell.json("accounts", "show", "alice")["status"] == "active"
    assert opened["login"] == "alice"
    assert shell.json("accounts", "set", "alice", "--no-login")["login"] is None


def test_a_balance_is_corrected_down_and_up(shell):
    shell.json("accounts", "add", "corrected", "--sheet", "retail", "--balance", "50.00")

    down = shell.json("accounts", "correct", "corrected", "-45", "--note", "5 was paid")
    up = shell.json("accounts", "correct", "corrected", "0.5", "--note", "a gift")

    assert (down["balance"], up["balance"]) == ("5.00", "5.50")
    beyond = shell.run("accounts", "correct", "corrected", "-6", "--note", "too much")
    assert (beyond.returncode, "5.50 EUR" in beyond.stderr) == (2, True)


def test_a_change_leaves_alone_what_it_does_not_name(shell):
    shell.json("accounts", "add", "bob", "--sheet", "retail", "--type", "postpaid")

    changed = shell.json("accounts", "set", "bob", "--credit-limit", "10", "--max-callbacks", "2")

    assert (changed["credit_limit"], changed["available"], changed["max_callbacks"]) == (
        "10.00",
        "10.00",
        2,
    )
    assert (changed["type"], changed["name"]) == ("postpaid", "bob")


def test_a_quote_is_exact(shell):
    quoted = shell.json(
        "rates", "quote", "--sheet", "retail", "--number", "+442071234567", "--seconds", "32"
    )

    assert (quoted["prefix"], quoted["billed_seconds"], quoted["cost"]) == ("44", 36, "0.0036")


def test_a_bad_deck_is_refused_whole_and_every_bad_row_named(shell, tmp_path):
    deck = tmp_path / "bad.csv"
    deck.write_text("prefix,rate\n44,0.5\nfour,0.1\n33,much\n44,0.6\n")

    done = shell.run("rates", "import", str(deck), "--sheet", "retail")

    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()[:3]] == [
        "line 3",
        "line 4",
        "line 5",
    ]
    assert len(shell.json("rates", "show", "--sheet", "retail")) == 2


def test_a_dry_run_says_what_would_change_and_changes_nothing(shell, tmp_path):
    deck = tmp_path / "next.csv"
    deck.write_text("prefix,rate\n44,0.5\n49,0.1\n")

    report = shell.json("rates", "import", str(deck), "--sheet", "retail", "--dry-run")

    assert (report["new"], report["increased"], report["closed"]) == (1, 1, 1)
    assert report["published"] is False
    assert [row["prefix"] for row in shell.json("rates", "show", "--sheet", "retail")] == [
        "1",
        "44",
    ]


def test_trunks_and_service_numbers_are_listed_as_they_were_added(shell):
    shell.json("trunks", "add", "carrier", "sip.example.net:5080", "--priority", "3")
    shell.json("numbers", "add", "+442079460999")

    (trunk,) = shell.json("trunks", "list")
    assert trunk.items() >= {"trunk": "carrier", "host": "sip.example.net", "port": 5080}.items()
    assert (trunk["priority"], trunk["user"]) == (3, None)
    assert [row["mode"] for row in shell.json("numbers", "list")] == ["ani"]


def test_a_provider_of_texts_is_kept_without_showing_its_secret(shell):
    added = shell.json(
        *("sms-providers", "add", "acme", "--method", "get", "--proof", "secret"),
        *("--proof-in", "key", "--field", "from=msisdn", "--network", "203.0.113.0/24"),
        RINGBACK_SMS_SECRET="sixteen letters!",
    )
    changed = shell.json("sms-providers", "set", "acme", "--answer", "OK")
    read = shell.json(
        *("sms-providers", "test", "acme", "id=1", "msisdn=442079460123"),
        *("to=+442079460999", "text=BAL"),
    )

    assert changed == {**added, "answer": "OK"}
    assert (added["method"], added["fields"]["from"]) == ("GET", "msisdn")
    assert "sixteen" not in shell.run("sms-providers", "list", "--json").stdout
    assert read == {"id": "1", "from": "+442079460123", "to": "+442079460999", "text": "BAL"}
    assert shell.run("sms-providers", "remove", "acme").stdout == "acme is removed\n"
    assert shell.run("sms-providers", "remove", "acme").returncode == 2


def test_names_speed_dials_and_phones_are_an_account_s(shell):
    shell.json(
        *("accounts", "add", "carol", "--sheet", "retail", "--country", "GB"),
        *("--number", "020 7946 0124", "--number", "020 7946 0125"),
    )

    shell.json(
        "accounts",
        "phonebook",
        "carol",
        "--name",
        "Mum=020 7946 0001",
        "--dial",
        "7=1 415 555 0100",
    )
    lines = shell.json(
        "accounts", "phonebook", "carol", "--name", "Dad=020 7946 0002", "--remove", "Mum"
    )
    gone = shell.run("accounts", "phonebook", "carol", "--remove", "Mum", "--remove-dial", "8")
    phones = shell.json("accounts", "numbers", "carol", "--default", "020 7946 0125")

    assert [(line["key"], line["number"]) for line in lines] == [
        ("Dad", "+442079460002"),
        ("*7", "+14155550100"),
    ]
    assert gone.returncode == 2
    assert "the phone book of carol has no *8, Mum" in gone.stderr
    assert phones["default_number"] == "+442079460125"


def test_a_callback_is_planned(shell):
    shell.json(
        *("accounts", "add", "dave", "--sheet", "retail", "--balance", "5"),
        *("--time-zone", "Europe/Berlin"),
    )
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    order = ("callback", "+442079460123", "+14155550100", "--account", "dave")

    planned = shell.json(*order, "--at", f"{tomorrow}T18:30+01:00")

    assert (planned["status"], planned["at"]) == ("planned", f"{tomorrow}T17:30:00.000Z")
    assert shell.run(*order, "--at", "2020-01-01T00:00").returncode == 2


def test_the_books_of_a_new_system_are_in_order(shell):
    assert shell.run("check-books").stdout == "the books are in order\n"
    assert shell.json("sweep") == {"settled": [], "requeued": []}


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["accounts", "show", "nobody"], "there is no account nobody"),
        (["accounts", "add", "x", "--sheet", "wholesale"], "there is no rate sheet wholesale"),
        (["accounts", "add", "Big Co", "--sheet", "retail"], "account “Big Co”"),
        (["accounts", "topup", "nobody", "1e999"], "nobody"),
        (
            ["rates", "quote", "--sheet", "retail", "--number", "+33123456789", "--seconds", "1"],
            "there is no rate for it",
        ),
        (["accounts", "add", "x", "--sheet", "retail", "--login", "x"], "set $RINGBACK_PASSWORD"),
        (["trunks", "add", "x", "no host"], "is not host or host:port"),
        (["callback", "12", "+442071234567", "--account", "nobody"], "nobody"),
    ],
)
def test_bad_input_is_one_line_and_exit_status_2(shell, words, complaint):
    done = shell.run(*words)

    assert done.returncode == 2
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_without_a_system_the_command_says_how_to_start_one(tmp_path):
    env = {"PATH": os.environ["PATH"]}

    done = subprocess.run(
        [RINGBACK, "accounts", "list"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr == "there is no system in var: start one with `ringback up`\n"


def test_callbacks_are_listed_shown_and_cancelled(shell):
    shell.json("accounts", "add", "erin", "--sheet", "retail", "--balance", "5.00")
    placed = shell.json("callback", "+442079460123", "+14155550100", "--account", "erin")
    one = (placed["id"], "--account", "erin")

    assert shell.json("callbacks", "list", "--account", "erin") == [{**placed, "reason": None}]
    assert shell.json("callbacks", "show", *one) == placed
    assert shell.json("callbacks", "cancel", *one)["ending"]["reason"] == "cancelled"
    assert "cancelled" in shell.run("callbacks", "list", "--account", "erin").stdout


def test_a_callback_of_somebody_else_is_not_found(shell):
    shell.json("accounts", "add", "frank", "--sheet", "retail", "--balance", "5.00")
    placed = shell.json("callback", "+442079460123", "+14155550100", "--account", "frank")

    done = shell.run("callbacks", "cancel", placed["id"], "--account", "erin")

    assert (done.returncode, done.stderr) == (2, "there is no such callback\n")


def test_the_version_is_said(shell):
    done = shell.run("--version")

    assert (done.returncode, done.stdout) == (0, f"ringback {version('ringback')}\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("zzzz", "No such command 'zzzz'. (see `ringback --help`)"),
        ("rates show", "Missing option '--sheet'. (see `ringback rates show --help`)"),
        (
            "rates set --sheet retail --default increment",
            "“increment” is no default: write it like increment=6",
        ),
    ],
)
def test_what_is_typed_wrong_is_answered_in_one_line(shell, words, line):
    done = shell.run(*words.split())

    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"{line}\n")


def test_a_command_that_is_typed_alone_shows_its_help(shell):
    done = shell.run("rates")

    assert (done.returncode, done.stderr) == (2, "")
    assert "Usage: ringback rates" in done.stdout


def test_a_service_number_is_added_changed_shown_and_removed(shell):
    number, account = "+442079460555", "numbers-house"
    shell.json("accounts", "add", account, "--sheet", "retail", "--country", "GB")

    added = shell.json("numbers", "add", number, "--paid-by", account, "--delay", "3.5")
    hours = ("--hours", "mon-fri 09:00-17:00", "--hours", "sat", "--time-zone", "Europe/London")
    changed = shell.json("numbers", "set", number, *hours, "--retries", "2", "--language", "fr")
    did = shell.json("numbers", "set", number, "--account", account, "--rings", "020 7946 0123")
    shown = shell.json("numbers", "show", number)
    plain = shell.json("numbers", "set", number, "--mode", "ani", "--hours", "always")

    assert (added["mode"], added["account"], added["delay_seconds"]) == ("pin", account, 3.5)
    assert changed == {
        **added,
        "hours": ["mon-fri 09:00-17:00", "sat"],
        "time_zone": "Europe/London",
        "retries": 2,
        "language": "fr",
    }
    assert did == {**changed, "mode": "did", "rings": "+442079460123"}
    assert shown == {**did, "refused_today": {}}
    assert (plain["mode"], plain["account"], plain["hours"]) == ("ani", None, None)
    assert shell.run("numbers", "add", number).returncode == 2
    assert shell.run("numbers", "set", number, "--mode", "nonsense").returncode == 2
    assert shell.run("numbers", "remove", number).returncode == 0
    assert shell.run("numbers", "show", number).returncode == 2


def test_an_account_and_a_number_say_how_customers_are_spoken_to(shell):
    number, account = "+442079460556", "mannered"
    manners = ("--manner", "confirm", "--manner", "no-ask-next")
    languages = ("--choose-language", "en", "--choose-language", "es")
    shell.json("accounts", "add", account, "--sheet", "retail", "--manner", "tell-balance")
    shell.json("numbers", "add", number, "--paid-by", account, *languages, "--ask-account")

    changed = shell.json("accounts", "set", account, *manners)
    told = shell.json("numbers", "set", number, "--manner", "no-tell-limit")
    unasked = shell.json("numbers", "set", number, "--choose-language", "none")

    names = ("confirm", "tell_balance", "tell_limit", "ask_next")
    assert [changed[name] for name in names] == [True, True, None, False]
    assert (told["languages"], told["asks_account"], told["tell_limit"]) == (
        ["en", "es"],
        True,
        False,
    )
    assert unasked == {**told, "languages": []}
    refused = shell.run("accounts", "set", account, "--manner", "shout")
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "confirm" in refused.stderr


def test_a_trunk_says_from_where_it_rings(shell):
    shell.json("trunks", "add", "ringer", "sip.example.net")

    row = shell.json("trunks", "rings", "ringer", "--from", "203.0.113.0/28")

    assert row["rings_from"] == ["203.0.113.0/28"]
    assert shell.run("trunks", "rings", "ringer", "--from", "10.0.0.0/8").returncode == 2
    assert shell.run("trunks", "remove", "ringer").returncode == 0


def test_cdrs_are_exported_by_account_and_by_day(shell, tmp_path):
    exported = tmp_path / "calls.csv"

    done = shell.run("cdrs", "export", "-o", str(exported), "--from", "2026-11-01")
    unknown = shell.run("cdrs", "export", "-o", str(exported), "--account", "nobody")

    assert (done.returncode, done.stdout) == (0, f"0 CDRs are in {exported}\n")
    assert exported.read_text().startswith("requested_at,ended_at,callback,account,")
    assert (unknown.returncode, unknown.stderr) == (2, "there is no account nobody\n")
