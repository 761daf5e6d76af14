"""The parts started in order, watched, and stopped in the reverse order."""

import os
import socket
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from ringback.embedded.process import EmbeddedAws, start_embedded_aws
from ringback.local.child import Child, free_port, listens
from ringback.local.state import StateDirectory
from ringback.wiring import make_tables, ports_of
from switchboard.calls.trunk import Trunk
from switchboard.ports import Ports

ROOT = Path(__file__).parents[2]
FIRST_RTP_PORT = 30_000
RTP_PORTS_A_WORKER = 1_000
SIMULATED = "simulated"


@dataclass(frozen=True, slots=True)
class SystemOptions:
    """What to start. Without `carrier_port` there is a simulated carrier among the parts, else
    legs go to whatever listens there. With `log` off nothing is kept, nor written to a disk."""

    state: Path
    api_port: int | None = None
    workers: int = 1
    carrier_port: int | None = None
    log: bool = True


class LocalSystem:
    """Runs while its `with` block does. Secrets, accounts and calls stay in the state directory."""

    def __init__(self, options: SystemOptions) -> None:
        self.url = f"http://127.0.0.1:{options.api_port or free_port()}"
        self.children: list[Child] = []
        self._options = options
        self._state = StateDirectory(options.state)
        self._running = ExitStack()
        self._ports: Ports | None = None
        self._earlier_workers: set[str] = set()
        self.env: dict[str, str] = {}

    @property
    def ports(self) -> Ports:
        """The system's ports, once it is up."""
        assert self._ports is not None, "the system is entered before it is used"
        return self._ports

    def __enter__(self) -> Self:
        """Start everything and wait until it works. PartFailed, or EmbeddedAwsFailed."""
        self._state.make()
        with ExitStack() as starting:
            aws = starting.enter_context(
                start_embedded_aws(self._options.state, log=self._options.log)
            )
            self._configure(aws)
            self._ports = ports_of(self.env)
            self._earlier_workers = {beat.worker for beat in self._ports.workers.all()}
            for child in self._plan():
                child.start()
                starting.callback(child.stop)
                self.children.append(child)
            for child in self.children:
                child.wait_ready()
            self._running = starting.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._running.close()

    def restart_ended(self) -> list[Child]:
        """Start again what ended by itself; gives those parts."""
        ended = [child for child in self.children if not child.runs]
        for child in ended:
            child.start()
        return ended

    def _configure(self, aws: EmbeddedAws) -> None:
        known = self._state.keep_secrets()
        env = {**aws.environment, **known, "RINGBACK_PUBLIC_URL": self.url}
        self._state.write_env(env)
        self.env = {**os.environ, **env}
        make_tables(self.env)

    def _plan(self) -> list[Child]:
        """The parts behind the embedded AWS; workers come last, so that they stop first."""
        carrier_port = self._options.carrier_port
        parts = []
        if carrier_port is None:
            carrier_port = free_port(socket.SOCK_DGRAM)
            command = ["-m", "ringback.carrier", "--port", str(carrier_port)]
            parts.append(self._part("carrier", command, {}))
        self.ports.trunks.save(Trunk(SIMULATED, "127.0.0.1", carrier_port))
        api_port = int(self.url.rpartition(":")[2])
        api = [str(ROOT / "api" / "local.py"), "--port", str(api_port)]
        parts.append(self._part("api", api, {}, port=api_port))
        for number in range(self._options.workers):
            rtp = str(FIRST_RTP_PORT + number * RTP_PORTS_A_WORKER)
            env = {"RINGBACK_RTP_PORT": rtp}
            parts.append(self._part(f"worker-{number + 1}", ["-m", "workers"], env))
        return parts

    def _part(
        self, name: str, command: list[str], env: dict[str, str], *, port: int | None = None
    ) -> Child:
        ready = self._all_workers_beat if name.startswith("worker") else lambda: True
        if port is not None:
            ready = lambda: listens(port)  # noqa: E731
        return Child(
            name=name,
            command=command,
            env={**self.env, "PYTHONPATH": str(ROOT), **env},
            log=self._state.logs / f"{name}.log",
            is_ready=ready,
        )

    def _all_workers_beat(self) -> bool:
        names = {beat.worker for beat in self.ports.workers.all()}
        return len(names - self._earlier_workers) >= self._options.workers
