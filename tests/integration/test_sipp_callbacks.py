"""What becomes of whole callbacks, and of the money, whatever a SIP peer does: sipp as carrier."""

import asyncio
import wave
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from ringback.carrier import Tone
from ringback.carrier.media.measure import frequencies_hz
from switchboard.calls.beat import LiveCall
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.manners import Manners
from switchboard.clock import SystemClock
from switchboard.desk.orders import CANCELLED
from switchboard.desk.phone_books import set_speed_dials
from switchboard.desk.profiles import Changes, change_profile
from switchboard.numbering import PhoneNumber
from tests.fakes.exchange import CENT, CENT_A_SECOND, TERMS, Exchange
from tests.fakes.world import BOB, CAROL
from tests.integration.caller import CAPTURES
from tests.integration.far_end import DEADLINE_S, FarEnd, far_end
from workers.lines import EnginePhone
from workers.phone import Leg, LegOrder, LegTrace
from workers.recordings import Recording
from workers.session import Session
from workers.voices import Voice, Voices, load_voices

pytestmark = pytest.mark.integration

BEEP = timedelta(seconds=0.2)
# A capture played again is the same key still: no digit follows itself.
LOCAL_NUMBER = "02079460123"
PRESSED = {"#": "pound", "*": "star"}


def by(party: Party, ending: Ending) -> Verdict:
    return Verdict(ending, Culprit(party.value))


@dataclass(frozen=True)
class TwoCarriers:
    """A telephone that sends each party's leg to a carrier of its own."""

    phone: EnginePhone
    carriers: dict[Party, FarEnd]

    def dial(self, order: LegOrder, trace: LegTrace, *, heard_by: Leg | None = None):
        trunk = self.carriers[order.party].trunk
        return self.phone.dial(replace(order, trunk=trunk), trace, heard_by=heard_by)

    async def join(self, one: Leg, other: Leg, *, keys: bool = True) -> None:
        await self.phone.join(one, other, keys=keys)


class Callback:
    """One whole callback over two carriers that follow scenarios; its stores are in memory."""

    def __init__(self, worker, voices: Voices) -> None:
        self.exchange = Exchange(deck=CENT_A_SECOND)
        self.ends: dict[Party, FarEnd] = {}
        self._runner = worker
        self._phone = EnginePhone(worker.engine, SystemClock(), voices)

    def hold(
        self,
        customer: str | dict,
        destination: str | dict,
        *,
        to: PhoneNumber | None = BOB,
        ring_limit_s: float = 5,
        meanwhile=None,
    ) -> Cdr:
        """The CDR. `meanwhile` is a coroutine that is given the session."""

        async def flow() -> Cdr | None:
            async with AsyncExitStack() as stack:
                for party, scenario in (
                    (Party.CUSTOMER, customer),
                    (Party.DESTINATION, destination),
                ):
                    keys = {"scenario": scenario} if isinstance(scenario, str) else scenario
                    if keys:
                        self.ends[party] = await stack.enter_async_context(far_end(**keys))
                session = Session(self._desk(ring_limit_s), self.exchange.order(to).id)
                doing = asyncio.create_task(meanwhile(session)) if meanwhile else None
                async with asyncio.timeout(DEADLINE_S):
                    cdr = await session.serve()
                    if doing is not None:
                        await doing
            return cdr

        cdr = self._runner.run(flow())
        self._check_money(cdr)
        return cdr

    def _desk(self, ring_limit_s: float):
        self.exchange.ports = replace(self.exchange.ports, clock=SystemClock())
        return replace(
            self.exchange.desk,
            ports=self.exchange.ports,
            phone=TwoCarriers(self._phone, self.ends),
            terms=replace(TERMS, ring_limit=timedelta(seconds=ring_limit_s)),
        )

    def _check_money(self, cdr: Cdr) -> None:
        """A cent a second and leg, whatever else happened; nothing stays held."""
        assert cdr.cost.micros == sum(leg.seconds for leg in cdr.legs) * CENT
        assert self.exchange.balance.posted_micros == 5_000_000 - cdr.cost.micros
        assert self.exchange.balance.holds == {}
        assert self.exchange.breaches == []
        assert self.exchange.callback().verdict == cdr.verdict


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Voices:
    """Short ones under the names of the real ones."""
    path = tmp_path_factory.mktemp("beeps") / "beep.wav"
    with wave.open(str(path), "wb") as beep:
        beep.setparams((1, 2, 8000, 0, "NONE", ""))
        beep.writeframes(Tone(1000).samples(0, int(8000 * BEEP.total_seconds())).tobytes())
    names = load_voices().of("en").recordings
    return Voices({"en": Voice("en", dict.fromkeys(names, Recording(path, BEEP)))})


