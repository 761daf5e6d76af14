"""`ringback report`: a worker counts its calls, and the command sums what workers counted."""

import asyncio

import pytest

from ringback.carrier import PhoneScript, Reject, Tone
from switchboard.numbering import region_of
from tests.integration.caller import in_real_time
from tests.integration.shell import Shell
from tests.integration.system import make_system, until
from tests.integration.test_callbacks_for_real import AT_ONCE, seconds

pytestmark = pytest.mark.integration

TALKS = PhoneScript(ring_for=seconds(0.2), sound=Tone(700))
HANGS_UP = PhoneScript(ring_for=AT_ONCE, sound=Tone(1200), hang_up_after=seconds(0.5))
NOBODY = PhoneScript(verdict=Reject(486))


@in_real_time
async def test_calls_are_counted_by_minute_and_by_trunk(aws, tmp_path):
    system = make_system(aws, tmp_path / "worker.log")
    talker, unlucky = system.customer(), system.customer()
    phones = {
        talker.phone: TALKS,
        talker.friend: HANGS_UP,
        unlucky.phone: TALKS,
        unlucky.friend: NOBODY,
    }
    shell = Shell(system.env, tmp_path)

    def counted():
        return [
            row for row in shell.json("report", "minutes", "--by", "trunk") if row["attempts"] == 4
        ]

    with system.worker():
        async with system.carrier(phones):
            for one in (talker, unlucky):
                callback = await asyncio.to_thread(system.order, one, one.friend)
                _, cdr = await system.ended(callback)
                assert cdr is not None
            [trunk] = await until(counted)
            live = await asyncio.to_thread(shell.json, "report", "live")
            shown = await asyncio.to_thread(shell.run, "report", "live")
    minutes = shell.json("report", "minutes", "--minutes", "10")
    [country] = shell.json("report", "minutes", "--by", "destination")
    region = region_of(talker.friend)

    assert (trunk["trunk"], trunk["answers"], trunk["asr"]) == ("carrier", 3, 75.0)
    assert (live["now"]["workers"], live["now"]["callbacks"]) == (1, 0)
    assert (live["now"]["orders_waiting"], live["now"]["dead_orders"]) == (0, 0)
    named = [(row["trunk"], row["destination"]) for row in live["lately"]]
    assert named == [(None, None), ("carrier", None), (None, region)]
    assert live["trunks"][0]["state"] == "ok"
    assert [row["callbacks"] for row in live["workers"]] == [0]
    assert (country["attempts"], country["answers"]) == (2, 1)
    assert (shown.returncode, "carrier" in shown.stdout) == (0, True)
    assert len(minutes) == 11
    assert sum(row["attempts"] for row in minutes) == 2
    assert sum(row["answers"] for row in minutes) == 1
    revenue = sum(float(row["revenue"].get("EUR", 0)) for row in minutes)
    assert revenue == pytest.approx(trunk["seconds"] / 100)
