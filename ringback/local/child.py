"""A part of the system as a child process, whose output goes to a file."""

import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

STOP_LIMIT_S = 15


class PartFailed(Exception):
    """A part ended by itself, or was not ready in time; the message has its last lines."""


@dataclass(slots=True)
class Child:
    """One part: how it is started, and the process while it runs."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it stops by itself if this process ends in any way."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.command, "--die-with-parent"],
                env=dict(self.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the launcher, which stops parts in order
            )

    def check(self) -> None:
        """PartFailed where it has ended by itself."""
        if not self.runs:
            raise PartFailed(f"{self.name} did not start; its last lines:\n{self._last_lines}")

    @property
    def runs(self) -> bool:
        """Whether the process is there."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-10:])


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port of the loopback interface that nobody uses at this moment."""
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def listens(port: int) -> bool:
    """Whether somebody accepts connections at this port of the loopback interface."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
