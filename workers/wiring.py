"""A worker, put together by hand."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from prometheus_client import REGISTRY

from switchboard.aws import AwsSettings, callbacks_inbox, control_inbox, open_ports
from switchboard.aws.forms import from_text, to_text
from switchboard.calls.cdr import Cdr
from switchboard.desk.rings import ring_service_number
from workers.admission import Admission
from workers.channels import Channels
from workers.doorbell import doorbell
from workers.host import Host, HostTerms
from workers.keep_alive import KeepAlive
from workers.lines import EnginePhone
from workers.metrics import Metrics
from workers.pace import Pace
from workers.pjsip import CannotStart, PjsipEngine
from workers.session import Desk
from workers.settings import Settings
from workers.spool import CdrForm, FileSpool, NoSpool, Spool
from workers.trunk_watch import TrunkWatch
from workers.voices import load_voices

LEGS_A_CALLBACK = 2

logger = logging.getLogger(__name__)


@asynccontextmanager
async def open_worker(
    settings: Settings, engine: PjsipEngine, env: Mapping[str, str]
) -> AsyncIterator[Host]:
    """What takes callbacks, with its control queue and its doorbell. UnusablePrompt, where the
    operator's own prompts cannot be played; CannotStart, where the engine has no room for one."""
    terms = _terms(settings.host, engine.max_calls)
    aws = AwsSettings.from_env(env)
    ports = open_ports(aws)
    phone = EnginePhone(engine, ports.clock, load_voices(settings.prompts))
    channels = Channels(ports.workers, ports.clock, settings.worker)
    spool = _spool(settings)
    watch = TrunkWatch(ports.clock)
    pace = Pace(channels, ports.throttle, ports.clock)
    desk = Desk(
        *(ports, phone, settings.worker, settings.purse, channels, watch, pace),
        pins=settings.pins,
        spool=spool,
        asking=settings.asking,
    )
    control = control_inbox(aws, settings.worker)
    control.create()
    admission = Admission(ports.trunks.all)
    take = partial(ring_service_number, ports)
    asking = asyncio.create_task(KeepAlive(ports.trunks.all, phone, watch).run())
    try:
        async with admission.kept(), doorbell(settings.doorbell, admission, ports.clock, take):
            admission.inform(engine.guard)
            yield Host(desk, terms, callbacks_inbox(aws), control, Metrics(REGISTRY))
    finally:
        asking.cancel()
        control.remove()
        spool.close()


def _spool(settings: Settings) -> Spool:
    if settings.spool is None:
        return NoSpool()
    form = CdrForm(write=to_text, read=partial(from_text, kind=Cdr))
    return FileSpool(settings.spool, settings.worker, form)


def _terms(wanted: HostTerms, max_calls: int) -> HostTerms:
    """Those that are wanted, with no more callbacks than the engine has room for."""
    capacity = min(wanted.capacity, max_calls // LEGS_A_CALLBACK)
    if not capacity:
        raise CannotStart(f"the engine has room for {max_calls} calls, which is no callback")
    logger.info("carries %s callbacks at once: the engine allows %s calls", capacity, max_calls)
    return replace(wanted, capacity=capacity)
