"""Holds the carrier to the clock: RTP every 20 ms, SIP's repeats at the seconds of RFC 3261."""

import asyncio

import pytest

from ringback.carrier.media.pacer import Pacer
from ringback.carrier.sip.transaction import ClientTransaction, ServerTransaction
from switchboard.sip.message import Request
from tests.fakes.loop import NothingWillHappen, run_simulated

PEER = ("127.0.0.1", 5080)


def now() -> float:
    return asyncio.get_running_loop().time()


def a_request(method: str) -> Request:
    return Request(
        method=method,
        uri="sip:bob@127.0.0.1",
        headers=(
            ("Via", "SIP/2.0/UDP 127.0.0.1:5080;branch=z9hG4bK1"),
            ("From", "<sip:ann@127.0.0.1>;tag=a"),
            ("To", "<sip:bob@127.0.0.1>"),
            ("Call-ID", "1"),
            ("CSeq", f"1 {method}"),
        ),
    )


class Wire:
    """What was sent, and when."""

    def __init__(self) -> None:
        self.sent: list[tuple[float, object]] = []

    def send(self, message, destination) -> None:
        assert destination == PEER
        what = message.method if isinstance(message, Request) else message.status
        self.sent.append((now(), what))

    def times_of(self, what: object) -> list[float]:
        return [at for at, sent in self.sent if sent == what]


def served(method: str, status: int, *, acknowledge_after: float | None = None):
    """The times of the final response, what became of it, and when it was forgotten."""

    async def serve():
        wire, forgotten = Wire(), asyncio.Event()
        transaction = ServerTransaction(a_request(method), wire.send, forgotten.set)
        transaction.respond(status, to_tag="b")
        if acknowledge_after is not None:
            await asyncio.sleep(acknowledge_after)
            transaction.settle(a_request("ACK"))
        await forgotten.wait()
        return wire.times_of(status), transaction.acknowledgement.result(), now()

    return run_simulated(serve())


@pytest.mark.parametrize("status", [200, 486])
def test_unacknowledged_final_response_is_repeated_for_32_seconds(status):
    times, ack, forgotten_at = served("INVITE", status)

    assert times == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert (ack, forgotten_at) == (None, 32)


def test_acknowledgement_ends_the_repeats():
    times, ack, forgotten_at = served("INVITE", 200, acknowledge_after=1)

    assert times == [0, 0.5]
    assert (ack.method, forgotten_at) == ("ACK", 32)


def test_response_to_another_request_is_sent_once():
    assert served("BYE", 200) == ([0], None, 32)


def test_repeated_request_gets_the_latest_response():
    async def repeat():
        wire = Wire()
        transaction = ServerTransaction(a_request("INVITE"), wire.send, lambda: None)
        transaction.repeated()
        for status in (100, 180, 486, 200):
            transaction.respond(status, to_tag="b")
            transaction.repeated()
        transaction.close()
        return [what for _, what in wire.sent]

    # No final response follows another.
    assert run_simulated(repeat()) == [100, 100, 180, 180, 486, 486, 486]


def asked(method: str, *replies: tuple[float, int]):
    """What was sent until the request was forgotten, and the final status with its time. Each
    reply comes so long after the one before."""

    async def ask():
        wire, forgotten = Wire(), asyncio.Event()
        request = a_request(method)
        ack_of = (lambda _: a_request("ACK")) if method == "INVITE" else None
        transaction = ClientTransaction(request, PEER, wire.send, forgotten.set, ack_of)
        final = asyncio.create_task(finish(transaction))
        for wait, status in replies:
            await asyncio.sleep(wait)
            transaction.received(request.response(status, to_tag="b"))
        status_and_time = await final
        await forgotten.wait()
        return wire, status_and_time

    async def finish(transaction):
        return (await transaction.wait_final()).status, now()

    return run_simulated(ask())


def test_bye_without_a_reply_is_repeated_and_given_up_after_32_seconds():
    wire, final = asked("BYE")

    assert wire.times_of("BYE") == [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]
    assert final == (408, 32)


def test_invite_without_a_reply_is_repeated_at_ever_longer_intervals():
    wire, final = asked("INVITE")

    assert wire.times_of("INVITE") == [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert final == (408, 32)


def test_provisional_reply_ends_the_repeats_of_an_invite():
    wire, final = asked("INVITE", (0.7, 100), (3, 200))

    assert wire.times_of("INVITE") == [0, 0.5]
    assert final == (200, 3.7)


@pytest.mark.parametrize("status", [200, 488])
def test_every_repeat_of_a_final_reply_is_acknowledged(status):
    wire, final = asked("INVITE", (1, status), (0.5, status), (1, status))

    assert wire.times_of("ACK") == [1, 1.5, 2.5]
    assert final == (status, 1)


def ticks(seconds: float, *, stall_at: int | None = None, stall: float = 0):
    """The ticks of a pacer with their times, of a machine that stalls within one of them."""

    async def tick():
        seen = []

        def member(number: int) -> None:
            seen.append((number, round(now(), 6)))
            if number == stall_at:
                asyncio.get_running_loop().seconds += stall

        pacer = Pacer()
        running = asyncio.create_task(pacer.run())
        pacer.join(member)
        await asyncio.sleep(seconds)
        pacer.leave(member)
        running.cancel()
        return seen

    return run_simulated(tick())


def test_packets_leave_every_20_ms():
    assert ticks(1) == [(number, round(number * 0.02, 6)) for number in range(50)]


def test_short_stall_is_made_up_for():
    seen = ticks(0.39, stall_at=5, stall=0.05)

    assert [number for number, _ in seen] == list(range(20))
    assert seen[5:9] == [(5, 0.1), (6, 0.15), (7, 0.15), (8, 0.16)]


def test_long_stall_is_left_out():
    seen = ticks(1.19, stall_at=5, stall=0.55)

    assert [number for number, _ in seen][4:9] == [4, 5, 32, 33, 34]
    assert seen[6:8] == [(32, 0.65), (33, 0.66)]


def test_pacer_stands_still_while_nobody_sends():
    async def idle():
        pacer = Pacer()
        pacer.join(int)
        pacer.leave(int)
        await pacer.run()

    with pytest.raises(NothingWillHappen):
        run_simulated(idle())


def test_first_packet_after_a_pause_comes_alone():
    async def pause():
        times = []

        def member(_tick: int) -> None:
            times.append(round(now(), 6))

        pacer = Pacer()
        running = asyncio.create_task(pacer.run())
        await asyncio.sleep(0.09)
        pacer.join(member)
        await asyncio.sleep(0.06)
        running.cancel()
        return times

    assert run_simulated(pause()) == [0.1, 0.12, 0.14]
