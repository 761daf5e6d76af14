"""What the block that holds a leg promises, in simulated time."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from switchboard.calls.cdr import RtpQuality
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.trunk import Trunk
from tests.fakes.loop import NothingWillHappen, SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd
from tests.fakes.world import ALICE, BOB
from workers.phone import Leg, LegEnded, LegOrder, LegTrace

CLOCK = SimulatedClock()
CUSTOMER_HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
DESTINATION_HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)


def a_phone(customer: FarEnd | None = None, destination: FarEnd | None = None) -> FakePhone:
    far_ends = {ALICE: customer, BOB: destination}
    return FakePhone(CLOCK, {number: end for number, end in far_ends.items() if end})


def an_order(party: Party, **limits: timedelta) -> LegOrder:
    return LegOrder(
        party=party,
        number=ALICE if party is Party.CUSTOMER else BOB,
        caller=None,
        trunk=Trunk("sim", "127.0.0.1"),
        ring_limit=limits.get("ring_limit", timedelta(seconds=30)),
    )


def at(seconds: float):
    return CLOCK.start + timedelta(seconds=seconds)


async def hold(phone: FakePhone, trace: LegTrace, *, seconds: float = 5, **limits) -> None:
    async with phone.dial(an_order(Party.CUSTOMER, **limits), trace):
        await asyncio.sleep(seconds)


async def connect(phone: FakePhone, *, seconds: float = 60) -> None:
    async with phone.dial(an_order(Party.CUSTOMER), LegTrace()) as customer:
        destination_order = an_order(Party.DESTINATION)
        async with phone.dial(destination_order, LegTrace(), heard_by=customer) as destination:
            await phone.join(customer, destination)
            await asyncio.sleep(seconds)


def verdict_of_holding(phone: FakePhone, trace: LegTrace, **limits) -> Verdict:
    with pytest.raises(LegEnded) as caught:
        run_simulated(hold(phone, trace, **limits))
    assert caught.value.party is Party.CUSTOMER
    return caught.value.verdict


# One leg


def test_leaving_the_block_hangs_up_and_completes_the_trace():
    phone, trace = a_phone(), LegTrace()

    run_simulated(hold(phone, trace, seconds=5))

    assert phone.transcript == [
        (0, f"customer is dialled at {ALICE}"),
        (0.1, "customer rings"),
        (2, "customer answers"),
        (7, "customer is hung up"),
    ]
    assert trace == LegTrace(
        invited_at=at(0),
        ringing_at=at(0.1),
        answered_at=at(2),
        ended_at=at(7),
        answered=2,
        ended=7,
        sip_code=200,
        hung_up_by_far_end=False,
        rtp=RtpQuality(received=250, lost=0, jitter_ms=0),
    )


def test_hang_up_of_the_far_end_drops_what_the_block_waits_for():
    phone, trace = a_phone(customer=FarEnd(hangs_up_s=3)), LegTrace()

    verdict = verdict_of_holding(phone, trace, seconds=3600)

    assert verdict == CUSTOMER_HUNG_UP
    assert phone.transcript[-1] == (5, "customer hangs up")
    assert (trace.ended, trace.ended_at) == (5, at(5))
    assert trace.hung_up_by_far_end is True


def test_an_error_in_the_block_hangs_up_and_comes_out_unchanged():
    phone, trace = a_phone(), LegTrace()

    async def flow():
        async with phone.dial(an_order(Party.CUSTOMER), trace):
            raise LookupError("of the flow's own")

    with pytest.raises(LookupError):
        run_simulated(flow())

    assert phone.transcript[-1] == (2, "customer is hung up")
    assert trace.hung_up_by_far_end is False


@pytest.mark.parametrize(
    ("sip_code", "verdict"),
    [
        (404, Verdict(Ending.NOT_FOUND, Culprit.CUSTOMER)),
        (486, Verdict(Ending.BUSY, Culprit.CUSTOMER)),
        (503, Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)),
        (603, Verdict(Ending.DECLINED, Culprit.CUSTOMER)),
        (699, Verdict(Ending.FAILED, Culprit.US)),
    ],
)
def test_a_refusal_ends_the_leg_before_the_block_is_entered(sip_code, verdict):
    phone = a_phone(customer=FarEnd(refuses_with=sip_code, answers_s=1))
    trace = LegTrace()

    assert verdict_of_holding(phone, trace) == verdict
    assert phone.transcript[-1] == (1, f"customer refuses with {sip_code}")
    assert trace == LegTrace(
        invited_at=at(0), ringing_at=at(0.1), ended_at=at(1), ended=1, sip_code=sip_code
    )


def test_a_phone_that_rings_for_ever_is_given_up_at_the_ring_limit():
    phone, trace = a_phone(customer=FarEnd(answers_s=None)), LegTrace()

    verdict = verdict_of_holding(phone, trace, ring_limit=timedelta(seconds=20))

    assert verdict == Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
    assert phone.transcript[-1] == (20, "customer is given up")
    assert (trace.ended, trace.sip_code, trace.hung_up_by_far_end) == (20, None, None)


def test_a_carrier_without_any_reply_is_given_up_long_before_the_ring_limit():
    phone, trace = a_phone(customer=FarEnd(None, None, None, None)), LegTrace()

    verdict = verdict_of_holding(phone, trace)

    assert verdict == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)
    assert phone.transcript[-1] == (4, "customer is given up")


def test_an_answer_at_the_very_ring_limit_counts_as_one():
    phone, trace = a_phone(customer=FarEnd(answers_s=20)), LegTrace()

    run_simulated(hold(phone, trace, ring_limit=timedelta(seconds=20)))

    assert (trace.answered, trace.ended) == (20, 25)


def test_an_answer_without_any_ringing_is_an_answer():
    phone, trace = a_phone(customer=FarEnd(None, None, None, answers_s=1)), LegTrace()

    run_simulated(hold(phone, trace))

    assert (trace.ringing_at, trace.answered) == (None, 1)


def test_a_line_that_cannot_dial_is_our_own_fault_and_is_logged(caplog):
    phone, trace = a_phone(customer=FarEnd(line_is_dead=True)), LegTrace()

    assert verdict_of_holding(phone, trace) == Verdict(Ending.FAILED, Culprit.US)
    assert "the line is dead" in caplog.text
    assert str(ALICE) not in caplog.text
    assert trace == LegTrace(ended_at=at(0), ended=0)


def test_hang_up_right_behind_the_answer_never_enters_the_block():
    phone, trace = a_phone(customer=FarEnd(hangs_up_s=0)), LegTrace()

    assert verdict_of_holding(phone, trace) == CUSTOMER_HUNG_UP
    assert (trace.answered, trace.ended, trace.hung_up_by_far_end) == (2, 2, True)


# Two legs


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


# Cancelled from outside


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


def test_a_leg_may_be_dialled_while_the_task_is_being_cancelled():
    phone = a_phone(customer=FarEnd(hangs_up_s=1))

    async def flow():
        try:
            await asyncio.sleep(3600)
        finally:
            with pytest.raises(LegEnded):
                await hold(phone, LegTrace(), seconds=60)

    async def cancelled():
        task = asyncio.create_task(flow())
        asyncio.get_running_loop().call_later(1, task.cancel)
        await asyncio.wait([task])
        return task.cancelled()

    assert run_simulated(cancelled())


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


# Prompts and keys


async def listen(phone: FakePhone, listening) -> object:
    async with phone.dial(an_order(Party.CUSTOMER), LegTrace()) as leg:
        return await listening(leg), asyncio.get_running_loop().time()


def test_a_prompt_plays_to_its_end_whatever_is_pressed():
    phone = a_phone(customer=FarEnd(presses=((0.5, "1"),)))

    async def listening(leg: Leg):
        await leg.play("one-moment")
        return await leg.key(limit=timedelta(seconds=5))

    assert run_simulated(listen(phone, listening)) == ("1", 3)


def test_a_key_stops_a_prompt_and_stays_in_the_queue():
    phone = a_phone(customer=FarEnd(presses=((0.5, "4"), (0.6, "2"), (3, "#"))))

    async def listening(leg: Leg):
        await leg.play_until_key("enter-destination")
        return "".join([await leg.key(limit=timedelta(seconds=5)) or "-" for _ in range(3)])

    assert run_simulated(listen(phone, listening)) == ("42#", 5)


def test_a_prompt_without_a_key_plays_to_its_end():
    async def listening(leg: Leg):
        await leg.play_until_key("enter-destination")

    assert run_simulated(listen(a_phone(), listening)) == (None, 3)


def test_no_key_within_the_limit_is_none():
    async def listening(leg: Leg):
        return await leg.key(limit=timedelta(seconds=5))

    assert run_simulated(listen(a_phone(), listening)) == (None, 7)


def test_signals_that_are_on_no_telephone_are_no_keys():
    phone = a_phone(customer=FarEnd(presses=((1, "A"), (2, "*"))))

    async def listening(leg: Leg):
        return await leg.key(limit=timedelta(seconds=5))

    assert run_simulated(listen(phone, listening)) == ("*", 4)


# The simulated loop itself


def test_simulated_time_says_so_when_nothing_will_ever_happen():
    with pytest.raises(NothingWillHappen):
        run_simulated(asyncio.Event().wait())


def test_work_for_a_thread_takes_no_simulated_time():
    async def flow():
        result = await asyncio.to_thread(sum, [1, 2])
        return result, asyncio.get_running_loop().time()

    assert run_simulated(flow()) == (3, 0)
