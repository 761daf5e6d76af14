"""The state directory: what a running system leaves there for the commands that talk to it."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DEFAULT_STATE = Path("var")
DEMO_PASSWORD = "RINGBACK_DEMO_PASSWORD"  # noqa: S105  a variable's name
ADMIN_PASSWORD = "RINGBACK_ADMIN_PASSWORD"  # noqa: S105  a variable's name
PIN_KEY = "RINGBACK_PIN_KEY"
PUBLIC_URL = "RINGBACK_PUBLIC_URL"
_SECRETS = ("RINGBACK_SECRET_KEY", "TWILIO_AUTH_TOKEN", PIN_KEY)


@dataclass(frozen=True, slots=True)
class StateDirectory:
    """A directory with the embedded AWS's log, the parts' logs, and `ringback.env`."""

    path: Path

    def make(self) -> None:
        """Make the directory; accounts and calls in it are for its owner's eyes only."""
        self.path.mkdir(parents=True, exist_ok=True)
        self.path.chmod(0o700)

    @property
    def env_file(self) -> Path:
        """The endpoints, local credentials and secrets; for its owner's eyes only."""
        return self.path / "ringback.env"

    @property
    def logs(self) -> Path:
        """What the parts say."""
        return self.path / "log"

    @property
    def spool(self) -> Path:
        """What workers have yet to settle."""
        return self.path / "spool"

    def read_env(self) -> dict[str, str]:
        """What the file says; nothing where there is none."""
        if not self.env_file.exists():
            return {}
        lines = self.env_file.read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line and line[:1] != "#")

    def keep_secrets(self) -> dict[str, str]:
        """The secrets of this system: made at its first start, the same ever after."""
        known = self.read_env()
        made = {name: secrets.token_urlsafe(32) for name in _SECRETS}
        made[DEMO_PASSWORD] = secrets.token_urlsafe(9)  # somebody will type it
        made[ADMIN_PASSWORD] = secrets.token_urlsafe(12)
        return {name: known.get(name, secret) for name, secret in made.items()}

    def write_env(self, env: Mapping[str, str]) -> None:
        """Leave the file for the commands; nobody else may read it, at no moment."""
        draft = self.env_file.with_suffix(".new")
        draft.unlink(missing_ok=True)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in sorted(env.items()))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.env_file)
