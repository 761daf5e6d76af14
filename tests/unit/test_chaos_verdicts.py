"""The verdicts on a chaos run: each can fail, and only by what breaks it."""

from dataclasses import replace

import pytest

from switchboard.calls.callback import State
from tests.chaos.aftermath import Aftermath, Found
from tests.chaos.verdicts import RULES, verdicts_on

CALM = Aftermath(
    (
        Found("talked", charged_micros=70_000),
        Found("was busy", ending="busy", rung=(1, 0), picked_up=False),
        Found("came too late", State.EXPIRED, "expired", 0, rung=(0, 0), picked_up=False),
        Found("died before it rang", ending="worker_lost", rung=(0, 0), picked_up=False),
    )
)


def having(**changes: object) -> Aftermath:
    """A calm one, and an order more."""
    return replace(CALM, found=(*CALM.found, replace(Found("bad"), **changes)))


BROKEN = [
    ("every order has a callback, which is over", having(state=None, cdrs=0, rung=(0, 0))),
    ("every order has a callback, which is over", having(state=State.CONNECTED)),
    ("every callback that rang has one terminal record", having(cdrs=0, rung=(1, 0))),
    ("every callback that rang has one terminal record", having(cdrs=2)),
    ("every callback that rang has one terminal record", having(cdrs=2, rung=(0, 0))),
    ("nobody was rung twice for one order", having(rung=(2, 0))),
    ("nobody was rung twice for one order", having(rung=(1, 2))),
    ("nobody pays where nobody picked up", having(charged_micros=1, picked_up=False)),
    ("check-books is clean", replace(CALM, breaches=("alice: held = sum of holds",))),
    ("no hold is left", replace(CALM, holds=("chaos-1: c1",))),
    ("no call is left up at the peer", replace(CALM, calls_up=("+442079470001",))),
    ("no order is left in the queue", replace(CALM, orders_waiting=1)),
    ("no settlement is left on a disk", replace(CALM, spooled=("spool/w/c1.json",))),
    ("every worker that lives can be told to hang up", replace(CALM, deaf=("w",))),
    ("no heartbeat is left of a worker that is gone", replace(CALM, heartbeats=("w",))),
    ("no control queue is left of a worker that is gone", replace(CALM, control_queues=("w",))),
]


def test_a_calm_aftermath_breaks_no_rule():
    assert [verdict.rule for verdict in verdicts_on(CALM) if not verdict.holds] == []


@pytest.mark.parametrize(("rule", "aftermath"), BROKEN)
def test_what_breaks_a_rule_breaks_that_one_alone(rule, aftermath):
    broken = [verdict for verdict in verdicts_on(aftermath) if not verdict.holds]

    assert [verdict.rule for verdict in broken] == [rule]
    assert len(broken[0].broken_by) == 1


def test_every_rule_is_seen_to_fail():
    assert {rule for rule, _ in BROKEN} == set(RULES)


def test_endings_are_counted_the_most_frequent_first():
    aftermath = Aftermath((*CALM.found, Found("talked again")))

    assert list(aftermath.endings) == ["hung_up", "busy", "expired", "worker_lost"]
    assert list(aftermath.endings.values()) == [2, 1, 1, 1]
