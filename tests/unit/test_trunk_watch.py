"""Trunks that fail are left alone for a while, which grows, and tried by one call."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.beat import Beat, TrunkHealth
from switchboard.calls.link import Link
from switchboard.calls.trunk import Trunk
from switchboard.desk.trunk_health import trunk_health
from switchboard.errors import Malformed
from tests.fakes.exchange import Exchange
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FarEnd
from tests.fakes.ports import memory_ports
from tests.fakes.trunks import add_trunk
from tests.fakes.world import ALICE, BOB, NOON
from workers.chores import beside
from workers.keep_alive import KeepAlive
from workers.trunk_watch import TrunkWatch

A = Trunk("a", "127.0.0.1", rests_after=2)
CLOCK = SimulatedClock()
FAILS = FarEnd(trying_s=0.0, rings_s=None, answers_s=0.2, refuses_with=503)


def fail(watch: TrunkWatch, times: int = 1, trunk: Trunk = A) -> None:
    for _ in range(times):
        watch.begin(trunk)
        watch.failed(trunk, "carrier_failed 503")


async def rest_of(watch: TrunkWatch, trunk: Trunk = A) -> float:
    """For how long it rests from now on."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while watch.rests(trunk):  # noqa: ASYNC110  nothing tells of it
        await asyncio.sleep(1)
    return loop.time() - began


def test_a_trunk_rests_after_so_many_failures_in_a_row():
    async def story():
        watch = TrunkWatch(CLOCK)
        found = []
        for happens in (watch.worked, fail, watch.worked, fail, fail):
            happens(watch) if happens is fail else happens(A)
            found.append(watch.rests(A))
        return found

    assert run_simulated(story()) == [False, False, False, False, True]


def test_it_rests_longer_each_time_up_to_ten_minutes():
    async def story():
        watch = TrunkWatch(CLOCK)
        fail(watch, 2)
        rests = []
        for _ in range(8):
            rests.append(await rest_of(watch))
            fail(watch)
        return rests

    assert run_simulated(story()) == [10, 20, 40, 80, 160, 320, 600, 600]


def test_what_worked_makes_it_forget_how_long_it_rested():
    async def story():
        watch = TrunkWatch(CLOCK)
        fail(watch, 2)
        await rest_of(watch)
        fail(watch)
        await rest_of(watch)
        watch.begin(A)
        watch.worked(A)
        told = watch.told
        fail(watch, 2)
        return told, await rest_of(watch)

    assert run_simulated(story()) == ({}, 10)


def test_failures_of_calls_that_were_under_way_do_not_prolong_a_rest():
    async def story():
        watch = TrunkWatch(CLOCK)
        for _ in range(20):
            watch.begin(A)
        for _ in range(20):
            watch.failed(A, "503")
        return await rest_of(watch)

    assert run_simulated(story()) == 10


def test_one_call_tries_it_while_the_others_wait():
    async def story():
        watch = TrunkWatch(CLOCK)
        fail(watch, 2)
        await asyncio.sleep(10)
        free = watch.rests(A)
        watch.begin(A)
        tried = watch.rests(A)
        # Nothing became of that call: its customer hung up.
        await asyncio.sleep(10)
        return free, tried, watch.rests(A)

    assert run_simulated(story()) == (False, True, False)


def test_a_trunk_that_shall_never_rest_does_not():
    async def story():
        watch = TrunkWatch(CLOCK)
        fail(watch, 50, replace(A, rests_after=0))
        return watch.rests(A)

    assert run_simulated(story()) is False


def test_callbacks_pass_over_a_trunk_that_rests():
    exchange = Exchange({BOB: FarEnd(hangs_up_s=5)})
    exchange.ports.trunks.remove("carrier")
    exchange.phone.trunks["a"] = FAILS
    add_trunk(exchange.ports, "a", "0.001", rests_after=1)
    add_trunk(exchange.ports, "b", "0.002")

    exchange.connect()

    assert exchange.phone.tried == ["a", "b", "b"]


