"""Keys pressed in a talk reach the other party once, over real SIP and RTP."""

import asyncio
from dataclasses import replace

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Press
from switchboard.calls.manners import Manners
from switchboard.desk.profiles import Changes, change_profile
from tests.integration.caller import in_real_time
from tests.integration.system import System, until
from tests.integration.test_callbacks_for_real import AT_ONCE, seconds
from workers.tones import ToneEar

pytestmark = pytest.mark.integration

BY_EVENT = PhoneScript(ring_for=AT_ONCE)
BY_TONES = replace(BY_EVENT, keys_in_audio=True)


def keys_in_the_audio(call: PhoneCall) -> str:
    return ToneEar().hear(call.heard.samples().tobytes())


@pytest.mark.parametrize(
    ("presser", "other", "events", "tones"),
    [
        (BY_EVENT, BY_EVENT, "42#0", ""),
        (BY_EVENT, BY_TONES, "", "42#0"),
        # Its tones went with its voice: they are not sent as events as well.
        (BY_TONES, BY_EVENT, "", "42#0"),
        (BY_TONES, BY_TONES, "", "42#0"),
    ],
    ids=["events to events", "events to tones", "tones to events", "tones to tones"],
)
@pytest.mark.parametrize("by_customer", [True, False], ids=["customer", "destination"])
@in_real_time
async def test_keys_reach_the_other_party_once(
    system: System, by_customer, presser, other, events, tones
):
    alice = system.customer()
    numbers = [alice.phone, alice.friend]
    pressing, hearing = numbers if by_customer else numbers[::-1]
    async with system.carrier({pressing: presser, hearing: other}) as carrier:
        callback = system.order(alice, alice.friend)
        calls = {number: await carrier.next_call(str(number)) for number in numbers}
        await calls[alice.friend].wait_acknowledged()
        await calls[pressing].press("42#0")
        heard = calls[hearing]
        await until(lambda: len(heard.digits_heard + keys_in_the_audio(heard)) >= 4)
        # Were they sent in both ways, the second would be there soon after the first.
        await asyncio.sleep(0.5)
        await calls[alice.phone].hang_up()
        await system.ended(callback)

    assert heard.digits_heard == events
    assert keys_in_the_audio(heard) == tones
    assert keys_in_the_audio(calls[pressing]) == ""
    assert calls[pressing].digits_heard == ""
    assert system.books_are_clean()


@in_real_time
async def test_a_hash_reaches_the_other_party_and_two_drop_it(system: System):
    alice = system.customer()
    change_profile(system.ports, alice.account, Changes(manners=Manners(tell_limit=False)))
    dials = Press(seconds(0.5), f"00{alice.friend.digits}#")
    async with system.carrier(
        {alice.phone: replace(BY_EVENT, digits=(dials,)), alice.friend: BY_EVENT}
    ) as carrier:
        callback = system.order(alice, None)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_acknowledged()
        await asyncio.sleep(0.3)
        await one.press("1#2#")
        await other.wait_digits(4)
        await one.press("##")
        await other.wait_ended()
        await asyncio.sleep(0.3)
        on_the_line = one.ended is None
        await one.hang_up()
        await system.ended(callback)

    assert other.digits_heard == "1#2#"
    assert on_the_line
    assert system.books_are_clean()
