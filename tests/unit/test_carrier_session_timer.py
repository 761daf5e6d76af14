"""The session timer of a simulated phone: refreshed by who called, or the end (RFC 4028)."""

import asyncio

import pytest

from ringback.carrier.sip.timer import SessionTimer
from switchboard.sip.message import Request
from tests.fakes.loop import run_simulated

WANTS = (("Supported", "replaces, timer"), ("Session-Expires", "90;refresher=uac"))
GRANTED = (("Require", "timer"), ("Session-Expires", "90;refresher=uac"))


def invite(*headers) -> Request:
    return Request(method="INVITE", uri="sip:a@b", headers=headers, body=b"")


def expires_at(*events, wanted: bool = True) -> float | None:
    """When a timer expires that is asked for at second 0; each event happens at its second."""

    async def story() -> float | None:
        loop = asyncio.get_running_loop()
        expired = loop.create_future()
        timer = SessionTimer(lambda: expired.set_result(loop.time()), wanted=wanted)
        timer.granted(invite(*WANTS))
        for at_s, event in events:
            loop.call_at(at_s, event, timer)
        done, _ = await asyncio.wait([expired], timeout=1000)
        return expired.result() if done else None

    return run_simulated(story())


def refreshed(timer: SessionTimer) -> None:
    timer.granted(invite(*WANTS))


def test_a_session_that_nobody_refreshes_is_over_before_its_time():
    assert expires_at() == 60


def test_each_refresh_begins_anew_whoever_makes_it():
    assert expires_at((45, refreshed)) == 105
    assert expires_at((45, SessionTimer.refreshed)) == 105


def test_a_call_that_is_over_has_no_timer():
    assert expires_at((45, SessionTimer.stop), (46, SessionTimer.refreshed)) is None
    assert expires_at(wanted=False) is None


@pytest.mark.parametrize(
    ("headers", "granted"),
    [
        (WANTS, GRANTED),
        ((("Supported", "timer"), ("Session-Expires", "90")), GRANTED),
        (WANTS[:1], ()),
        (WANTS[1:], ()),
        ((WANTS[0], ("Session-Expires", "soon")), ()),
    ],
)
def test_a_timer_is_granted_to_who_asks_for_one(headers, granted):
    async def story():
        timer = SessionTimer(lambda: None, wanted=True)
        answer = timer.granted(invite(*headers))
        asked = timer.asked
        timer.stop()
        return answer, asked

    answer, asked = run_simulated(story())

    assert answer == granted
    assert asked == (
        (("Supported", "timer"), ("Session-Expires", "90;refresher=uas")) if granted else ()
    )
