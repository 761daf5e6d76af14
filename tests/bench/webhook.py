"""From a text's arrival to the first INVITE on the wire, against one hop through the queue."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from ringback.carrier.carrier import SimulatedCarrier
from ringback.carrier.script import BUSY, PhoneScript
from ringback.local.sample import CUSTOMER, DESTINATION, SERVICE, add_sample
from ringback.local.system import LocalSystem, SystemOptions
from ringback.local.webhook import post_text
from switchboard.aws.opening import AwsSettings, control_inbox
from switchboard.calls.callback import Trigger
from tests.bench.figures import shown
from tests.fakes.passwords import PlainPasswords

CALLBACKS = 50
BUSY_AT_ONCE = PhoneScript(ring_for=timedelta(), verdict=BUSY)


def webhook_rows() -> Iterator[str]:
    to_invite, hop = asyncio.run(_measure())
    ratio = statistics.median(to_invite) / statistics.median(hop)
    yield f"webhook to first INVITE, {CALLBACKS} callbacks: {shown(to_invite)}"
    yield f"one message sent and received: {shown(hop)}: x{ratio:.1f}"


async def _measure() -> tuple[list[float], list[float]]:
    with tempfile.TemporaryDirectory() as state:
        async with SimulatedCarrier({str(CUSTOMER): BUSY_AT_ONCE}) as carrier:
            with LocalSystem(SystemOptions(Path(state), carrier_port=carrier.port)) as system:
                add_sample(system.ports, PlainPasswords(), "x")
                await _ring(system, carrier)  # the first one opens connections and reads the sheet
                to_invite = [await _ring(system, carrier) for _ in range(CALLBACKS)]
                hop = await asyncio.to_thread(_hops, system)
    return to_invite, hop


async def _ring(system: LocalSystem, carrier: SimulatedCarrier) -> float:
    message_id = f"SM{uuid4().hex}"
    started = time.monotonic()
    posting = asyncio.create_task(
        asyncio.to_thread(
            post_text,
            system.url,
            system.env["TWILIO_AUTH_TOKEN"],
            sender=str(CUSTOMER),
            service=str(SERVICE),
            text=DESTINATION.digits,
            message_id=message_id,
        )
    )
    call = await carrier.next_call(str(CUSTOMER))
    answer = await posting
    answer.raise_for_status()
    callback_id = Trigger("twilio-sms", message_id).callback_id
    while not _ended(system, callback_id):  # noqa: ASYNC110  no event crosses the processes
        await asyncio.sleep(0.01)
    return call.invited.monotonic - started


def _ended(system: LocalSystem, callback_id: str) -> bool:
    callback = system.ports.callbacks.find(callback_id)
    return callback is not None and callback.state.final


def _hops(system: LocalSystem) -> list[float]:
    queue = control_inbox(AwsSettings.from_env(system.env), "bench")
    queue.create()
    taken = []
    for _ in range(CALLBACKS):
        started = time.monotonic()
        queue.send("x")
        for message in queue.receive(most=1):
            taken.append(time.monotonic() - started)
            queue.delete(message)
    return taken