def test_where_every_trunk_rests_they_are_tried_all_the_same():
    exchange = Exchange({BOB: FarEnd(hangs_up_s=5)})
    far = add_trunk(exchange.ports, "far", "0.001", prefixes=("1",), rests_after=1, priority=1)
    add_trunk(exchange.ports, "other", "0.002", prefixes=("1",), enabled=False)
    exchange.ports.trunks.remove("carrier")
    add_trunk(exchange.ports, "near", "0.001", prefixes=("44",))

    exchange.connect(events={1.0: lambda _session: fail(exchange.desk.watch, 1, far)})

    assert exchange.phone.tried == ["near", "far"]


def test_an_answer_about_the_number_is_no_failure_of_the_trunk():
    exchange = Exchange({ALICE: FarEnd(refuses_with=486)})

    exchange.connect()

    assert exchange.desk.watch.told == {}


# Asked for its options


KEPT = replace(A, keep_alive=timedelta(seconds=30))


class Carrier:
    """Answers 200, but not while it is `silent`."""

    def __init__(self, *silent: range, status: int | None = None) -> None:
        self._silent = silent
        self._status = status
        self.asked: list[tuple[float, str]] = []

    async def ask(self, trunk: Trunk) -> int | None:
        now = asyncio.get_running_loop().time()
        self.asked.append((now, trunk.name))
        return self._status if any(round(now) in span for span in self._silent) else 200


def watched(carrier: Carrier, *trunks: Trunk, until_s: float = 155) -> dict[float, bool]:
    """When a trunk begins to rest, and ceases to."""

    async def story():
        watch, changes = TrunkWatch(CLOCK), {}
        loop, last = asyncio.get_running_loop(), False
        async with beside(KeepAlive(lambda: trunks, carrier, watch).run):
            while loop.time() < until_s:
                await asyncio.sleep(0.5)
                if watch.rests(trunks[0]) is not last:
                    last = changes[round(loop.time())] = not last
        return changes

    return run_simulated(story())


