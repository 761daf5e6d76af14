"""A moment of a busy system: workers, trunks, callbacks in several states, a day of counts."""

from dataclasses import replace
from datetime import timedelta

from switchboard.billing.account import Profile
from switchboard.calls.beat import Beat, LiveCall, TrunkHealth
from switchboard.calls.bridge import Bridge, BridgeBeat, Modem
from switchboard.calls.callback import Callback, State
from switchboard.calls.link import Link
from switchboard.calls.minutes import Counts, Minute, Tally, minute_of
from switchboard.calls.trunk import Trunk
from switchboard.desk.visits import begin_visit
from switchboard.ports import Ports, Visit, VisitKind
from tests.fakes.world import BOB, CAROL, a_callback

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HEARTBEAT = 10 * SECOND


def on_air(number: int) -> str:
    """The id of a callback that runs: none that a long history has."""
    return f"a{number:031x}"


def running(ports: Ports, number: int, state: State, seconds: int, **fields) -> Callback:
    """A callback that worker w1 brought into this state so long ago."""
    now = ports.clock.now()
    callback = a_callback(
        id=on_air(number),
        destination=CAROL if number % 2 else BOB,
        requested_at=now - (seconds + 5) * SECOND,
        state=state,
        reached={State.QUEUED: now - (seconds + 5) * SECOND, state: now - seconds * SECOND},
        worker="w1",
        **fields,
    )
    ports.callbacks.place(callback)
    return callback


def go_on_air(ports: Ports, *, earlier: int = 0) -> None:
    """Three callbacks run now; so many more ended each minute of the last day."""
    _add_trunks(ports)
    _beat_workers(ports)
    _beat_bridges(ports)
    _dial_in(ports)
    _count_a_day(ports, earlier)


def _add_trunks(ports: Ports) -> None:
    for trunk in ("cheap", "resting", "silent-carrier-in-a-distant-country"):
        ports.trunks.save(Trunk(trunk, "127.0.0.1", 5070, keep_alive=30 * SECOND))
    ports.trunks.save(
        Trunk(
            "registrar",
            "127.0.0.1",
            5080,
            credentials=("us", "secret"),
            link=Link(registers=True),
        )
    )


def _beat_workers(ports: Ports) -> None:
    now = ports.clock.now()
    talking = LiveCall("carrier", 90, 83, "cheap", cost_micros=276_800, trunk_micros=138_400)
    calls = {
        running(ports, 1, State.CONNECTED, 83).id: talking,
        running(ports, 2, State.CALLING_DESTINATION, 7).id: LiveCall("carrier", 9, 0),
        running(ports, 3, State.CALLING_CUSTOMER, 3).id: LiveCall("cheap", 0),
    }
    health = {
        "resting": TrunkHealth(5, "503 Service Unavailable", now + 40 * SECOND),
        "silent-carrier-in-a-distant-country": TrunkHealth(answers=False),
        "cheap": TrunkHealth(answers=True),
        "registrar": TrunkHealth(registration=403),
    }
    beat = Beat("w1", now - 2 * SECOND, now + HEARTBEAT, 20, calls, health, waited_ms=1234)
    ports.workers.beat(beat)
    registered = {**health, "registrar": TrunkHealth(registration=200)}
    ports.workers.beat(replace(beat, worker="w2", calls={}, trunks=registered, waited_ms=0))


def _beat_bridges(ports: Ports) -> None:
    now = ports.clock.now()
    for bridge in ("attic", "cellar"):
        ports.bridges.add(Bridge(bridge, "hash", now))
    modems = (Modem("huawei", "ready", signal_percent=61),)
    ports.bridges.beat("attic", BridgeBeat(now - 4 * SECOND, modems, outbox=2))


def _count_a_day(ports: Ports, earlier: int) -> None:
    now = ports.clock.now()
    for back in range(0, 24 * 60, 7):
        attempts = earlier + (back * 37 % 11)
        answers = attempts * 2 // 3
        tally = Tally(
            attempts,
            answers,
            answers * 130,
            attempts,
            attempts * 900,
            {"EUR": answers * 50_000},
            {"EUR": answers * 31_000},
        )
        at = minute_of(now) - timedelta(minutes=back)
        destinations = {"GB": tally, "US": replace(tally, answers=0, revenue={}), "": tally}
        trunks = {"carrier": tally, "cheap": replace(tally, cost={})}
        counts = Counts(tally, trunks, destinations)
        ports.minutes.save(Minute("w1", at, counts))


def _dial_in(ports: Ports) -> None:
    """Two dialers are signed in, and an app that is none."""
    agents = ("CallbackDialer/1.4.2 (Windows 11)", "CallbackDialer", "curl/8.5.0")
    for number, agent in enumerate(agents):
        begun_at = ports.clock.now() - number * 20 * MINUTE - 5 * SECOND
        ends_at, address = begun_at + 60 * MINUTE, f"192.0.2.{number + 1}"
        visit = Visit(f"dialer-{number}", begun_at, ends_at, agent, address, VisitKind.APP)
        begin_visit(ports, Profile("alice", "Alice", "EUR", "retail"), visit)
