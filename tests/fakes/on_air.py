"""A moment of a busy system: workers, trunks, callbacks in several states, a day of counts."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.beat import Beat, LiveCall, TrunkHealth
from switchboard.calls.callback import Callback, State
from switchboard.calls.minutes import Counts, Minute, Tally, minute_of
from switchboard.calls.trunk import Trunk
from switchboard.ports import Ports
from tests.fakes.world import BOB, CAROL, a_callback

SECOND = timedelta(seconds=1)
HEARTBEAT = 10 * SECOND


def running(ports: Ports, number: int, state: State, seconds: int) -> Callback:
    """A callback that worker w1 brought into this state so long ago."""
    now = ports.clock.now()
    callback = a_callback(
        id=f"{number:032x}",
        destination=CAROL if number % 2 else BOB,
        requested_at=now - (seconds + 5) * SECOND,
        state=state,
        reached={State.QUEUED: now - (seconds + 5) * SECOND, state: now - seconds * SECOND},
        worker="w1",
    )
    ports.callbacks.place(callback)
    return callback


def go_on_air(ports: Ports, *, earlier: int = 0) -> None:
    """Three callbacks run now; so many more ended each minute of the last day."""
    now = ports.clock.now()
    for trunk in ("cheap", "resting", "silent-carrier-in-a-distant-country"):
        ports.trunks.save(Trunk(trunk, "127.0.0.1", 5070, keep_alive=30 * SECOND))
    calls = {
        running(ports, 1, State.CONNECTED, 83).id: LiveCall("carrier", 90, 83, "cheap"),
        running(ports, 2, State.CALLING_DESTINATION, 7).id: LiveCall("carrier", 9, 0),
        running(ports, 3, State.CALLING_CUSTOMER, 3).id: LiveCall("cheap", 0),
    }
    health = {
        "resting": TrunkHealth(5, "503 Service Unavailable", now + 40 * SECOND),
        "silent-carrier-in-a-distant-country": TrunkHealth(answers=False),
        "cheap": TrunkHealth(answers=True),
    }
    beat = Beat("w1", now - 2 * SECOND, now + HEARTBEAT, 20, calls, health, waited_ms=1234)
    ports.workers.beat(beat)
    ports.workers.beat(replace(beat, worker="w2", calls={}, waited_ms=0))
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
        counts = Counts(tally, {"carrier": tally, "cheap": replace(tally, cost={})})
        ports.minutes.save(Minute("w1", at, counts))