def test_a_trunk_is_asked_in_its_own_rhythm_and_one_that_does_not_want_it_never():
    carrier = Carrier()

    watched(carrier, KEPT, replace(A, name="b"), replace(KEPT, name="off", enabled=False))

    assert {name for _, name in carrier.asked} == {"a"}
    assert [round(at) // 30 for at, _ in carrier.asked] == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("status", [None, 408, 503])
def test_it_rests_after_two_silences_until_it_answers(status):
    carrier = Carrier(range(25, 100), status=status)

    rests = watched(carrier, KEPT)

    assert list(rests.values()) == [True, False]
    assert [at // 30 for at in rests] == [2, 4]


class Faulty(Carrier):
    """To ask one trunk fails in a way that nobody thought of."""

    async def ask(self, trunk: Trunk) -> int | None:
        assert trunk.name != "odd", "nobody thought of this"
        # Others take their time.
        await asyncio.sleep(1)
        return await super().ask(trunk)


def test_trunks_are_asked_on_though_one_cannot_be_which_is_logged(caplog):
    carrier = Faulty(range(25, 100))

    rests = watched(carrier, KEPT, replace(KEPT, name="odd"), until_s=70)

    assert list(rests.values()) == [True]
    assert "nobody thought of this" in caplog.text


def test_work_that_ends_by_a_fault_is_begun_again_and_the_log_tells(caplog):
    begun = []

    async def work() -> None:
        begun.append(asyncio.get_running_loop().time())
        await asyncio.sleep(1)
        raise AssertionError("nobody thought of this")

    async def story():
        async with beside(work):
            await asyncio.sleep(8)
        await asyncio.sleep(8)

    run_simulated(story())

    assert begun == [0, 3, 6]
    assert [one.exc_info[0] for one in caplog.records] == [AssertionError] * 3


def test_one_lost_datagram_does_not_matter():
    assert watched(Carrier(range(25, 40)), KEPT) == {}


def test_a_trunk_that_is_not_asked_any_more_is_not_silent():
    async def story():
        watch = TrunkWatch(CLOCK)
        watch.asked(KEPT, answers=False)
        watch.asked(KEPT, answers=False)
        return watch.rests(KEPT), watch.rests(A)

    assert run_simulated(story()) == (True, False)


@pytest.mark.parametrize("seconds", [0, 4, 3601])
def test_a_rhythm_is_neither_hasty_nor_forgotten(seconds):
    with pytest.raises(Malformed, match="5 to 3,600"):
        Trunk("a", "host", keep_alive=timedelta(seconds=seconds))


# Registered there


REGISTERS = replace(A, credentials=("me", "secret"), link=Link(registers=True))


class Registrar:
    """Answers at once, with what it is told to."""

    def __init__(self) -> None:
        self.code = 200
        self.registered: list[str] = []

    def registration(self, trunk: Trunk) -> int | None:
        if trunk.host not in self.registered:
            self.registered.append(trunk.host)
            return None
        return self.code

    def unregister(self, trunk: Trunk) -> None:
        self.registered.remove(trunk.host)


def test_a_worker_is_registered_where_the_trunk_says_now():
    trunks, registrar, told = [REGISTERS, A], Registrar(), []

    async def story():
        watch = TrunkWatch(CLOCK)
        keeping = asyncio.create_task(KeepAlive(lambda: list(trunks), registrar, watch).run())
        for change in (
            None,
            replace(REGISTERS, weight=5),
            replace(REGISTERS, host="elsewhere"),
            replace(REGISTERS, enabled=False),
        ):
            if change is not None:
                trunks[0] = change
            await asyncio.sleep(15)
            told.append((list(registrar.registered), watch.told.get("a")))
        keeping.cancel()

    run_simulated(story())
    registered = TrunkHealth(registration=200)

    assert told == [
        (["127.0.0.1"], registered),
        (["127.0.0.1"], registered),
        (["elsewhere"], registered),
        ([], None),
    ]


# Told to the fleet


def fleet(*told: TrunkHealth | None, trunk: Trunk = A) -> str:
    ports = memory_ports()
    now = ports.clock.now()
    for number, health in enumerate(told):
        trunks = {} if health is None else {trunk.name: health}
        stale_at = now + timedelta(seconds=15)
        ports.workers.beat(Beat(f"w{number}", now, stale_at, 2, trunks=trunks))
    ports.workers.beat(
        Beat("gone", now, now - timedelta(seconds=1), 2, trunks={"a": TrunkHealth(9, "x")})
    )
    return str(trunk_health(ports, [trunk])[trunk.name])


def test_the_worst_that_a_worker_finds_is_told():
    later = memory_ports().clock.now() + timedelta(seconds=40)
    failing, resting = TrunkHealth(1, "408"), TrunkHealth(3, "503", later)

    assert fleet() == "no workers"
    assert fleet(None, None) == "ok"
    assert fleet(None, failing) == "failing at 1 of 2 (408)"
    assert fleet(failing, resting, resting) == f"resting at 2 of 3 until {later:%H:%M:%S} (503)"
    assert fleet(replace(resting, rests_until=NOON - timedelta(days=9000))) == "failing (503)"
    assert fleet(TrunkHealth(answers=False), trunk=KEPT) == "silent"
    assert fleet(TrunkHealth(answers=False)) == "ok"
    assert fleet(resting, trunk=replace(A, enabled=False)) == "disabled"
    refused, well = TrunkHealth(registration=403), TrunkHealth(registration=200)
    assert fleet(refused, well, trunk=REGISTERS) == "not registered at 1 of 2 (403)"
    assert fleet(None, trunk=REGISTERS) == "not registered"
    assert fleet(well, trunk=REGISTERS) == "ok"
