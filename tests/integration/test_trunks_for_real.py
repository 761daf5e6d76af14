"""Several trunks: a real worker process, real SIP and RTP, a simulated carrier behind each."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from ringback.carrier import PhoneCall, PhoneScript, Reject, SimulatedCarrier, Tone
from ringback.embedded.process import EmbeddedAws
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk
from switchboard.desk.trunk_health import trunk_health
from switchboard.desk.trunks import TrunkChanges, change_trunk, set_exchange
from tests.fakes.trunks import add_trunk
from tests.integration.caller import in_real_time
from tests.integration.system import System, free_port, make_system, until

pytestmark = pytest.mark.integration

ANSWERS = PhoneScript(ring_for=timedelta(seconds=0.3), sound=Tone(700))
TALKS = PhoneScript(
    ring_for=timedelta(seconds=0.3), sound=Tone(1200), hang_up_after=timedelta(seconds=1.5)
)
FAILS = PhoneScript(ring_for=timedelta(), verdict=Reject(503))


@pytest.fixture
def unstaffed(aws: EmbeddedAws, tmp_path_factory) -> System:
    """A cheap trunk in dollars that wants 00 in front, and a dear one in euros, of whom London
    belongs to the dear one alone. Legs are sold for 0.6 a minute. No worker has seen them yet."""
    system = make_system(aws, tmp_path_factory.mktemp("trunks") / "worker.log")
    ports = system.ports
    ports.trunks.remove("carrier")
    set_exchange(ports, "USD", "EUR", 920_000_000_000)
    rules = (Rewrite.parse("1=prepend00"),)
    cheap, dear = free_port(), free_port()
    add_trunk(ports, "cheap", "0.01", currency="USD", prefixes=("1",), rewrites=rules, port=cheap)
    add_trunk(ports, "dear", "0.05", port=dear)
    return system


@pytest.fixture
def trunks(unstaffed: System) -> Iterator[System]:
    """The same with a worker, which sees what is changed of a trunk some seconds later."""
    with unstaffed.worker():
        yield unstaffed


async def callback(system: System, *, nobody_at: tuple[str, ...] = (), **phones: PhoneScript):
    """A callback to phones behind the trunks: its customer, its CDR, the calls of each trunk."""
    alice = system.customer()
    calls: dict[str, list[PhoneCall]] = {}
    async with AsyncExitStack() as stack:
        for trunk in system.ports.trunks.all():
            if trunk.name not in nobody_at:
                scripts, default = {str(alice.phone): ANSWERS}, phones.get(trunk.name, TALKS)
                carrier = SimulatedCarrier(scripts, default, port=trunk.port)
                calls[trunk.name] = (await stack.enter_async_context(carrier)).calls
        _, cdr = await system.ended(system.order(alice, alice.friend))
    return alice, cdr, calls


@in_real_time
async def test_each_leg_goes_over_its_cheapest_trunk_written_as_that_wants_it(trunks: System):
    alice, cdr, calls = await callback(trunks)

    assert [call.number for call in calls["dear"]] == [str(alice.phone)]
    assert [call.number for call in calls["cheap"]] == [f"00{alice.friend.digits}"]
    assert [leg.trunk for leg in cdr.legs] == ["dear", "cheap"]
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert [(leg.trunk_cost.currency, leg.trunk_cost.prefix) for leg in cdr.legs] == [
        ("EUR", "44"),
        ("USD", "1"),
    ]
    customer, destination = cdr.legs
    assert customer.trunk_cost.micros == -(-customer.seconds * 50_000 // 6_000) * 100
    assert destination.trunk_cost.micros == -(-destination.seconds * 10_000 // 6_000) * 100
    assert destination.trunk_cost.converted_micros == destination.trunk_cost.micros * 92 // 100
    assert cdr.margin_micros == cdr.cost.micros - sum(
        leg.trunk_cost.converted_micros for leg in cdr.legs
    )
    assert trunks.books_are_clean()


@in_real_time
async def test_where_a_trunk_answers_503_the_next_one_carries_the_leg(trunks: System):
    alice, cdr, calls = await callback(trunks, cheap=FAILS)

    assert [call.number for call in calls["cheap"]] == [f"00{alice.friend.digits}"]
    assert [call.number for call in calls["dear"]] == [str(alice.phone), str(alice.friend)]
    assert [leg.trunk for leg in cdr.legs] == ["dear", "dear"]
    assert cdr.destination.trunk_cost.currency == "EUR"
    assert cdr.destination.sip_code == 200
    assert trunks.books_are_clean()
    log = trunks.log.read_text(errors="replace")
    assert "destination leg over cheap: carrier_failed 503" in log
    assert "destination leg over dear: answers" in log


@in_real_time
async def test_the_fleet_is_told_of_a_trunk_that_rests(unstaffed: System):
    cheap = change_trunk(unstaffed.ports, "cheap", TrunkChanges(rests_after=1))

    with unstaffed.worker():
        await callback(unstaffed, cheap=FAILS)
        beats = unstaffed.ports.workers.all()
        state = str(trunk_health(unstaffed.ports, [cheap])["cheap"])

    assert [beat.trunks["cheap"].why for beat in beats] == ["carrier_failed 503"]
    assert re.fullmatch(r"(resting until ..:..:..|failing) \(carrier_failed 503\)", state)


@in_real_time
async def test_a_trunk_whose_address_is_dead_and_one_that_is_full_are_passed_over(
    unstaffed: System,
):
    change_trunk(unstaffed.ports, "dear", TrunkChanges(capacity=1))
    dead = {"port": free_port(), "priority": 1, "reply_limit": timedelta(seconds=1)}
    add_trunk(unstaffed.ports, "dead", "0.001", prefixes=("1",), **dead)
    unknown = Trunk("unknown", "nowhere.invalid", priority=0)
    unstaffed.ports.trunks.save(unknown)
    add_trunk(unstaffed.ports, "last", "0.5", port=free_port())

    with unstaffed.worker():
        _, cdr, calls = await callback(unstaffed, nobody_at=("dead", "unknown"), cheap=FAILS)

    assert [leg.trunk for leg in cdr.legs] == ["dear", "last"]
    assert {name: len(taken) for name, taken in calls.items()} == {"cheap": 1, "dear": 1, "last": 1}
    log = unstaffed.log.read_text(errors="replace")
    assert "destination leg over unknown: unreachable" in log
    assert "destination leg over dead: unreachable" in log
    assert "destination leg over dear: is full" in log


@in_real_time
async def test_a_trunk_that_does_not_answer_options_rests_until_it_does(trunks: System):
    kept = TrunkChanges(keep_alive=timedelta(seconds=5), reply_limit=timedelta(seconds=1))
    cheap = await asyncio.to_thread(change_trunk, trunks.ports, "cheap", kept)

    def health() -> str:
        return str(trunk_health(trunks.ports, [cheap])["cheap"])

    assert await until(lambda: health() if health() != "ok" else None, 40) == "silent"
    async with SimulatedCarrier({}, ANSWERS, port=cheap.port):
        assert await until(lambda: health() if health() != "silent" else None, 40) == "ok"
