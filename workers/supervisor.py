"""The supervisor: so many worker processes on one machine, started again where they die."""

import asyncio
import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import multiprocess

from workers.settings import BadSetting, Settings

logger = logging.getLogger(__name__)

METRICS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
WORKER = (sys.executable, "-m", "workers")
LAST_PORT = 65_535
# A process that has lived so long had started well.
STEADY_AFTER_S = 10.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
# What a process may take to hang up and to settle after its time to drain.
GOODBYE_LIMIT_S = 20.0
# With this a worker says that its settings are wrong, and they would be again.
BAD_SETTINGS = 2


@dataclass(slots=True)
class Slot:
    """The place of one process, which keeps its ports when it is started again."""

    number: int
    env: Mapping[str, str]
    process: asyncio.subprocess.Process | None = None
    restarts: int = 0

    @property
    def pid(self) -> int | None:
        """Its process, while that runs."""
        running = self.process is not None and self.process.returncode is None
        return self.process.pid if self.process is not None and running else None


class Supervisor:
    """Runs until it is told to leave and its processes have left. They count into files of the
    folder, which whoever reads them sums up."""

    def __init__(
        self, settings: Settings, env: Mapping[str, str], processes: int, metrics: Path
    ) -> None:
        """BadSetting where there are not enough ports for so many."""
        self.slots = [
            Slot(number, {**env, **ports, METRICS_FOLDER: str(metrics)})
            for number, ports in enumerate(ports_of(settings, processes))
        ]
        self._metrics = metrics
        self._patience_s = settings.host.drain_limit.total_seconds() + GOODBYE_LIMIT_S
        self._leaving = asyncio.Event()
        self._status = 0

    @property
    def is_leaving(self) -> bool:
        """Whether it has been told to leave."""
        return self._leaving.is_set()

    def leave(self) -> None:
        """Tell the processes to leave. Told again, they cut their calls short; what does not leave
        in time is killed."""
        if self.is_leaving:
            self._signal(signal.SIGINT)
            return
        asyncio.get_running_loop().call_later(self._patience_s, self._signal, signal.SIGKILL)
        self._leaving.set()
        self._signal(signal.SIGTERM)

    async def run(self) -> int:
        """The exit status: 2 where the processes would not have their settings."""
        async with asyncio.TaskGroup() as group:
            for slot in self.slots:
                group.create_task(self._keep_running(slot))
        return self._status

    async def _keep_running(self, slot: Slot) -> None:
        loop, pause_s = asyncio.get_running_loop(), FIRST_PAUSE_S
        while not self._leaving.is_set():
            began_s = loop.time()
            status = await self._run_once(slot)
            if self._leaving.is_set():
                return
            if status == BAD_SETTINGS:
                self._status = status
                self.leave()
                return
            slot.restarts += 1
            steady = loop.time() - began_s > STEADY_AFTER_S
            pause_s = FIRST_PAUSE_S if steady else min(2 * pause_s, LONGEST_PAUSE_S)
            logger.error("process %s ended by %s; again in %s s", slot.number, status, pause_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._leaving.wait()

    async def _run_once(self, slot: Slot) -> int | str:
        """Its exit status, or why it could not be started."""
        command = (*WORKER, "--supervised", str(os.getpid()), str(slot.number))
        try:
            slot.process = await asyncio.create_subprocess_exec(
                # What a terminal tells all of its processes is for the supervisor, which passes it
                # on once.
                *command,
                env=slot.env,
                start_new_session=True,
            )
        except OSError as error:
            return error.strerror or str(error)
        if self._leaving.is_set():
            slot.process.terminate()
        status = await slot.process.wait()
        multiprocess.mark_process_dead(slot.number, str(self._metrics))  # type: ignore[no-untyped-call]  # it has no types
        return status

    def _signal(self, number: signal.Signals) -> None:
        for slot in self.slots:
            if slot.process is not None:
                # One that has ended meanwhile needs none.
                with suppress(ProcessLookupError):
                    slot.process.send_signal(number)


def ports_of(settings: Settings, processes: int) -> Iterator[dict[str, str]]:
    """The settings by which processes of one machine do not take each other's ports, nor that on
    which they hear rings. BadSetting where there are not so many."""
    sip, rings = settings.sip, settings.doorbell
    of_sip = range(sip.sip_port, sip.sip_port + processes) if sip.sip_port else range(0)
    of_rtp = range(sip.rtp_port, sip.rtp_port + processes * sip.rtp_ports)
    if max(of_rtp[-1], *of_sip, 0) > LAST_PORT:
        raise BadSetting(
            f"there are no ports for process {processes}: of {settings.host.capacity} callbacks"
            f" each takes {sip.rtp_ports} from RINGBACK_RTP_PORT ({sip.rtp_port}) on"
        )
    others = [*of_sip, *(() if rings is None else (rings.port,))]
    taken = [port for port in others if others.count(port) > 1 or port in of_rtp]
    if taken:
        raise BadSetting(
            f"port {taken[0]} would be taken twice: SIP has {_told(of_sip)}, RTP {_told(of_rtp)},"
            f" and RINGBACK_RINGS_PORT is {rings.port if rings else 'not set'}"
        )
    for number in range(processes):
        yield {
            "RINGBACK_RTP_PORT": str(of_rtp[number * sip.rtp_ports]),
            "RINGBACK_SIP_PORT": str(of_sip[number] if of_sip else 0),
        }


def _told(ports: range) -> str:
    return f"{ports[0]} to {ports[-1]}" if ports else "any"
