"""Media release over real SIP and RTP: who hears whom directly, and how both come back."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Reject, SimulatedCarrier, Tone, Verdict
from switchboard.calls.ending import Party
from switchboard.calls.link import Codec, Link
from switchboard.calls.trunk import Trunk
from tests.fakes.phone import an_order
from tests.integration.far_end import DEADLINE_S
from workers.legs import DialledLeg
from workers.phone import LegEnded, LegTrace
from workers.release import BEGINS_AFTER_S, HALF_WAY_LIMIT_S
from workers.tracing import Tape

pytestmark = pytest.mark.integration

RELEASES = Link(release_media=True)
AT_ONCE = timedelta()
ONE = PhoneScript(ring_for=AT_ONCE, sound=Tone(600))
OTHER = PhoneScript(ring_for=AT_ONCE, sound=Tone(900))
# An offer and its answer on the loopback, twice, with much to spare.
SOON_S = 0.5


class Messages(Tape):
    """Keeps the SIP messages of both legs, and what happens to the audio."""

    records = True

    def __init__(self) -> None:
        self.descriptions: dict[Party, list[str]] = {party: [] for party in Party}
        self.events: list[str] = []
        self.released = asyncio.Event()

    def sip(self, party, ours, text, *, sent, transport, theirs):
        if sent and "\r\n\r\nv=0" in text:
            self.descriptions[party].append(text)

    def told(self, source, text, party=None):
        self.events.append(text)
        self.released.set()


@dataclass(frozen=True)
class Talk:
    """Two legs that are joined, and the phones at their ends."""

    legs: tuple[DialledLeg, DialledLeg]
    calls: tuple[PhoneCall, PhoneCall]
    tape: Messages

    async def heard(self, for_s: float = 1.0) -> list[tuple[set[int], bool]]:
        """What each phone hears from now on, so long: its tones, and whether all of them come from
        the other phone itself and none is lost."""
        began = asyncio.get_running_loop().time()
        await asyncio.sleep(for_s)
        found = []
        for call, other in (self.calls, self.calls[::-1]):
            measured = call.heard.between(began)
            senders = {arrival.sender for arrival in call.heard.arrivals(began)}
            assert len(senders) == 1
            assert measured.lost == 0
            assert measured.packets == pytest.approx(50 * for_s, abs=15)
            tones = {round(hertz, -1) for hertz in measured.frequencies_hz}
            found.append((tones, senders == {other.media_address}))
        return found


HERE = [({900}, False), ({600}, False)]
PAST_US = [({900}, True), ({600}, True)]


def talk(
    worker,
    flow: Callable[[Talk], Awaitable[object]],
    one: PhoneScript = ONE,
    other: PhoneScript = OTHER,
    *,
    links: tuple[Link, Link] = (RELEASES, RELEASES),
    keys: bool = False,
    released: bool = True,
) -> tuple[object, tuple[LegTrace, LegTrace]]:
    """What the flow gives when both talk past the worker, or when they have talked for as long as
    that would take; and the traces of the legs."""
    traces, tape = (LegTrace(), LegTrace()), Messages()

    async def run() -> object:
        async with SimulatedCarrier({"+442071234567": one}, other) as carrier:
            trunks = [Trunk("a", carrier.host, carrier.port, link=link) for link in links]
            orders = an_order(trunk=trunks[0]), an_order(Party.DESTINATION, trunk=trunks[1])
            first, second = (replace(order, tape=tape) for order in orders)
            async with (
                worker.phone.dial(first, traces[0]) as customer,
                worker.phone.dial(second, traces[1]) as destination,
            ):
                await worker.phone.join(customer, destination, keys=keys)
                calls = await carrier.next_call(), await carrier.next_call()
                if released:
                    await asyncio.wait_for(tape.released.wait(), DEADLINE_S)
                    await asyncio.sleep(SOON_S)
                else:
                    await asyncio.sleep(BEGINS_AFTER_S + 2 * SOON_S)
                return await flow(Talk((customer, destination), calls, tape))

    return worker.run(run()), traces


def test_two_phones_hear_each_other_past_the_worker(worker):
    heard, traces = talk(worker, Talk.heard)

    assert heard == PAST_US
    for trace in traces:
        assert trace.rtp.received == pytest.approx(50 * BEGINS_AFTER_S, abs=25)
        assert trace.rtp.lost == 0
        assert trace.rtp.released_s in (1, 2)


@pytest.mark.parametrize("speaks_to", [0, 1])
def test_they_come_back_to_hear_a_prompt_and_stay(worker, speaks_to):
    async def flow(talk: Talk):
        before = await talk.heard()
        began = asyncio.get_running_loop().time()
        await talk.legs[speaks_to].play("beep")
        prompt = talk.calls[speaks_to].heard.between(began + 0.2)
        other = talk.calls[not speaks_to].heard.between(began + 0.2)
        return before, prompt, other, await talk.heard(3), talk.tape.events

    (before, prompt, other, after, events), traces = talk(worker, flow)

    assert (before, after) == (PAST_US, HERE)
    assert 1000 in {round(hertz, -1) for hertz in prompt.frequencies_hz}
    assert 1000 not in {round(hertz, -1) for hertz in other.frequencies_hz}
    assert events == ["audio flows past us", "audio comes here again"]
    assert [trace.rtp.lost for trace in traces] == [0, 0]


@pytest.mark.parametrize(
    ("links", "one", "other", "keys"),
    [
        ((RELEASES, Link()), ONE, OTHER, False),
        ((Link(), RELEASES), ONE, OTHER, False),
        ((RELEASES, RELEASES), ONE, OTHER, True),
        ((RELEASES, Link(codecs=(Codec.PCMA,), release_media=True)), ONE, OTHER, False),
        ((RELEASES, RELEASES), ONE, replace(OTHER, keeps_time=False), False),
        ((RELEASES, RELEASES), replace(ONE, keys_in_audio=True), OTHER, False),
    ],
    ids=["one trunk", "other trunk", "keys", "codecs", "session timer", "telephone events"],
)
def test_media_stays_here_where_it_has_to(worker, links, one, other, keys):
    async def flow(talk: Talk):
        return await talk.heard(), [len(sent) for sent in talk.tape.descriptions.values()]

    result, traces = talk(worker, flow, one, other, links=links, keys=keys, released=False)

    assert result == (HERE, [1, 1])
    assert [trace.rtp.released_s for trace in traces] == [0, 0]


@pytest.mark.parametrize("re_invited", [Reject(488), Verdict.DEAD])
@pytest.mark.parametrize("who", [0, 1], ids=["customer", "destination"])
def test_where_one_does_not_agree_both_hear_each_other_over_the_worker(worker, who, re_invited):
    phones = [ONE, OTHER]
    phones[who] = replace(phones[who], re_invited=re_invited)

    async def flow(talk: Talk):
        await asyncio.sleep(HALF_WAY_LIMIT_S)
        return await talk.heard()

    heard, traces = talk(worker, flow, *phones, released=False)

    assert heard == HERE
    assert [trace.rtp.lost for trace in traces] == [0, 0]
    assert [trace.hung_up_by_far_end for trace in traces] == [False, False]


def test_a_session_that_is_refreshed_stays_released(worker):
    async def flow(talk: Talk):
        statuses = [await call.re_invite(hold=False) for call in talk.calls]
        return statuses, await talk.heard(), [call.media_address for call in talk.calls], talk.tape

    (statuses, heard, addresses, tape), _ = talk(worker, flow)

    assert (statuses, heard) == ([200, 200], PAST_US)
    for party, (_, port) in zip(Party, addresses[::-1], strict=True):
        *_, offer, refreshed = tape.descriptions[party]
        assert _audio(offer) == _audio(refreshed) == ("127.0.0.1", port, "0 101")


def test_each_description_of_ours_has_a_version_of_its_own(worker):
    async def flow(talk: Talk):
        await talk.legs[0].play("beep")
        return talk.tape.descriptions

    sent, _ = talk(worker, flow)

    for descriptions in sent.values():
        origins = [re.search(r"^o=\S+ (\d+) (\d+) ", text, re.MULTILINE) for text in descriptions]
        first = int(origins[0][2])
        assert {origin[1] for origin in origins} == {origins[0][1]}
        assert [int(origin[2]) for origin in origins] == [first, first + 1, first + 2]


def _audio(message: str) -> tuple[str, int, str]:
    """Where a description says that its end hears, and in which formats."""
    host = re.search(r"^c=IN IP4 (\S+)", message, re.MULTILINE)
    media = re.search(r"^m=audio (\d+) RTP/AVP (.*)\r", message, re.MULTILINE)
    assert "a=rtcp:" not in message
    return host[1], int(media[1]), media[2]


@pytest.mark.parametrize("who", [0, 1], ids=["customer", "destination"])
def test_a_phone_that_is_put_on_hold_brings_both_back(worker, who):
    async def flow(talk: Talk):
        statuses = [await talk.calls[who].re_invite(hold=True)]
        await asyncio.sleep(2 * SOON_S)
        statuses.append(await talk.calls[who].re_invite(hold=False))
        await asyncio.sleep(SOON_S)
        return statuses, await talk.heard()

    assert talk(worker, flow)[0] == ([200, 200], HERE)


@pytest.mark.parametrize("who", [0, 1], ids=["customer", "destination"])
def test_who_is_hung_up_past_us_leaves_the_other_on_the_line(worker, who):
    async def flow(talk: Talk):
        try:
            await asyncio.gather(talk.calls[who].hang_up(), asyncio.sleep(5))
        except LegEnded as end:
            return end.party
        return None

    with pytest.raises(LegEnded) as ended:
        talk(worker, flow)

    assert ended.value.party is list(Party)[who]


def test_keys_go_to_the_other_phone_itself(worker):
    async def flow(talk: Talk):
        await talk.calls[0].press("12#")
        return await talk.calls[1].wait_digits(3), await talk.heard()

    assert talk(worker, flow)[0] == ("12#", PAST_US)


def test_a_key_that_we_press_is_heard(worker):
    """As where a far end tells of a key by INFO."""

    async def flow(talk: Talk):
        await talk.legs[1].press("7")
        return await talk.calls[1].wait_digits(1), await talk.heard()

    assert talk(worker, flow)[0] == ("7", HERE)