@pytest.fixture
def callback(worker, voices) -> Callback:
    return Callback(worker, voices)


async def runs_for(session: Session, party: Party, seconds: int) -> None:
    """Return when that leg is charged for so many seconds; none is as soon as it is placed."""
    while True:
        live = session.live() or LiveCall()
        so_far = live.customer_s if party is Party.CUSTOMER else live.destination_s
        if so_far is not None and so_far >= seconds:
            return
        await asyncio.sleep(0.01)


def cancelled_in_second(number: int):
    """Cancel the callback when that second of talk has begun."""

    async def meanwhile(session: Session) -> None:
        await runs_for(session, Party.DESTINATION, number)
        session.hang_up()

    return meanwhile


@pytest.mark.parametrize(
    ("customer", "verdict", "sip_code"),
    [
        (
            {"scenario": "refuses", "status": "486 Busy Here"},
            by(Party.CUSTOMER, Ending.BUSY),
            486,
        ),
        ("keeps_silent", Verdict(Ending.UNREACHABLE, Culprit.CARRIER), None),
        ("rings", by(Party.CUSTOMER, Ending.NO_ANSWER), None),
    ],
    ids=["busy", "silent", "no answer"],
)
def test_a_customer_who_is_not_reached_costs_nothing(callback, customer, verdict, sip_code):
    cdr = callback.hold(customer, {}, ring_limit_s=1)

    assert cdr.verdict == verdict
    assert (cdr.customer.sip_code, cdr.destination, cdr.cost.micros) == (sip_code, None, 0)


@pytest.mark.parametrize(
    ("destination", "verdict", "sip_code"),
    [
        (
            {"scenario": "refuses", "status": "404 Not Found"},
            by(Party.DESTINATION, Ending.NOT_FOUND),
            404,
        ),
        (
            {"scenario": "refuses", "status": "503 Service Unavailable"},
            Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER),
            503,
        ),
        ("rings", by(Party.DESTINATION, Ending.NO_ANSWER), None),
        ("keeps_silent", Verdict(Ending.UNREACHABLE, Culprit.CARRIER), None),
    ],
    ids=["unknown", "carrier fails", "no answer", "silent"],
)
def test_a_destination_that_is_not_reached_costs_the_customers_leg(
    callback, destination, verdict, sip_code
):
    cdr = callback.hold("answers", destination, ring_limit_s=1)

    assert (cdr.verdict, cdr.destination.verdict) == (verdict, verdict)
    assert (cdr.customer.sip_code, cdr.destination.sip_code) == (200, sip_code)
    assert cdr.customer.seconds >= 1
    assert (cdr.destination.seconds, cdr.destination.answered_at) == (0, None)
    assert cdr.customer.hung_up_by_far_end is False


@pytest.mark.parametrize("scenario", ["hangs_up", "hangs_up_twice"])
def test_the_destination_hangs_up(callback, scenario):
    cdr = callback.hold("answers", scenario)

    assert cdr.verdict == by(Party.DESTINATION, Ending.HUNG_UP)
    assert [leg.hung_up_by_far_end for leg in cdr.legs] == [False, True]
    assert all(1 <= leg.seconds <= 2 for leg in cdr.legs)


def test_the_customer_hangs_up(callback):
    cdr = callback.hold("hangs_up", "answers")

    assert cdr.verdict == by(Party.CUSTOMER, Ending.HUNG_UP)
    assert [leg.hung_up_by_far_end for leg in cdr.legs] == [True, False]
    assert all(1 <= leg.seconds <= 2 for leg in cdr.legs)


