"""A worker, put together by hand."""

from collections.abc import Mapping
from functools import partial

from switchboard.aws import AwsSettings, callbacks_inbox, control_inbox, open_ports
from switchboard.desk.rings import ring_service_number
from workers.admission import Admission
from workers.channels import Channels
from workers.doorbell import doorbell
from workers.host import Host
from workers.lines import EnginePhone
from workers.pjsip import PjsipEngine
from workers.session import Desk
from workers.settings import Settings
from workers.voices import load_voices


async def work(settings: Settings, engine: PjsipEngine, env: Mapping[str, str]) -> None:
    """Take callbacks until cancelled. UnusablePrompt, before the first, where the operator's own
    prompts cannot be played."""
    aws = AwsSettings.from_env(env)
    ports = open_ports(aws)
    phone = EnginePhone(engine, ports.clock, load_voices(settings.prompts))
    channels = Channels(ports.workers, ports.clock, settings.worker)
    desk = Desk(
        ports,
        phone,
        settings.worker,
        settings.purse,
        channels,
        pins=settings.pins,
        asking=settings.asking,
    )
    control = control_inbox(aws, settings.worker)
    control.create()
    admission = Admission(ports.trunks.all)
    take = partial(ring_service_number, ports)
    try:
        async with doorbell(settings.doorbell, admission, ports.clock, take):
            await Host(desk, settings.host, callbacks_inbox(aws), control).run()
    finally:
        control.remove()
