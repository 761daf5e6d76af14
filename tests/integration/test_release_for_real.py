"""Whole callbacks whose media is released: what is heard, who is told what, and what is charged."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Tone
from ringback.embedded.process import EmbeddedAws
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.trunks import TrunkChanges, change_trunk
from tests.fakes.exchange import CENT
from tests.integration.caller import in_real_time
from tests.integration.system import Customer, System, make_system, until
from tests.integration.test_callbacks_for_real import SPEECH_DBFS, tones

pytestmark = pytest.mark.integration

SPEAKS = PhoneScript(ring_for=timedelta(), sound=Tone(700))
LISTENS = PhoneScript(ring_for=timedelta())


@pytest.fixture(scope="module")
def releasing(aws: EmbeddedAws, tmp_path_factory) -> Iterator[System]:
    """A system whose trunk allows that media is released, with a worker."""
    system = make_system(aws, tmp_path_factory.mktemp("release") / "worker.log")
    change_trunk(system.ports, "carrier", TrunkChanges(release_media=True))
    with system.worker():
        yield system


def senders(call: PhoneCall, start: float) -> set[tuple[str, int]]:
    """From where a phone has heard anything since then."""
    return {arrival.sender for arrival in call.heard.arrivals(start)}


async def released(one: PhoneCall, other: PhoneCall) -> None:
    """Comes back when the two have heard nothing but each other for a while."""
    loop = asyncio.get_running_loop()

    def hears(call: PhoneCall, other: PhoneCall) -> bool:
        return senders(call, loop.time() - 0.4) == {other.media_address}

    await until(lambda: hears(one, other) and hears(other, one))


def check_charge(system: System, alice: Customer, cdr: Cdr, cents: int) -> None:
    """The account has paid for what the record tells, of which nothing was lost."""
    assert system.balance(alice).posted_micros == cents * CENT - cdr.cost.micros
    assert system.balance(alice).holds == {}
    assert [leg.cost_micros for leg in cdr.legs] == [leg.seconds * CENT for leg in cdr.legs]
    assert [leg.rtp.lost for leg in cdr.legs] == [0, 0]
    assert system.books_are_clean()


@pytest.mark.parametrize("by_customer", [True, False], ids=["customer", "destination"])
@in_real_time
async def test_either_hangs_up_on_the_other_past_the_worker(releasing: System, by_customer):
    alice = releasing.customer()
    async with releasing.carrier({alice.phone: SPEAKS, alice.friend: SPEAKS}) as carrier:
        callback = releasing.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_acknowledged()
        await released(one, other)
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(2)
        heard = senders(one, began), senders(other, began)
        await (one if by_customer else other).hang_up()
        ended = await one.wait_ended(), await other.wait_ended()
        _, cdr = await releasing.ended(callback)

    assert heard == ({other.media_address}, {one.media_address})
    assert abs(ended[0].monotonic - ended[1].monotonic) < 0.5
    by = Culprit.CUSTOMER if by_customer else Culprit.DESTINATION
    assert cdr.verdict == Verdict(Ending.HUNG_UP, by)
    for leg, call in ((cdr.customer, one), (cdr.destination, other)):
        talked_s = call.ended.monotonic - call.answered.monotonic
        assert leg.seconds - 1.2 <= talked_s <= leg.seconds + 0.3
        assert leg.rtp.released_s >= 2
        assert leg.rtp.received <= 50 * (talked_s - 1.5)
    check_charge(releasing, alice, cdr, 500)


@in_real_time
async def test_a_customer_hears_that_a_minute_is_left(releasing: System):
    cents = 2 * 67
    alice = releasing.customer(cents)
    async with releasing.carrier({alice.phone: SPEAKS, alice.friend: LISTENS}) as carrier:
        callback = releasing.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_acknowledged()
        await released(one, other)
        began = asyncio.get_running_loop().time()
        await until(lambda: senders(one, began) - {other.media_address})
        told = asyncio.get_running_loop().time()
        before = one.heard.between(began, told - 0.2)
        await asyncio.sleep(2)
        warned, listened = one.heard.between(told), tones(other, told, told + 2)
        apart = other.media_address in senders(one, told + 0.5)
        await one.hang_up()
        _, cdr = await releasing.ended(callback)

    assert before.level_dbfs < SPEECH_DBFS < warned.level_dbfs
    assert listened == {700}
    assert not apart
    check_charge(releasing, alice, cdr, cents)


@in_real_time
async def test_money_that_ends_while_they_talk_past_us_ends_the_talk(releasing: System):
    cents = 2 * 8
    alice = releasing.customer(cents)
    async with releasing.carrier({alice.phone: SPEAKS, alice.friend: LISTENS}) as carrier:
        callback = releasing.order(alice, alice.friend)
        one = await carrier.next_call(str(alice.phone))
        other = await carrier.next_call(str(alice.friend))
        await other.wait_acknowledged()
        await released(one, other)
        over = await other.wait_ended()
        await one.wait_ended()
        _, cdr = await releasing.ended(callback)

    assert one.heard.between(over.monotonic).level_dbfs > SPEECH_DBFS
    assert cdr.verdict == Verdict(Ending.TALK_LIMIT, Culprit.CUSTOMER)
    assert cdr.cost.micros <= cents * CENT
    check_charge(releasing, alice, cdr, cents)
