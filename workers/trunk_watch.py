"""What a worker knows of its trunks: which of them fail, and are left alone for a while."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from switchboard.calls.beat import Beat, TrunkHealth
from switchboard.calls.trunk import Trunk
from switchboard.clock import Clock
from switchboard.logs import NOTABLE

FIRST_REST_S = 10.0
LONGEST_REST_S = 600.0
# A datagram is lost now and then; two in a row hardly are.
SILENT_AFTER = 2
REGISTERED = 200

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Record:
    """`health` without the instant, which `rests_until` has by the loop's clock. Where it is only
    `heard` from another worker, that one tells of it."""

    health: TrunkHealth = field(default_factory=TrunkHealth)
    rest_s: float = 0.0
    rests_until: float | None = None
    on_trial: bool = False
    silences: int = 0
    heard: bool = False


class TrunkWatch:
    """A trunk whose calls failed so often in a row at one worker as it allows rests at all of them,
    for twice as long each time; then one call of each worker tries it, and the others wait for what
    becomes of that. One that is asked for its options rests while it does not answer.

    `news` is called when a rest begins that the other workers are to hear of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._records: dict[str, _Record] = {}
        self.news: Callable[[], None] = lambda: None

    def hear(self, others: Iterable[Beat]) -> None:
        """What other workers tell: where a trunk rests for longer than here, it does so here."""
        now = self._clock.now()
        for beat in others:
            for name, health in beat.trunks.items():
                if health.rests_until is not None and health.rests_until > now:
                    left_s = (health.rests_until - now).total_seconds()
                    self._rest_as_heard(name, health, min(left_s, LONGEST_REST_S))

    def _rest_as_heard(self, name: str, health: TrunkHealth, left_s: float) -> None:
        record = self._records.setdefault(name, _Record())
        until = _now() + left_s
        if record.rests_until is None or until > record.rests_until:
            record.health = replace(record.health, failures=health.failures, why=health.why)
            record.rest_s, record.rests_until = max(record.rest_s, left_s), until
            record.on_trial, record.heard = False, True

    def rests(self, trunk: Trunk) -> bool:
        """Whether it is to get no call now."""
        record = self._records.get(trunk.name)
        if record is None:
            return False
        silent = trunk.keep_alive is not None and record.health.answers is False
        rests = record.rests_until is not None and _now() < record.rests_until
        return silent or (rests and trunk.rests_after > 0)

    def begin(self, trunk: Trunk) -> None:
        """A call goes over it. Where that is a trial, it rests until the trial is over."""
        record = self._records.get(trunk.name)
        if record is not None and record.rests_until is not None and not self.rests(trunk):
            record.on_trial = True
            record.rests_until = _now() + record.rest_s

    def worked(self, trunk: Trunk) -> None:
        """It rang, or told of the number."""
        record = self._records.get(trunk.name)
        if record is not None and record.health.failures:
            if record.rests_until is not None:
                _tell(trunk, "works again")
            health = replace(record.health, failures=0, why="")
            self._records[trunk.name] = _Record(health, silences=record.silences)

    def failed(self, trunk: Trunk, why: str) -> None:
        """A call over it failed, as another trunk's might not have."""
        record = self._records.setdefault(trunk.name, _Record())
        failures, record.heard = record.health.failures + 1, False
        record.health = replace(record.health, failures=failures, why=why)
        # Of the calls that were on their way when the rest began, none prolongs it.
        begun = record.rests_until is not None and _now() < record.rests_until
        if trunk.rests_after and failures >= trunk.rests_after and (record.on_trial or not begun):
            record.rest_s = min(2 * record.rest_s or FIRST_REST_S, LONGEST_REST_S)
            record.rests_until = _now() + record.rest_s
            record.on_trial = False
            _warn(trunk, f"rests for {record.rest_s:.0f} s: {why}")
            self.news()

    def registered(self, trunk: Trunk, code: int | None) -> None:
        """What the last registration there was answered with."""
        record = self._records.setdefault(trunk.name, _Record())
        if code != record.health.registration:
            if code == REGISTERED:
                _tell(trunk, "has us registered")
            elif code is not None:
                _warn(trunk, f"refuses to register us: {code}")
        record.health = replace(record.health, registration=code)

    def asked(self, trunk: Trunk, *, answers: bool) -> None:
        """It was asked for its options."""
        record = self._records.setdefault(trunk.name, _Record())
        record.silences = 0 if answers else record.silences + 1
        if answers or record.silences >= SILENT_AFTER:
            if record.health.answers is False and answers:
                _tell(trunk, "answers OPTIONS again")
            elif record.health.answers is not False and not answers:
                _warn(trunk, "does not answer OPTIONS")
            record.health = replace(record.health, answers=answers)

    @property
    def told(self) -> Mapping[str, TrunkHealth]:
        """What a heartbeat tells: only of trunks that something is known of."""
        told = {name: self._told(record) for name, record in self._records.items()}
        return {name: health for name, health in told.items() if health != TrunkHealth()}

    def _told(self, record: _Record) -> TrunkHealth:
        if record.heard:
            return replace(record.health, failures=0, why="")
        if record.rests_until is None:
            return record.health
        left = timedelta(seconds=max(0.0, record.rests_until - _now()))
        return replace(record.health, rests_until=self._clock.now() + left)


def _warn(trunk: Trunk, text: str) -> None:
    logger.warning("trunk %s %s", trunk.name, text, extra=_facts(trunk))


def _tell(trunk: Trunk, text: str) -> None:
    logger.info("trunk %s %s", trunk.name, text, extra={**_facts(trunk), **NOTABLE})


def _facts(trunk: Trunk) -> dict[str, str]:
    return {"part": "trunks", "trunk": trunk.name}


def _now() -> float:
    return asyncio.get_running_loop().time()
