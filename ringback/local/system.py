"""The parts started in order, watched, and stopped in the reverse order."""

import os
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from ringback.embedded.process import EmbeddedAws, start_embedded_aws
from ringback.local.child import Child, PartFailed, free_port, listens
from ringback.local.state import PUBLIC_URL, StateDirectory
from ringback.wiring import local_env, make_tables, ports_of
from switchboard.calls.trunk import Trunk
from switchboard.ports import Ports

ROOT = Path(__file__).parents[2]
FIRST_RTP_PORT = 30_000
RTP_PORTS_A_WORKER = 1_000
SIMULATED = "simulated"
FROM_OUTSIDE = (PUBLIC_URL, "TWILIO_AUTH_TOKEN")
START_LIMIT_S = 30
POLL_S = 0.02


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
        if listens(self._api_port):
            raise PartFailed(f"port {self._api_port} is taken: choose another with --port")
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
            self._wait_until_it_works()
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
        env = {**aws.environment, **self._state.keep_secrets(), PUBLIC_URL: self.url}
        # What reaches us from outside is the operator's to say.
        env |= {name: os.environ[name] for name in FROM_OUTSIDE if os.environ.get(name)}
        self._state.write_env(env)
        self.env = local_env(os.environ, env)
        make_tables(self.env)

    def _plan(self) -> list[Child]:
        """The parts behind the embedded AWS; workers come last, so that they stop first."""
        carrier_port = self._options.carrier_port
        parts = []
        if carrier_port is None:
            carrier_port = free_port(socket.SOCK_DGRAM)
            command = ["-m", "ringback.carrier", "--port", str(carrier_port)]
            parts.append(self._part("carrier", command))
        self.ports.trunks.save(self._simulated_trunk(carrier_port))
        api = [str(ROOT / "api" / "local.py"), "--port", str(self._api_port)]
        parts.append(self._part("api", api))
        parts.append(self._part("runner", [str(ROOT / "api" / "runner.py")]))
        for number in range(self._options.workers):
            rtp = str(FIRST_RTP_PORT + number * RTP_PORTS_A_WORKER)
            name = f"worker-{number + 1}"
            more = {
                "RINGBACK_RTP_PORT": rtp,
                "RINGBACK_DRAIN_S": "0",
                "RINGBACK_SPOOL": str(self._state.spool),
            }
            parts.append(self._part(name, ["-m", "workers"], **more))
        return parts

    def _simulated_trunk(self, port: int) -> Trunk:
        """The trunk to the simulated carrier, with all that was set for it before."""
        kept = {trunk.name: trunk for trunk in self.ports.trunks.all(fresh=True)}
        here = Trunk(SIMULATED, "127.0.0.1", port)
        return replace(kept.get(SIMULATED, here), host=here.host, port=here.port)

    def _part(self, name: str, command: list[str], **more_env: str) -> Child:
        return Child(
            name=name,
            command=command,
            env={**self.env, "PYTHONPATH": str(ROOT), **more_env},
            log=self._state.logs / f"{name}.log",
        )

    @property
    def _api_port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def _wait_until_it_works(self) -> None:
        deadline = time.monotonic() + START_LIMIT_S
        while not self._works():
            if time.monotonic() > deadline:
                raise PartFailed(f"not all parts work yet; see {self._state.logs}")
            time.sleep(POLL_S)

    def _works(self) -> bool:
        """The API answers, and every worker has told that it lives. (The carrier is there before
        anybody can have dialled it.)"""
        for child in self.children:
            child.check()
        names = {beat.worker for beat in self.ports.workers.all()}
        beating = len(names - self._earlier_workers) >= self._options.workers
        return beating and listens(self._api_port)
