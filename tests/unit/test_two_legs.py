"""What two legs promise of which one is held inside the other, in simulated time."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd, an_order
from tests.fakes.world import ALICE, BOB
from workers.phone import LegEnded, LegTrace

CUSTOMER_HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
DESTINATION_HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def a_phone(customer: FarEnd | None = None, destination: FarEnd | None = None) -> FakePhone:
    far_ends = {ALICE: customer, BOB: destination}
    return FakePhone(SimulatedClock(), {number: end for number, end in far_ends.items() if end})


async def connect(phone: FakePhone, *, seconds: float = 60) -> None:
    async with phone.dial(an_order(Party.CUSTOMER), LegTrace()) as customer:
        destination_order = an_order(Party.DESTINATION)
        async with phone.dial(destination_order, LegTrace(), heard_by=customer) as destination:
            await phone.join(customer, destination)
            await asyncio.sleep(seconds)


def test_customer_hears_ringback_until_the_destination_answers():
    phone = a_phone()

    run_simulated(connect(phone, seconds=60))

    assert phone.transcript[3:] == [
        (2, f"destination is dialled at {BOB}"),
        (2, "customer hears ringback"),
        (2.1, "destination rings"),
        (4, "destination answers"),
        (4, "customer and destination hear each other"),
        (64, "destination is hung up"),
        (64, "customer is hung up"),
    ]


def test_early_media_takes_the_place_of_the_ringback_tone():
    phone = a_phone(destination=FarEnd(early_media_s=1))

    run_simulated(connect(phone))

    assert phone.transcript[4:8] == [
        (2, "customer hears ringback"),
        (2.1, "destination rings"),
        (3, "customer hears early media of destination"),
        (4, "destination answers"),
    ]


def test_the_customer_is_not_left_with_the_ringback_of_a_carrier_that_never_replies():
    phone = a_phone(destination=FarEnd(None, None, None, None))

    with pytest.raises(LegEnded) as caught:
        run_simulated(connect(phone))

    assert caught.value.verdict == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
    assert phone.transcript[-2:] == [(6, "destination is given up"), (6, "customer is hung up")]


def test_destination_stops_ringing_when_the_customer_gives_up():
    phone = a_phone(customer=FarEnd(hangs_up_s=1))

    with pytest.raises(LegEnded) as caught:
        run_simulated(connect(phone))

    assert (caught.value.party, caught.value.verdict) == (Party.CUSTOMER, CUSTOMER_HUNG_UP)
    assert phone.transcript[-2:] == [(3, "customer hangs up"), (3, "destination is given up")]


def test_hang_up_of_the_destination_leaves_the_customer_on_the_line():
    phone = a_phone(destination=FarEnd(hangs_up_s=10))

    async def flow():
        async with phone.dial(an_order(Party.CUSTOMER), LegTrace()) as customer:
            with pytest.raises(LegEnded) as caught:
                async with phone.dial(an_order(Party.DESTINATION), LegTrace()):
                    await asyncio.sleep(3600)
            await customer.play("goodbye")
            return caught.value

    end = run_simulated(flow())

    assert (end.party, end.verdict) == (Party.DESTINATION, DESTINATION_HUNG_UP)
    assert phone.transcript[-3:] == [
        (14, "destination hangs up"),
        (14, "customer hears goodbye"),
        (15, "customer is hung up"),
    ]


def test_customer_wins_when_both_hang_up_at_the_same_moment():
    phone = a_phone(customer=FarEnd(hangs_up_s=12), destination=FarEnd(hangs_up_s=10))

    with pytest.raises(LegEnded) as caught:
        run_simulated(connect(phone))

    assert caught.value.party is Party.CUSTOMER
    assert {line for second, line in phone.transcript if second == 14} == {
        "customer hangs up",
        "destination hangs up",
    }


def test_a_refusal_at_the_moment_at_which_the_customer_hangs_up_is_the_customers_ending():
    busy = FarEnd(refuses_with=486, answers_s=1)
    phone = a_phone(customer=FarEnd(hangs_up_s=1), destination=busy)

    with pytest.raises(LegEnded) as caught:
        run_simulated(connect(phone))

    assert caught.value.party is Party.CUSTOMER


async def cancelled_after(seconds: float, phone: FakePhone) -> asyncio.Task[None]:
    flow = asyncio.create_task(connect(phone))
    asyncio.get_running_loop().call_later(seconds, flow.cancel)
    await asyncio.wait([flow])
    return flow


@pytest.mark.parametrize("seconds", [0, 0.05, 1, 2, 3, 4, 5])
def test_cancelling_the_flow_hangs_up_whatever_rings_or_talks(seconds):
    phone = a_phone()

    flow = run_simulated(cancelled_after(seconds, phone))

    assert flow.cancelled()
    dialled = sum("dialled" in line for _, line in phone.transcript)
    hung_up = [second for second, line in phone.transcript if line.endswith((" up", "given up"))]
    assert hung_up == [seconds] * dialled


def test_cancelling_wins_over_legs_that_end_at_the_same_moment():
    phone = a_phone(customer=FarEnd(hangs_up_s=12), destination=FarEnd(hangs_up_s=10))

    flow = run_simulated(cancelled_after(14, phone))

    assert flow.cancelled()


def test_a_leg_that_ended_leaves_no_cancellation_behind():
    phone = a_phone(customer=FarEnd(hangs_up_s=1))

    async def flow():
        with pytest.raises(LegEnded):
            await connect(phone)
        await asyncio.sleep(1)
        return asyncio.current_task().cancelling()

    assert run_simulated(flow()) == 0


def test_a_leg_that_is_dialled_while_the_task_is_being_cancelled_ends_like_any_other():
    phone = a_phone(customer=FarEnd(hangs_up_s=1))
    ended: list[Verdict] = []

    async def flow():
        try:
            await asyncio.sleep(3600)
        finally:
            try:
                await connect(phone)
            except LegEnded as end:
                ended.append(end.verdict)

    async def cancelled():
        task = asyncio.create_task(flow())
        asyncio.get_running_loop().call_later(1, task.cancel)
        await asyncio.wait([task])
        return task.cancelled()

    assert run_simulated(cancelled())
    assert ended == [CUSTOMER_HUNG_UP]


@pytest.mark.parametrize("ends_s", [1, 2])
def test_a_limit_of_the_flow_that_strikes_when_the_leg_ends_does_not_hide_the_ending(ends_s):
    phone = a_phone(customer=FarEnd(hangs_up_s=ends_s))

    async def flow():
        async with phone.dial(an_order(Party.CUSTOMER), LegTrace()), asyncio.timeout(1):
            await asyncio.sleep(3600)

    with pytest.raises(LegEnded if ends_s == 1 else TimeoutError):
        run_simulated(flow())


def test_legs_may_be_held_by_an_exit_stack():
    phone = a_phone(destination=FarEnd(hangs_up_s=3))

    async def flow():
        async with AsyncExitStack() as legs:
            for party in Party:
                await legs.enter_async_context(phone.dial(an_order(party), LegTrace()))
            await asyncio.sleep(3600)

    with pytest.raises(LegEnded) as caught:
        run_simulated(flow())

    assert caught.value.party is Party.DESTINATION
    assert phone.transcript[-1] == (7, "customer is hung up")
