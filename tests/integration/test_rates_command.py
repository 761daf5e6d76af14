"""`ringback rates`, as an operator types it: terms, derived sheets, versions, hours."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration

DECK = """prefix,destination,rate,days,hours,connection_fee
44,UK,0.06,,,
44,UK,0.6,mon-fri,08:00-19:00,
44,UK,0.03,holiday,,
1,USA,0.0137,,,0.01
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("aws")
    with shell_of_a_new_system(folder, "rates-") as shell:
        shell.import_sheet("cost", DECK)
        yield shell


def cost(shell: Shell, sheet: str, number: str, at: str = "2026-01-05T12:00Z") -> str:
    where = ("--sheet", sheet, "--number", number, "--seconds", "60", "--at", at)
    return shell.json("rates", "quote", *where)["cost"]


UK, USA = "+442071234567", "+14155550100"


def test_sheets_are_set_derived_quoted_and_put_back(shell, tmp_path):
    shell.json(
        *("rates", "set", "--sheet", "cost", "--time-zone", "Europe/London"),
        *("--holiday", "2026-01-06", "--digits", "5"),
        *("--default", "initial=6", "--default", "increment=6"),
    )
    derived = ("--sheet", "retail", "--from", "cost", "--multiplier", "1.2", "--addition", "0.001")
    shell.json("rates", "derive", *derived)

    days = ("2026-01-05T12:00Z", "2026-01-05T19:00Z", "2026-01-06T12:00Z", "2026-07-06T18:30+01:00")
    assert [cost(shell, "cost", UK, at) for at in days] == [
        "0.60000",
        "0.06000",
        "0.03000",
        "0.60000",
    ]
    assert (cost(shell, "cost", USA), cost(shell, "retail", USA)) == ("0.02370", "0.02744")

    first = shell.json("rates", "list")[0]
    shell.import_sheet("cost", DECK.replace("0.0137", "0.02"))
    assert (cost(shell, "cost", USA), cost(shell, "retail", USA)) == ("0.03000", "0.03500")

    again = shell.json("rates", "publish", "--sheet", "cost", "--version", first["version"])
    assert [one["sheet"] for one in again] == ["cost", "retail"]
    assert (cost(shell, "cost", USA), cost(shell, "retail", USA)) == ("0.02370", "0.02744")

    listed = shell.json("rates", "versions", "--sheet", "cost")
    assert [one["version"] for one in listed if one["published"]] == [first["version"]]
    assert len(listed) == 3
    shown = shell.json("rates", "show", "--sheet", "retail")
    assert {(row["prefix"], row["rate"], row["inherited"]) for row in shown} >= {
        ("1", "0.01744", True)
    }


def test_both_legs_are_quoted_as_an_account_pays_for_them(shell):
    shell.import_sheet("cost", DECK)
    shell.json("accounts", "add", "ann", "--sheet", "cost", "--number", UK)
    shell.json("plans", "groups", "add", "usa", "--prefix", "1")
    grant = ("--group", "usa", "--minutes", "1", "--from", "2026-01-01", "--until", "2031-01-01")
    shell.json("plans", "grant", "welcome", "--account", "ann", *grant)
    how = ("--number", USA, "--seconds", "120", "--at", "2030-01-07T12:00Z")

    both = shell.json("rates", "quote", "--account", "ann", *how)
    other = shell.json("rates", "quote", "--account", "ann", "--from", USA, *how)

    one = shell.json("rates", "quote", "--sheet", "cost", *how[:2], "--seconds", "60", *how[4:])
    assert (both["to"]["cost"], both["to"]["covered_seconds"]) == (one["cost"], 60)
    assert (both["from"]["number"], both["from"]["covered_seconds"]) == (UK, 0)
    assert Decimal(both["cost"]) == Decimal(both["from"]["cost"]) + Decimal(both["to"]["cost"])
    assert (other["from"]["number"], other["from"]["covered_seconds"]) == (USA, 60)


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("quote", "--number", UK, "--seconds", "1"), "name a --sheet, or an --account"),
        (("show", "--sheet", ""), "there is no rate sheet"),
        (("derive", "--sheet", "cost", "--from", "cost"), "derive from itself: cost from cost"),
        (("derive", "--sheet", "x", "--from", "y"), "no rate sheet y"),
        (("derive", "--sheet", "x", "--from", "cost", "--multiplier", "a"), "not an amount"),
        (("set", "--sheet", "cost", "--time-zone", "Mars"), "“Mars” is not a time zone"),
        (("set", "--sheet", "cost", "--rounding", "odd"), "up, half-up, half-even, down"),
        (("set", "--sheet", "cost", "--default", "speed=1"), "“speed” is no charge"),
        (("set", "--sheet", "cost", "--holiday", "tuesday"), "a date like 2026-12-25"),
        (("publish", "--sheet", "cost", "--version", "v0"), "no version v0"),
    ],
)
def test_what_nobody_can_mean_is_refused_in_one_line(shell, words, reason):
    done = shell.run("rates", *words)

    assert done.returncode == 2
    assert reason in done.stderr
    assert len(done.stderr.splitlines()) == 1
