"""The doors by which a callback begins: what stands behind each is the product's own."""

import asyncio
import os
from uuid import uuid4

from chalicelib.wiring import Wiring
from switchboard.desk.bridges import add_bridge
from switchboard.numbering import PhoneNumber
from switchboard.wire import instant
from tests.fakes.api import SETTINGS, Api
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts
from tests.integration.far_end import HOST, SCENARIOS
from tests.integration.ringer import ring
from tests.integration.stage import Cast, Stage


async def by_order(stage: Stage, cast: Cast, _caller: PhoneNumber | None) -> None:
    """Alice has ordered a callback to her friend."""
    await asyncio.to_thread(stage.system.order, cast.alice, cast.alice.friend)


async def by_sip(stage: Stage, cast: Cast, caller: PhoneNumber | None) -> object:
    """An INVITE at a worker."""
    answer, _, _ = await ring(cast.service, stage.doorbell, caller)
    assert answer is not None
    return answer.status, answer.reason


async def by_twilio(stage: Stage, cast: Cast, caller: PhoneNumber | None) -> object:
    """Twilio's webhook for a voice call, signed."""
    fields = {
        "CallSid": f"CA{uuid4().hex}",
        "From": "anonymous" if caller is None else str(caller),
        "To": str(cast.service),
    }
    answer = await asyncio.to_thread(lambda: _api(stage).hook("/webhooks/twilio/voice", fields))
    return answer.status_code, answer.body


async def by_bridge(stage: Stage, cast: Cast, caller: PhoneNumber | None) -> object:
    """A ring that a phone bridge saw and forwards."""
    ports = stage.system.ports
    seen = {
        "id": uuid4().hex,
        "from": None if caller is None else str(caller),
        "to": str(cast.service),
        "rang_at": instant(ports.clock.now()),
    }

    def forward():
        token = add_bridge(ports, f"attic-{uuid4().hex[:8]}", uuid4().hex)
        return _api(stage).send("/bridge/v1/rings", seen, authorization=f"Bearer {token}")

    answer = await asyncio.to_thread(forward)
    return answer.status_code, answer.body


async def by_sipp(stage: Stage, cast: Cast, caller: PhoneNumber | None) -> object:
    """An INVITE of sipp at a worker; it expects the line to be busy."""
    process = await asyncio.create_subprocess_exec(
        *("sipp", f"{HOST}:{stage.doorbell}", "-i", HOST, "-m", "1", "-nostdin", "-timeout", "10"),
        *("-sf", SCENARIOS / "rings_a_service_number.xml", "-s", str(cast.service)),
        *("-key", "caller", str(caller or "anonymous")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**os.environ, "TERM": "dumb"},
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode(errors="replace")


def _api(stage: Stage) -> Api:
    return Api(Wiring(SETTINGS, stage.system.ports, PlainPasswords(), MemoryTexts()))
