"""A system with something on every page about its doors and its processes."""

from dataclasses import replace
from datetime import timedelta

from switchboard.calls.bridge import Bridge, BridgeBeat, Modem
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.planned import Planned
from switchboard.ports import Ports
from switchboard.staff.system_log import Severity, SystemEntry
from switchboard.texts.provider import SmsProvider
from tests.fakes.widgets import a_widget
from tests.fakes.world import ALICE, BOB, a_callback

DEAD = f"{77:032x}"
WATCHED = f"{78:032x}"
PLAN = Trigger("console", "jane#plan")
FAULT = """Traceback (most recent call last):
  File "workers/host.py", line 148, in _serve
    await self._serve_once(message)
  File "switchboard/aws/callbacks.py", line 71, in find
UnreadableRecord: a record is there, and is none that we can read"""


def furnish_doors(ports: Ports) -> None:
    """Bridges, a provider, widgets, dead orders, a callback that runs and one that is planned, and
    what processes told."""
    now = ports.clock.now()
    modems = (
        Modem("ttyUSB0", "ready", "+442079460123", 71),
        Modem("a phone in the drawer beside the window", "no_network", None, 3),
    )
    beat = BridgeBeat(now - timedelta(seconds=20), modems, 2)
    for name in ("attic", "cellar-behind-the-second-door-on-the-left"):
        ports.bridges.add(Bridge(name, "hash", now - timedelta(days=3)))
    ports.bridges.beat("attic", beat)
    ports.sms_providers.save(
        SmsProvider("acme", "a long enough secret", networks=("203.0.113.0/24",))
    )
    ports.widgets.add(a_widget())
    ports.widgets.add(a_widget(id="sales", enabled=False, asks_code=True))
    ports.schedule.put(Planned("alice", ALICE, BOB, PLAN, now + timedelta(hours=5), now))
    for callback in (DEAD, WATCHED):
        ports.callbacks.place(_waiting(ports, callback))
    ports.dead_orders.died(DEAD, now)
    ports.dead_orders.died("an order of nobody", now - timedelta(hours=2))
    ports.system_log.keep(list(_lines(ports)))


def _waiting(ports: Ports, callback: str) -> Callback:
    now = ports.clock.now()
    return replace(
        a_callback(), id=callback, requested_at=now, expires_at=now + timedelta(minutes=1)
    )


def _lines(ports: Ports) -> list[SystemEntry]:
    now = ports.clock.now()
    came = SystemEntry("1", now, Severity.INFO, "worker", "7f3a-12", "worker 7f3a uses SIP port 5")
    return [
        came,
        replace(
            came,
            id="2",
            at=now - timedelta(minutes=2),
            severity=Severity.WARNING,
            part="trunks",
            text="trunk carrier rests for 10 s: carrier_failed 503",
            facts={"trunk": "carrier", "worker": "7f3a"},
        ),
        replace(
            came,
            id="3",
            at=now - timedelta(minutes=9),
            severity=Severity.ERROR,
            text=f"callback {DEAD} failed",
            fault=FAULT,
            facts={"callback": DEAD, "logger": "workers.host"},
            times=5,
            last_at=now,
        ),
        replace(
            came,
            id="4",
            at=now - timedelta(hours=1),
            severity=Severity.WARNING,
            part="webhooks",
            process="api-811",
            text="/webhooks/twilio/sms is refused: the signature is missing or wrong",
            facts={"address": "2001:db8:85a3:8d3:1319:8a2e:370:7348"},
            times=812,
            last_at=now,
        ),
    ]
