"""The fleet: worker processes under a supervisor, to be killed and paused by their slots."""

import asyncio
import os
import random
import signal
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from ringback.local.child import Child, free_port
from switchboard.calls.beat import Beat
from tests.integration.system import HOST, System

# Two with the stock engine, whatever is asked.
CALLBACKS_A_PROCESS = 4
SIP_PORTS = range(20_000, 29_000, 10)
START_LIMIT_S = 60
POLL_S = 0.1
SETTINGS = {
    "RINGBACK_WORKER_CALLBACKS": str(CALLBACKS_A_PROCESS),
    "RINGBACK_BEAT_S": "1",
    "RINGBACK_DRAIN_S": "1",
    "RINGBACK_QUANTUM_S": "5",
    "RINGBACK_MARGIN_S": "1",
    "RINGBACK_RING_LIMIT_S": "2",
}


@asynccontextmanager
async def fleet_of(system: System, processes: int) -> AsyncIterator["Fleet"]:
    """A fleet that runs while the block does."""
    fleet = Fleet(system, processes)
    try:
        await fleet.start()
        yield fleet
    finally:
        await fleet.stop()


class Fleet:
    """Processes that keep their SIP ports when they are started again."""

    def __init__(self, system: System, processes: int) -> None:
        self._processes = processes
        self._system = system
        self._status_port = free_port()
        self._sip_port = _free_sip_ports(processes)
        self._child = Child(
            "workers",
            ["-m", "workers", "--processes", str(processes)],
            {
                **system.env,
                "RINGBACK_SIP_PORT": str(self._sip_port),
                "RINGBACK_STATUS_PORT": str(self._status_port),
            },
            system.log,
        )
        self._paused: dict[int, tuple[int, asyncio.TimerHandle]] = {}

    async def start(self) -> None:
        """Return when every process has told that it lives."""
        before = {beat.worker for beat in self._beats()}
        self._child.start()
        async with asyncio.timeout(START_LIMIT_S):
            while len({beat.worker for beat in self._beats()} - before) < self._processes:
                self._child.check()
                await asyncio.sleep(POLL_S)

    async def stop(self) -> None:
        """Let them leave; return when they have."""
        for process in list(self._paused):
            self._resume(process)
        await asyncio.to_thread(self._child.stop)

    def sip_port(self, slot: int) -> int:
        """Where the process in this slot calls from, whichever it is."""
        return self._sip_port + slot

    async def kill(self, slot: int) -> bool:
        """With -9; whether there was a process."""
        pid = (await self._pids()).get(slot)
        if pid is not None:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return pid is not None

    async def pause(self, slot: int, span_s: float) -> bool:
        """Have the process in this slot stand still, from now on and for so long; whether there
        was one."""
        pid = (await self._pids()).get(slot)
        try:
            process = None if pid is None else os.pidfd_open(pid)
        except ProcessLookupError:
            process = None
        if pid is None or process is None:
            return False
        _tell(process, signal.SIGSTOP)
        later = asyncio.get_running_loop().call_later(span_s, self._resume, process)
        self._paused[process] = pid, later
        return True

    def _resume(self, process: int) -> None:
        """Let it go on, unless it was paused once more."""
        pid, later = self._paused.pop(process)
        later.cancel()
        if all(pid != other for other, _ in self._paused.values()):
            _tell(process, signal.SIGCONT)
        os.close(process)

    async def slot_at(self, tcp_port: int) -> int | None:
        """Whose connection has this port at its end; None where it is nobody's of these."""
        sockets = set(_sockets_at(tcp_port))
        for slot, pid in (await self._pids()).items():
            if sockets & _sockets_of(pid):
                return slot
        return None

    async def _pids(self) -> dict[int, int]:
        """The processes that run, by their slots."""
        try:
            async with httpx.AsyncClient() as client:
                told = await client.get(f"http://{HOST}:{self._status_port}/healthz")
        except httpx.TransportError:
            return {}
        processes = told.json()["processes"]
        return {one["process"]: one["pid"] for one in processes if one["pid"] is not None}

    def capacity(self) -> int:
        """How many callbacks fit into them at once, by their heartbeats."""
        return sum(beat.capacity for beat in self._beats())

    def _beats(self) -> Sequence[Beat]:
        return self._system.ports.workers.all()


def _tell(process: int, number: signal.Signals) -> None:
    # One that has ended meanwhile is told nothing.
    with suppress(ProcessLookupError):
        signal.pidfd_send_signal(process, number)


def _sockets_at(tcp_port: int) -> Iterator[str]:
    """What the files of a process that has a connection with this port point to (proc(5))."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if int(columns[1].partition(":")[2], 16) == tcp_port:
            yield f"socket:[{columns[9]}]"


def _sockets_of(pid: int) -> set[str]:
    found = set()
    # It may end, and close files, meanwhile.
    with suppress(OSError):
        for file in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.add(str(file.readlink()))
    return found


def _free_sip_ports(count: int) -> int:
    """The first of so many UDP ports in a row that nobody uses; two that look at once seldom find
    the same."""
    while True:
        first = random.choice(SIP_PORTS)
        if all(_is_free(port) for port in range(first, first + count)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket(type=socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True
