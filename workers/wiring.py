"""A worker, put together by hand."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta

from switchboard.aws import AwsSettings, callbacks_inbox, control_inbox, open_ports
from switchboard.calls.trunk import Trunk
from switchboard.ports import Trunks
from workers.host import Host
from workers.lines import EnginePhone
from workers.pjsip import PjsipEngine
from workers.session import Desk
from workers.settings import Settings
from workers.voices import load_voices

TRUNKS_KEPT = timedelta(seconds=10)


async def work(settings: Settings, engine: PjsipEngine, env: Mapping[str, str]) -> None:
    """Take callbacks until cancelled. UnusablePrompt, before the first, where the operator's own
    prompts cannot be played."""
    aws = AwsSettings.from_env(env)
    ports = open_ports(aws)
    phone = EnginePhone(engine, ports.clock, load_voices(settings.prompts))
    desk = Desk(ports, phone, settings.worker, settings.purse, first_trunk(ports.trunks))
    control = control_inbox(aws, settings.worker)
    control.create()
    try:
        await Host(desk, settings.host, callbacks_inbox(aws), control).run()
    finally:
        control.remove()


def first_trunk(trunks: Trunks) -> Callable[[], Trunk | None]:
    """Gives the trunk of first choice, None where there is none; asked again after a while."""
    kept: list[Trunk] = []
    asked = -TRUNKS_KEPT.total_seconds()

    def first() -> Trunk | None:
        nonlocal asked
        if not kept or time.monotonic() - asked >= TRUNKS_KEPT.total_seconds():
            kept[:] = trunks.all()
            asked = time.monotonic()
        return kept[0] if kept else None

    return first
