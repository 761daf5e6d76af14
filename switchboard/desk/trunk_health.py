"""How trunks are: what the workers that live tell of them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from switchboard.calls.beat import Beat, TrunkHealth
from switchboard.calls.trunk import Trunk
from switchboard.desk.monitor import alive
from switchboard.ports import Ports

REGISTERED = 200


@dataclass(frozen=True, slots=True)
class FleetHealth:
    """How a trunk is, over all workers: `state` is one of disabled, no workers, silent, resting,
    failing, not registered and ok, the worst that some worker finds, and `found_by` so many of
    `workers`. `rests_until` is the latest; `why` is of a worker with the most failures in a row."""

    state: str
    workers: int
    found_by: int = 0
    rests_until: datetime | None = None
    why: str | None = None

    def __str__(self) -> str:
        if not self.found_by:
            return self.state
        part = "" if self.found_by == self.workers else f" at {self.found_by} of {self.workers}"
        until = f" until {self.rests_until:%H:%M:%S}" if self.rests_until else ""
        return f"{self.state}{part}{until}{f' ({self.why})' if self.why else ''}"


def trunk_health(ports: Ports, trunks: Iterable[Trunk]) -> Mapping[str, FleetHealth]:
    """How each of these trunks is by the last heartbeats."""
    return health_of(alive(ports), trunks, ports.clock.now())


def health_of(
    beats: Iterable[Beat], trunks: Iterable[Trunk], now: datetime
) -> Mapping[str, FleetHealth]:
    """How each of these trunks is by these heartbeats."""
    told = [beat.trunks for beat in beats]
    return {
        trunk.name: _health(trunk, [one.get(trunk.name, TrunkHealth()) for one in told], now)
        for trunk in trunks
    }


def _health(trunk: Trunk, told: list[TrunkHealth], now: datetime) -> FleetHealth:
    count = len(told)
    if not trunk.enabled:
        return FleetHealth("disabled", count)
    if not told:
        return FleetHealth("no workers", count)
    silent = [one for one in told if one.answers is False and trunk.keep_alive is not None]
    if silent:
        return FleetHealth("silent", count, len(silent))
    failing = [one for one in told if one.failures]
    if not failing:
        return _registration(trunk, told)
    why = max(failing, key=lambda one: one.failures).why
    resting = [one.rests_until for one in failing if one.rests_until and one.rests_until > now]
    if resting:
        return FleetHealth("resting", count, len(resting), max(resting), why)
    return FleetHealth("failing", count, len(failing), why=why)


def _registration(trunk: Trunk, told: list[TrunkHealth]) -> FleetHealth:
    refused = [one.registration for one in told if one.registration != REGISTERED]
    if not trunk.link.registers or not refused:
        return FleetHealth("ok", len(told))
    code = next(filter(None, refused), None)
    why = None if code is None else str(code)
    return FleetHealth("not registered", len(told), len(refused), why=why)
