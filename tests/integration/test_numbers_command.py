"""Planned callbacks, limits and phones that are confirmed, as an operator types them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    with shell_of_a_new_system(tmp_path_factory.mktemp("aws"), "numbers-") as shell:
        shell.import_sheet()
        yield shell


def test_a_planned_callback_is_listed_shown_and_cancelled(shell):
    shell.json("accounts", "add", "planner", "--sheet", "retail", "--balance", "5.00")
    order = ("callback", "+442079460777", "+14155550100", "--account", "planner")
    mine = ("--account", "planner")
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="seconds")

    planned = shell.json(*order, "--at", at)
    listed = shell.json("callbacks", "list", "--planned", *mine)
    shown = shell.json("callbacks", "show", planned["id"], *mine)
    cancelled = shell.json("callbacks", "cancel", planned["id"], *mine)

    assert listed == [shown] == [planned]
    assert (planned["status"], cancelled["status"]) == ("planned", "cancelled")
    assert shell.json("callbacks", "list", "--planned", *mine) == []
    assert shell.json("callbacks", "cancel", planned["id"], *mine) == cancelled


def test_a_callback_that_waits_is_cancelled(shell):
    shell.json("accounts", "add", "waiter", "--sheet", "retail", "--balance", "5.00")
    shell.json("trunks", "add", "nowhere", "127.0.0.1:5999")
    placed = shell.json("callback", "+442079460778", "+14155550100", "--account", "waiter")

    cancelled = shell.json("callbacks", "cancel", placed["id"], "--account", "waiter")

    assert (cancelled["status"], cancelled["ending"]["reason"]) == ("ended", "cancelled")


def test_a_limit_is_changed_and_put_back(shell):
    changed = shell.json("velocity", "set", "rings-of-phone", "3/10m")
    listed = {row["limit"]: row for row in shell.json("velocity", "list")}
    default = shell.json("velocity", "set", "rings-of-phone", "default")

    assert [(row["most"], row["window_seconds"]) for row in changed] == [(3, 600)]
    assert listed["rings-of-phone"] == changed[0]
    assert (default[0]["most"], default[0]["built_in"]) == (12, "12/1h")
    wrong = shell.run("velocity", "set", "rings-of-phone", "often")
    assert (wrong.returncode, wrong.stderr.startswith("\u201coften\u201d is no limit")) == (2, True)


def test_a_phone_is_rung_for_the_code_that_is_shown(shell):
    shell.json("accounts", "add", "coder", "--sheet", "retail", "--balance", "1", "--country", "GB")

    asked = shell.json(
        *("accounts", "confirm-number", "coder", "020 7946 0779"), RINGBACK_PIN_KEY="k" * 16
    )

    shown = shell.json("callbacks", "show", asked["callback"], "--account", "coder")
    assert (asked["number"], len(asked["code"])) == ("+442079460779", 6)
    assert (shown["from"], shown["to"], shown["status"]) == ("+442079460779", None, "queued")


def test_an_account_is_bound_to_its_own_phones(shell):
    shell.json("accounts", "add", "bound", "--sheet", "retail", "--own-phones-only")

    freed = shell.json("accounts", "set", "bound", "--any-phones")

    assert freed["own_phones_only"] is False
