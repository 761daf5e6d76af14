"""Prompts that a leg plays and keys that it hears, in simulated time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from switchboard.money import Money
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd, an_order
from tests.fakes.world import ALICE
from workers.phone import Leg, LegTrace
from workers.speech.spoken import Keys


def a_phone(customer: FarEnd | None = None) -> FakePhone:
    return FakePhone(SimulatedClock(), {ALICE: customer or FarEnd()})


async def listen(phone: FakePhone, listening) -> object:
    async with phone.dial(an_order(), LegTrace()) as leg:
        return await listening(leg), asyncio.get_running_loop().time()


def test_a_prompt_plays_to_its_end_whatever_is_pressed():
    phone = a_phone(FarEnd(presses=((0.5, "1"), (0.7, "2"))))

    async def listening(leg: Leg):
        await leg.play("one-moment")
        return [await leg.key(limit=timedelta(seconds=5)) for _ in range(2)]

    assert run_simulated(listen(phone, listening)) == (["1", "2"], 3)


def test_a_key_stops_a_prompt_and_stays_in_the_queue():
    phone = a_phone(FarEnd(presses=((0.5, "4"), (0.6, "2"), (3, "#"))))

    async def listening(leg: Leg):
        await leg.play_until_key("enter-destination")
        return "".join([await leg.key(limit=timedelta(seconds=5)) or "-" for _ in range(3)])

    assert run_simulated(listen(phone, listening)) == ("42#", 5)


def test_a_leg_speaks_the_language_of_its_order_until_another_is_chosen():
    phone = a_phone()

    async def flow():
        order = replace(an_order(), language="es")
        async with phone.dial(order, LegTrace()) as leg:
            await leg.play("choose-language", Keys("2"))
            leg.language = "fr"
            await leg.play("balance-is", Money.parse("1.50", "EUR"))
        return [what for _, what in phone.transcript if " hears " in what]

    assert run_simulated(flow()) == [
        "customer hears in es: choose-language 2",
        "customer hears in fr: balance-is 1.50 EUR",
    ]


def test_a_prompt_without_a_key_plays_to_its_end():
    async def listening(leg: Leg):
        await leg.play_until_key("enter-destination")

    assert run_simulated(listen(a_phone(), listening)) == (None, 3)


def test_no_key_within_the_limit_is_none():
    async def listening(leg: Leg):
        return await leg.key(limit=timedelta(seconds=5))

    assert run_simulated(listen(a_phone(), listening)) == (None, 7)


def test_signals_that_are_on_no_telephone_are_no_keys():
    phone = a_phone(FarEnd(presses=((1, "A"), (2, "*"))))

    async def listening(leg: Leg):
        return await leg.key(limit=timedelta(seconds=5))

    assert run_simulated(listen(phone, listening)) == ("*", 4)
