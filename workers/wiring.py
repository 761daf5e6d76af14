"""A worker, put together by hand."""

import json
import logging
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from functools import partial

from prometheus_client import REGISTRY

from switchboard.aws import AwsSettings, callbacks_inbox, control_inbox, open_ports
from switchboard.aws.forms import BROKEN, from_json, to_text
from switchboard.desk.closing import Over
from switchboard.desk.rings import ring_service_number
from switchboard.desk.system_log import telling
from switchboard.ports import UnreadableRecord
from workers.admission import Admission
from workers.channels import Channels
from workers.chores import beside
from workers.doorbell import doorbell
from workers.host import Host, HostTerms
from workers.keep_alive import KeepAlive
from workers.lines import EnginePhone
from workers.metrics import Metrics
from workers.pace import Pace
from workers.pjsip import CannotStart, PjsipEngine
from workers.session import Desk
from workers.settings import Settings
from workers.spool import FileSpool, Form, NoSpool, Spool
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
    admission = Admission(ports.trunks.all)
    take = partial(ring_service_number, ports)
    keep_alive = KeepAlive(ports.trunks.all, phone, watch)
    try:
        with telling(ports.system_log, "worker", settings.worker):
            async with (
                beside(keep_alive.run),
                admission.kept(),
                doorbell(settings.doorbell, admission, ports.clock, take),
            ):
                admission.inform(engine.guard)
                yield Host(desk, terms, callbacks_inbox(aws), control, Metrics(REGISTRY))
    finally:
        spool.close()


@contextmanager
def supervisor_told(settings: Settings, env: Mapping[str, str]) -> Iterator[None]:
    """Has the system log hear of what a supervisor logs."""
    ports = open_ports(AwsSettings.from_env(env))
    with telling(ports.system_log, "supervisor", settings.worker):
        yield


def _spool(settings: Settings) -> Spool:
    if settings.spool is None:
        return NoSpool()
    return FileSpool(settings.spool, settings.worker, spool_form())


def spool_form() -> Form:
    """How the ends of callbacks are written down."""
    return Form(write=to_text, read=_read_over)


def _read_over(text: str) -> Over:
    try:
        loaded = json.loads(text)
        # At first there was the CDR alone.
        return from_json(loaded if "cdr" in loaded else {"cdr": loaded}, Over)
    except BROKEN as error:
        raise UnreadableRecord(str(error)) from error


def _terms(wanted: HostTerms, max_calls: int) -> HostTerms:
    """Those that are wanted, with no more callbacks than the engine has room for."""
    capacity = min(wanted.capacity, max_calls // LEGS_A_CALLBACK)
    if not capacity:
        raise CannotStart(f"the engine has room for {max_calls} calls, which is no callback")
    logger.info("carries %s callbacks at once: the engine allows %s calls", capacity, max_calls)
    return replace(wanted, capacity=capacity)
