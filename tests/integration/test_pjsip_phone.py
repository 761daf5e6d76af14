"""What only a real carrier can do to a telephone: SIP on the loopback against sipp."""

import asyncio
import gc
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from switchboard.calls.caller_id import Caller, CallerId, Header
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk
from tests.fakes.phone import an_order
from tests.fakes.world import ALICE, BOB
from tests.integration.far_end import HOST, FarEnd, far_end
from workers.phone import LegEnded, LegTrace

pytestmark = pytest.mark.integration


def test_cancelling_the_flow_stops_a_phone_that_rings(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("rings") as phone:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3), worker.phone.dial(phone.order(), trace):
                    pass

    worker.run(flow())

    assert trace.ringing_at is not None
    assert trace.ended is not None


def test_an_answer_that_crosses_our_cancel_is_hung_up(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("answers_while_cancelled") as phone:
            order = phone.order(ring_limit=timedelta(seconds=0.3))
            with pytest.raises(LegEnded) as caught:
                async with worker.phone.dial(order, trace):
                    pass
            return caught.value.verdict

    assert worker.run(flow()) == Verdict(Ending.NO_ANSWER, Culprit.CUSTOMER)
    assert (trace.sip_code, trace.answered) == (None, None)


def test_an_answer_without_a_codec_of_ours_is_no_hang_up_of_theirs(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("answers_in_another_codec") as phone:
            with pytest.raises(LegEnded) as caught:
                async with worker.phone.dial(phone.order(), trace):
                    await asyncio.sleep(5)
            return caught.value.verdict

    assert worker.run(flow()) == Verdict(Ending.FAILED, Culprit.US)
    assert trace.hung_up_by_far_end is False


def test_a_call_too_many_waits_for_room(worker):
    async def hold(phone: FarEnd, seconds: float) -> float:
        async with worker.phone.dial(phone.order(), LegTrace()):
            await asyncio.sleep(seconds)
        return asyncio.get_running_loop().time()

    async def flow():
        async with far_end("answers", calls=6) as phone:
            return await asyncio.gather(*(hold(phone, 0.5) for _ in range(6)))

    ended = sorted(worker.run(flow()))

    assert ended[3] - ended[0] < 0.4
    assert ended[4] - ended[3] > 0.4


def test_a_call_for_which_there_is_no_room_for_long_is_our_own_failure(worker, caplog):
    trace = LegTrace()

    async def hold(phone: FarEnd) -> None:
        async with worker.phone.dial(phone.order(), LegTrace()):
            await asyncio.sleep(3)

    async def flow():
        async with far_end("answers", calls=4) as phone:
            holding = [asyncio.create_task(hold(phone)) for _ in range(4)]
            await asyncio.sleep(0.5)
            with pytest.raises(LegEnded) as caught:
                async with worker.phone.dial(phone.order(), trace):
                    pass
            await asyncio.gather(*holding)
            return caught.value.verdict

    assert worker.run(flow()) == Verdict(Ending.FAILED, Culprit.US)
    assert trace.invited_at is None
    assert "no call of the engine came free" in caplog.text
    assert str(ALICE) not in caplog.text


def test_garbage_collected_in_another_thread_hangs_nobody_up(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("answers") as phone, worker.phone.dial(phone.order(), trace):
            began = asyncio.get_running_loop().time()
            while asyncio.get_running_loop().time() < began + 0.5:
                await asyncio.to_thread(gc.collect)

    worker.run(flow())

    assert trace.hung_up_by_far_end is False


NOTHING_SAID: Mapping[str, object] = MappingProxyType({})


class Refusing(asyncio.DatagramProtocol):
    """Keeps the first INVITE and is busy."""

    def __init__(self) -> None:
        self.invite = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:
        self._transport = transport

    def datagram_received(self, datagram: bytes, address: tuple[str, int]) -> None:
        message = datagram.decode()
        if message.startswith("INVITE") and not self.invite.done():
            self.invite.set_result(message)
            copied = re.findall(r"^(?:Via|From|To|Call-ID|CSeq):.*\r\n", message, re.MULTILINE)
            answer = ["SIP/2.0 486 Busy Here\r\n", *copied, "Content-Length: 0\r\n\r\n"]
            self._transport.sendto("".join(answer).encode(), address)


def invite_of(worker, terms=NOTHING_SAID, **changes) -> str:
    """The INVITE that an order over a trunk of these terms puts on the wire."""

    async def flow():
        loop = asyncio.get_running_loop()
        transport, refusing = await loop.create_datagram_endpoint(Refusing, local_addr=(HOST, 0))
        trunk = Trunk("busy", HOST, transport.get_extra_info("sockname")[1], **terms)
        order = replace(an_order(trunk=trunk), **changes)
        with pytest.raises(LegEnded):
            async with worker.phone.dial(order, LegTrace()):
                pass
        transport.close()
        return await refusing.invite

    return worker.run(flow())


def test_an_invite_names_who_is_called_and_shows_who_calls(worker):
    invite = invite_of(worker, number=ALICE, caller=Caller(BOB))

    assert invite.startswith(f"INVITE sip:{ALICE}@{HOST}:")
    assert f"From: <sip:{BOB}@{HOST}>" in invite
    assert f"To: <sip:{ALICE}@{HOST}" in invite or f"To: sip:{ALICE}@{HOST}" in invite
    assert "User-Agent: Ringback" in invite


def test_an_invite_without_a_caller_is_anonymous(worker):
    invite = invite_of(worker, caller=Caller())

    assert 'From: "Anonymous" <sip:anonymous@anonymous.invalid>' in invite


def test_a_trunk_is_told_who_calls_as_it_wants_it(worker):
    wanted = CallerId(
        Header(rewrites=(Rewrite.parse("1=strip1,prepend#"),)),
        Header(fixed="442079460000"),
        "sip.example.net",
    )
    plain = invite_of(worker, {"caller_id": wanted}, caller=Caller(BOB))
    hidden = invite_of(worker, {"caller_id": wanted}, caller=Caller(BOB, shown=False))

    assert "From: <sip:%234155550100@sip.example.net>;tag=" in plain
    assert "\r\nP-Asserted-Identity: <sip:442079460000@sip.example.net>\r\n" in plain
    assert "Privacy:" not in plain
    assert 'From: "Anonymous" <sip:anonymous@anonymous.invalid>' in hidden
    assert "\r\nPrivacy: id\r\n" in hidden
    assert "4155550100" not in hidden


def test_an_invite_offers_g711_with_telephone_events_and_nothing_else(worker):
    invite = invite_of(worker)

    media = re.findall(r"^m=.*", invite, re.MULTILINE)
    formats = re.findall(r"^a=rtpmap:(.*)\r", invite, re.MULTILINE)
    assert len(media) == 1
    assert media[0].startswith("m=audio ")
    assert set(formats) == {"0 PCMU/8000", "8 PCMA/8000", "101 telephone-event/8000"}


def test_a_far_end_cannot_have_us_call_somebody_else(worker):
    trace = LegTrace()

    async def flow():
        async with far_end("transfers") as phone, worker.phone.dial(phone.order(), trace):
            await asyncio.sleep(0.5)
            return worker.engine.free_calls

    assert worker.run(flow()) == 3
    assert trace.hung_up_by_far_end is False


def test_a_call_in_the_place_of_one_that_has_just_ended_is_left_alone(worker):
    async def hold(phone: FarEnd, trace: LegTrace) -> None:
        async with worker.phone.dial(phone.order(), trace):
            await asyncio.sleep(1)

    async def flow():
        trace = LegTrace()
        async with far_end("hangs_up") as one, far_end("answers", calls=4) as other:
            full = [asyncio.create_task(hold(phone, LegTrace())) for phone in [one] + 3 * [other]]
            await asyncio.sleep(0.3)
            assert not worker.engine.free_calls
            # At the first moment, before anything else happens.
            while not worker.engine.free_calls:  # noqa: ASYNC110
                await asyncio.sleep(0)
            await hold(other, trace)
            return trace, await asyncio.gather(*full, return_exceptions=True)

    trace, ended = worker.run(flow())

    assert trace.hung_up_by_far_end is False
    assert [type(end) for end in ended] == [LegEnded, *3 * [type(None)]]
