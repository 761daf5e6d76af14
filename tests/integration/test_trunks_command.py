"""`ringback trunks`, as an operator types it: what is set, the order for a number, a test."""

import asyncio
from collections.abc import Iterator

import pytest

from ringback.carrier import SimulatedCarrier
from tests.integration.caller import in_real_time
from tests.integration.shell import Shell, shell_of_a_new_system
from tests.integration.system import free_port

pytestmark = pytest.mark.integration

SHEETS = {
    "retail": "prefix,rate\n44,0.02\n1,0.02\n",
    "fee": "prefix,rate,connection_fee\n44,0.01,0.01\n",
    "minutes": "prefix,rate,connection_fee,initial,increment\n44,0.012,0,60,60\n1,0.01,0,1,1\n",
}
LONDON = "+442071234567"


LONDON_TRUNK = {
    "trunk": "london",
    "host": "127.0.0.1",
    "port": 5060,
    "priority": 10,
    "weight": 1,
    "capacity": 30,
    "calls_per_second": None,
    "cost_sheet": "fee",
    "rewrites": ["44=strip2,prepend0", "*=prepend00"],
    "enabled": True,
    "rings_from": [],
    "rings_as": None,
    "user": "me",
    "reply_limit": 4,
    "rests_after": 3,
    "keep_alive": None,
    "from": "caller",
    "from_rewrites": [],
    "from_domain": None,
    "asserted": None,
    "asserted_rewrites": [],
    "transport": "udp",
    "proxy": None,
    "registers": False,
    "srtp": False,
    "codecs": ["pcmu", "pcma"],
    "session_timers": True,
    "release_media": False,
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("aws")
    with shell_of_a_new_system(folder, "trunks-") as shell:
        for sheet, text in SHEETS.items():
            shell.import_sheet(sheet, text, currency="USD" if sheet == "fee" else "EUR")
        shell.json("accounts", "add", "alice", "--sheet", "retail", "--number", LONDON)
        yield shell


def test_trunks_are_set_compared_and_removed(shell):
    refused = shell.run("trunks", "add", "london", "127.0.0.1", "--cost-sheet", "fee")
    rates = shell.json("trunks", "exchange", "set", "USD", "EUR", "0.92")
    added = shell.json(
        *("trunks", "add", "london", "127.0.0.1", "--cost-sheet", "fee", "--capacity", "30"),
        *("--rewrite", "44=strip2,prepend0", "--rewrite", "*=prepend00", "--user", "me"),
        RINGBACK_TRUNK_PASSWORD="secret",
    )
    shell.json("trunks", "add", "paris", "127.0.0.2:5070", "--cost-sheet", "minutes")
    shell.json("trunks", "add", "spare", "127.0.0.3", "--priority", "20", "--weight", "3")
    shell.json("trunks", "add", "off", "127.0.0.4", "--disabled")

    assert (refused.returncode, refused.stderr) == (
        2,
        "there is no exchange rate between USD and EUR\n",
    )
    assert rates == [{"currency": "USD", "rate": "0.92", "into": "EUR"}]
    assert added == LONDON_TRUNK
    assert "secret" not in shell.run("trunks", "show", "london").stdout
    _check_routes(shell)
    _check_sale(shell)
    changed = shell.json(
        *("trunks", "set", "london", "--rewrite", "none", "--capacity", "0", "--release-media")
    )
    assert changed == {**added, "rewrites": [], "capacity": None, "release_media": True}
    kept = shell.json("trunks", "set", "london", "--keep-media")
    assert kept == {**changed, "release_media": False}
    assert "is removed" in shell.run("trunks", "remove", "off").stdout
    assert [row["trunk"] for row in shell.json("trunks", "list")] == ["london", "paris", "spare"]


def test_a_trunk_rings_from_a_network_and_as_a_user(shell):
    shell.json("trunks", "add", "rome", "127.0.0.5", "--disabled")

    def rings(*options: str) -> tuple[list[str], str | None]:
        row = shell.json("trunks", "rings", "rome", *options, RINGBACK_TRUNK_PASSWORD="sesame")
        return row["rings_from"], row["rings_as"]

    assert rings("--from", "203.0.113.0/28") == (["203.0.113.0/28"], None)
    assert rings("--user", "me") == (["203.0.113.0/28"], "me")
    assert rings() == ([], None)
    assert "is removed" in shell.run("trunks", "remove", "rome").stdout


def _check_routes(shell: Shell) -> None:
    assert shell.json("trunks", "expect") == {"expected_seconds": 180}
    usual = shell.json("trunks", "route", LONDON)
    short = shell.json("trunks", "route", LONDON, "--seconds", "30", "--at", "2026-01-05T12:00Z")
    shell.json("trunks", "expect", "30")

    assert [row["trunk"] for row in usual] == ["paris", "london", "spare", "off"]
    assert [row["trunk"] for row in short] == ["paris", "london", "spare", "off"]
    assert [row["trunk"] for row in shell.json("trunks", "route", LONDON)] == [
        row["trunk"] for row in short
    ]
    assert usual[1] == {
        "order": 2,
        "trunk": "london",
        "priority": 10,
        "weight": 1,
        "capacity": 30,
        "sent": "02071234567",
        "number": LONDON,
        "seconds": 180,
        "prefix": "44",
        "cost": "0.04",
        "currency": "USD",
        "compared": "0.0368",
        "compared_in": "EUR",
        "why_not": None,
    }
    assert (usual[2]["cost"], usual[3]["why_not"]) == (None, "it is disabled")
    table = shell.run("trunks", "route", LONDON).stdout
    assert "02071234567" in table
    assert "it is disabled" in table
    shell.json("trunks", "expect", "180")


def _check_sale(shell: Shell) -> None:
    rows = shell.json("trunks", "route", "+14155550100", "--account", "alice")
    shell.json("accounts", "set", "alice", "--no-loss-guard")

    assert [(row["trunk"], row["margin"], row["loss_guard"]) for row in rows] == [
        ("paris", "0.03", "allowed"),
        ("spare", None, "allowed"),
        ("london", None, None),
        ("off", None, None),
    ]
    assert {row["sold_for"] for row in rows} == {"0.06"}
    assert rows[2]["why_not"] == "calls to this number are not possible: there is no rate for it"
    unguarded = shell.json("trunks", "route", "+14155550100", "--account", "alice")
    assert unguarded[0]["loss_guard"] == "off"
    assert shell.json("accounts", "set", "alice", "--loss-guard")["loss_guard"] is True


@in_real_time
async def test_a_trunk_is_asked_whether_it_is_there(shell):
    async with SimulatedCarrier() as carrier:
        await asyncio.to_thread(
            shell.json,
            *("trunks", "add", "here", carrier.address, "--rewrite", "44=strip2,prepend#7"),
        )
        here = await asyncio.to_thread(shell.json, "trunks", "test", "here", LONDON)
    shell.json("trunks", "set", "here", "--address", f"127.0.0.1:{free_port()}")

    assert here.items() >= {"status": 200, "reason": "OK", "sent": "#72071234567"}.items()
    assert here["milliseconds"] < 4000
    gone = shell.run("trunks", "test", "here")
    assert (gone.returncode, "cannot be reached" in gone.stderr) == (1, True)
    shell.run("trunks", "remove", "here")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["trunks", "add", "x", "h", "--rewrite", "44=drop2"], "strip2,prepend0044"),
        (["trunks", "add", "x", "h", "--cost-sheet", "none"], "there is no rate sheet none"),
        (["trunks", "add", "x", "h", "--weight", "0"], "a weight is a number from 1"),
        (["trunks", "set", "nobody", "--weight", "2"], "there is no trunk nobody"),
        (["trunks", "expect", "0"], "a call is expected to last 1 to"),
        (["trunks", "exchange", "set", "USD", "EUR", "0"], "more than nothing"),
        (["trunks", "exchange", "set", "GBP", "USD", "1.2"], "all rates are into EUR"),
        (["trunks", "exchange", "remove", "CHF"], "no exchange rate of CHF"),
    ],
)
def test_what_cannot_be_is_refused_in_one_line(shell, words, says):
    shell.json("trunks", "exchange", "set", "USD", "EUR", "0.92")

    done = shell.run(*words)

    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert says in done.stderr
