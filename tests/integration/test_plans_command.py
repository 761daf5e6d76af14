"""Plans, the catalogue and recurring charges, as an operator types them."""

from collections.abc import Iterator

import pytest

from tests.integration.shell import Shell, shell_of_a_new_system

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("aws")
    with shell_of_a_new_system(folder, "plans-") as shell:
        shell.import_sheet()
        shell.json("plans", "groups", "add", "uk", "--prefix", "+44", "--prefix", "353")
        shell.json("accounts", "add", "alice", "--sheet", "retail", "--balance", "100")
        yield shell


def refused(shell, *words: str) -> str:
    done = shell.run(*words)
    assert done.returncode == 2
    return done.stderr


def test_a_plan_is_made_given_charged_and_shown(shell):
    bucket = "name=talk,group=uk,minutes=100,increment=60,rollover=1,per-call=30,fees=yes"
    made = shell.json(
        *("plans", "add", "travel", "--price", "31", "--currency", "EUR", "--bucket", bucket)
    )
    shell.json("accounts", "set", "alice", "--plan", "travel", "--from", "2126-01-11")

    coming = shell.json("accounts", "show", "alice")
    early = shell.json("recurring", "run")
    dry = shell.json("recurring", "run", "--at", "2126-01-11", "--dry-run")
    run = shell.json("recurring", "run", "--at", "2126-01-11")
    again = shell.json("recurring", "run", "--at", "2126-01-11")
    shown = shell.json("accounts", "show", "alice")

    assert (made["price"], made["every"], made["prorate"]) == ("31.00", "month", ["start"])
    assert made["buckets"][0]["seconds"] == 6_000
    assert [one["status"] for one in coming["subscriptions"]] == ["coming"]
    assert (early["done"], again["done"]) == ([], [])
    assert dry["done"] == run["done"]
    charged = run["done"][-1]
    assert (charged["amount"], charged["days"], charged["entry"]) == (
        "-21.00",
        "21/31",
        "recurring#plan#2126-01-11",
    )
    assert shown["balance"] == "79.00"
    assert [one["status"] for one in shown["subscriptions"]] == ["active"]
    assert [(one["bucket"], one["left_seconds"]) for one in shown["included"]] == [
        ("plan/talk#2126-01-11", 6_000)
    ]
    assert "plan/talk#2126-01-11:100of100min" in shell.run("accounts", "show", "alice").stdout
    assert shell.run("check-books").stdout == "the books are in order\n"
    [told] = shell.json("log", "list", "--part", "recurring")
    assert told["text"].endswith("steps of subscriptions")


def test_a_plan_and_a_group_are_changed_and_removed(shell):
    shell.json("plans", "add", "old", "--price", "1", "--currency", "EUR")
    shell.json("plans", "groups", "add", "asia", "--prefix", "81")

    changed = shell.json(
        *("plans", "set", "old", "--price", "2.5", "--every", "10 days", "--description", "Old"),
        *("--bucket", "name=a,group=asia,seconds=90,from=2026-01-01,until=2026-02-01"),
    )
    grown = shell.json("plans", "groups", "set", "asia", "--prefix", "82", "--remove-prefix", "81")
    listed = {one["plan"]: one for one in shell.json("plans", "list")}

    assert (changed["price"], changed["every"], changed["description"]) == (
        "2.50",
        "10 days",
        "Old",
    )
    assert grown["prefixes"] == ["82"]
    assert listed["old"] == changed == shell.json("plans", "show", "old")
    assert "asia is in plan old" in refused(shell, "plans", "groups", "remove", "asia")
    assert shell.json("plans", "set", "old", "--remove-bucket", "a")["buckets"] == []
    assert shell.run("plans", "groups", "remove", "asia").returncode == 0
    assert shell.run("plans", "remove", "old").returncode == 0
    assert [one["group"] for one in shell.json("plans", "groups", "list")] == ["uk"]


def test_an_item_is_subscribed_to_changed_and_ended(shell):
    shell.json("accounts", "add", "bob", "--sheet", "retail", "--balance", "100")
    shell.json("numbers", "add", "+442079460111", "--account", "bob", "--rings", "+442079460112")
    item = shell.json(
        *("recurring", "items", "add", "did", "--price", "1", "--currency", "EUR", "--setup", "5"),
        *("--anchor", "anniversary", "--unpaid", "suspend-account", "--grace-days", "0"),
    )
    assert (item["setup"], item["unpaid"], item["grace_days"]) == ("5.00", "suspend-account", 0)
    assert shell.json("recurring", "items", "set", "did", "--price", "2")["price"] == "2.00"

    begun = shell.json("recurring", "subscribe", "bob", "did", "--number", "+442079460111")
    changed = shell.json("recurring", "change", "bob", "did", "--quantity", "2", "--price", "3")
    ended = shell.json("recurring", "end", "bob", "did")

    assert (begun["status"], begun["number"]) == ("active", "+442079460111")
    assert (changed["quantity"], changed["price"]) == (2, "3.00")
    assert ended["status"] == "ended"
    assert shell.json("accounts", "show", "bob")["balance"] == "95.00"
    assert shell.json("recurring", "list", "--account", "bob") == [ended]
    assert [one["suspended"] for one in shell.json("numbers", "list")] == [True]
    listed = shell.json("recurring", "items", "list")
    assert listed[0] == {**item, "price": "2.00"}
    assert shell.json("recurring", "items", "retire", "did")["retired"]
    assert "is retired" in shell.run("recurring", "subscribe", "bob", "did").stderr
    assert shell.json("recurring", "items", "offer", "did") == listed[0]
    assert shell.run("recurring", "items", "remove", "did").returncode == 0


def test_a_promotion_is_granted_once(shell):
    words = (
        "plans",
        "grant",
        "spring",
        "--group",
        "uk",
        "--minutes",
        "10",
        "--until",
        "2126-07-01",
    )

    first = shell.json(*words, "--account", "alice")
    second = shell.json(*words, "--sheet", "retail")

    assert (first["granted"], first["before"]) == (["alice"], [])
    assert second["before"] == ["alice"]


def test_what_was_wrong_is_named(shell):
    add = ("plans", "add", "bad", "--price", "1", "--currency", "EUR")

    assert "no group of destinations mars" in refused(
        shell, *add, "--bucket", "name=a,group=mars,minutes=1"
    )
    assert "no field colour" in refused(
        shell, *add, "--bucket", "name=a,group=uk,minutes=1,colour=red"
    )
    assert "'group' is missing" in refused(shell, *add, "--bucket", "name=a,minutes=1")
    assert "fortnight" in refused(shell, *add, "--every", "fortnight")
    assert "no plan nowhere" in refused(shell, "accounts", "set", "alice", "--plan", "nowhere")
    assert "no date" in refused(shell, "recurring", "end", "alice", "plan", "--from", "soon")
    for words in (["end", "alice", "plan", "--from", "0001-01-01"], ["run", "--at", "9999-12-31"]):
        assert "between 2000 and 2199" in refused(shell, "recurring", *words)
    assert "follows the account's plan" in refused(shell, "recurring", "end", "alice", "plan")
    assert "no account nobody" in refused(shell, "recurring", "list", "--account", "nobody")