def test_a_ringing_destination_is_cancelled_when_the_customer_hangs_up(callback):
    cdr = callback.hold("hangs_up", "rings")

    assert cdr.verdict == by(Party.CUSTOMER, Ending.HUNG_UP)
    assert cdr.destination.ringing_at is not None
    assert (cdr.destination.answered_at, cdr.destination.cost_micros) == (None, 0)


def test_early_media_is_heard_and_not_charged(callback):
    heard = []

    async def listens(session: Session) -> None:
        await runs_for(session, Party.DESTINATION, 0)
        heard.append(await callback.ends[Party.CUSTOMER].handset.hear(0.6))
        await cancelled_in_second(1)(session)

    cdr = callback.hold(
        "answers", {"scenario": "early_media", "tone": Tone(900)}, meanwhile=listens
    )

    assert 900 in {round(frequency, -1) for frequency in frequencies_hz(heard[0][-2400:])}
    early = cdr.destination.answered_at - cdr.destination.ringing_at
    assert early > timedelta(seconds=0.7)
    assert cdr.destination.seconds == 1
    assert cdr.customer.seconds >= 2


def test_a_hold_in_mid_call_ends_nothing_and_costs_as_talk_does(callback):
    cdr = callback.hold(
        {"scenario": "answers", "tone": Tone(600)},
        {"scenario": "holds", "tone": Tone(900)},
        meanwhile=cancelled_in_second(3),
    )

    assert cdr.verdict == CANCELLED
    assert cdr.destination.seconds == 3
    # Fifty packets a second, those before the hold too.
    assert cdr.destination.rtp.received > 75
    assert cdr.destination.hung_up_by_far_end is False


def test_the_destination_is_dialled_with_telephone_events(callback):
    async def dials(session: Session) -> None:
        await runs_for(session, Party.CUSTOMER, 1)
        for key in f"{LOCAL_NUMBER}#":
            name = PRESSED.get(key, key)
            await callback.ends[Party.CUSTOMER].handset.replay(CAPTURES / f"dtmf_2833_{name}.pcap")

    ports = replace(callback.exchange.ports, clock=SystemClock())
    change_profile(ports, "alice", Changes(manners=Manners(ask_next=False)))
    cdr = callback.hold("answers", "hangs_up", to=None, meanwhile=dials)

    assert cdr.verdict == by(Party.DESTINATION, Ending.HUNG_UP)
    assert cdr.destination.number == PhoneNumber(f"+44{LOCAL_NUMBER[1:]}")
    assert callback.exchange.callback().destination == cdr.destination.number


@pytest.mark.parametrize("keys", ["sends_keys_by_info", "sends_bare_keys_by_info"])
@pytest.mark.parametrize(
    ("destination", "verdict"),
    [
        ("hangs_up", by(Party.DESTINATION, Ending.HUNG_UP)),
        (
            {"scenario": "refuses", "status": "486 Busy Here"},
            by(Party.DESTINATION, Ending.BUSY),
        ),
        (
            {"scenario": "refuses", "status": "480 Temporarily Unavailable"},
            by(Party.DESTINATION, Ending.NO_ANSWER),
        ),
        (
            {"scenario": "refuses", "status": "603 Decline"},
            by(Party.DESTINATION, Ending.DECLINED),
        ),
    ],
    ids=["hangs up", "busy", "no answer", "declines"],
)
def test_a_speed_dial_is_called_by_info(callback, keys, destination, verdict):
    ports = replace(callback.exchange.ports, clock=SystemClock())
    change_profile(ports, "alice", Changes(manners=Manners(ask_next=False)))
    set_speed_dials(ports, "alice", {7: CAROL})

    cdr = callback.hold(keys, destination, to=None)

    assert (cdr.verdict, cdr.destination.number) == (verdict, CAROL)
    assert (cdr.destination.seconds > 0) == (destination == "hangs_up")
    assert cdr.customer.hung_up_by_far_end is False
