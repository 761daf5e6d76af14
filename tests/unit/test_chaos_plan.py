"""The plan of a chaos run: all of it comes from the seed."""

from collections import Counter
from itertools import islice

import pytest

from tests.chaos.plan import OF_A_THOUSAND, OUTAGES, Deed, Fate, Scale, Write, plan_of

SMALL = Scale(callbacks=30, processes=3, orders_s=14)
PAUSES = {Deed.PAUSE, Deed.PAUSE_AT_WRITE}


def test_the_same_seed_is_the_same_plan():
    one, again = plan_of(7, Scale()), plan_of(7, Scale())

    assert one == again
    assert list(islice(one.fates(), 1000)) == list(islice(again.fates(), 1000))


def test_another_seed_is_another_plan():
    one, other = plan_of(7, Scale()), plan_of(8, Scale())

    assert one.errands != other.errands
    assert one.steps != other.steps
    assert list(islice(one.fates(), 1000)) != list(islice(other.fates(), 1000))


@pytest.mark.parametrize("scale", [SMALL, Scale()])
@pytest.mark.parametrize("seed", range(5))
def test_every_plan_has_all_that_is_done_to_a_system(scale, seed):
    plan = plan_of(seed, scale)

    done = {step.deed for step in plan.steps}
    sent_again = any(errand.sent_again_after_s for errand in plan.errands)
    longest_pause = max(step.lasts_s for step in plan.steps if step.deed in PAUSES)
    assert len(plan.errands) == scale.callbacks
    assert done == set(Deed) - {Deed.SEND_AGAIN}
    assert sent_again
    assert longest_pause > 15
    assert all(0 <= errand.at_s <= scale.orders_s for errand in plan.errands)
    assert all(0 <= step.at_s <= scale.orders_s for step in plan.steps)
    assert {step.slot for step in plan.steps} <= {None, *range(scale.processes)}
    outages = {step.fate for step in plan.steps if step.deed is Deed.OUTAGE}
    assert outages <= set(OUTAGES)


def test_a_long_run_strikes_after_each_write_of_a_callback():
    assert {step.write for step in plan_of(7, Scale()).steps} == {None, *Write}


def test_no_two_orders_share_a_phone_or_a_callback():
    errands = plan_of(1, Scale(callbacks=1000)).errands

    assert len({phone for errand in errands for phone in errand.phones}) == 2000
    assert len({errand.trigger.callback_id for errand in errands}) == 1000


def test_requests_meet_each_fate_as_often_as_is_said():
    met = Counter(islice(plan_of(1, SMALL).fates(), 50_000))

    assert set(met) == set(Fate)
    for fate, of_a_thousand in OF_A_THOUSAND.items():
        assert met[fate] / 50 == pytest.approx(of_a_thousand, rel=0.3)
