"""From a ring on a service number to the first ring of the customer's phone, less the delay."""

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import uuid4

import httpx

from ringback.carrier.carrier import SimulatedCarrier
from ringback.carrier.script import BUSY, PhoneScript
from ringback.local.sample import SERVICE, SHEET, add_sample
from ringback.local.system import LocalSystem, SystemOptions
from ringback.local.webhook import signature
from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.numbering import PhoneNumber
from tests.bench.figures import shown
from tests.fakes.passwords import PlainPasswords
from tests.integration.ringer import ring
from tests.integration.system import free_port

RINGS = 20
DELAY = timedelta(seconds=1)
RINGS_ONCE = PhoneScript(ring_for=timedelta(seconds=0.05), verdict=BUSY)

# One a ring, and one more for each way: the same phone is not rung back that often.
PHONES = [PhoneNumber(f"+4420794603{number:02d}") for number in range(2 * (RINGS + 1))]

Ring = Callable[[PhoneNumber], Awaitable[object]]


def ring_rows() -> Iterator[str]:
    by_sip, by_webhook = asyncio.run(_measure())
    yield f"INVITE at a worker to the first ring back, less the delay: {shown(by_sip)}"
    yield f"voice webhook to the first ring back, less the delay: {shown(by_webhook)}"
    ratio = statistics.median(by_sip) / statistics.median(by_webhook)
    yield f"INVITE against voice webhook: x{ratio:.1f}"


async def _measure() -> tuple[list[float], list[float]]:
    port = free_port()
    os.environ["RINGBACK_RINGS_PORT"] = str(port)
    with tempfile.TemporaryDirectory() as state:
        async with SimulatedCarrier(default=RINGS_ONCE) as carrier:
            with LocalSystem(SystemOptions(Path(state), carrier_port=carrier.port)) as system:
                _open_accounts(system)
                [service] = system.ports.accounts.service_numbers()
                quick = replace(service, delay=DELAY, quiet=timedelta())
                system.ports.accounts.change_service_number(service, quick)
                by_sip = partial(ring, SERVICE, port)
                by_webhook = partial(asyncio.to_thread, _post_ring, system)
                taken = [
                    await _rung_back(carrier, phone, way)
                    for way, phones in ((by_sip, PHONES[::2]), (by_webhook, PHONES[1::2]))
                    for phone in phones
                ]
    # The first of each opens connections.
    return taken[1 : RINGS + 1], taken[RINGS + 2 :]


def _open_accounts(system: LocalSystem) -> None:
    add_sample(system.ports, PlainPasswords(), "x")
    for number, phone in enumerate(PHONES):
        profile = Profile(
            account=f"rings-{number}",
            name="A customer",
            currency="EUR",
            sheet=SHEET,
            country="GB",
            numbers=(phone,),
        )
        open_account(system.ports, profile, Terms(opening_micros=5_000_000))


async def _rung_back(carrier: SimulatedCarrier, phone: PhoneNumber, way: Ring) -> float:
    started = time.monotonic()
    ringing = asyncio.ensure_future(way(phone))
    call = await carrier.next_call(str(phone))
    rang = await call.wait_ringing()
    await ringing
    await call.wait_ended()
    return rang.monotonic - started - DELAY.total_seconds()


def _post_ring(system: LocalSystem, phone: PhoneNumber) -> None:
    """A ring as Twilio delivers it."""
    url = f"{system.url}/webhooks/twilio/voice"
    form = {
        "CallSid": f"CA{uuid4().hex}",
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": str(phone),
        "To": str(SERVICE),
    }
    token = system.env["TWILIO_AUTH_TOKEN"]
    headers = {"X-Twilio-Signature": signature(url, form, token)}
    httpx.post(url, data=form, headers=headers, timeout=20).raise_for_status()
