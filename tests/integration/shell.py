"""The command as a process, with a system of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ringback.embedded.process import start_embedded_aws

RINGBACK = str(Path(sys.executable).with_name("ringback"))
DECK = (
    "prefix,destination,rate,connection_fee,initial,increment\n44,UK,0.006,0,30,6\n1,USA,0.03,,,\n"
)


class Shell:
    """Runs `ringback` with the environment of one system."""

    def __init__(self, env: Mapping[str, str], folder: Path) -> None:
        self.env = env
        self._folder = folder

    def run(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [RINGBACK, *words],
            env={**self.env, **env},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def json(self, *words: str, **env: str):
        done = self.run(*words, "--json", **env)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    def import_sheet(self, name: str = "retail", text: str = DECK, *, currency: str = "EUR"):
        deck = self._folder / f"{name}.csv"
        deck.write_text(text)
        return self.json("rates", "import", str(deck), "--sheet", name, "--currency", currency)


@contextmanager
def shell_of_a_new_system(folder: Path, prefix: str, **env: str) -> Iterator[Shell]:
    """A shell whose system has its tables and nothing in them."""
    with start_embedded_aws(folder, log=False) as aws:
        own = {name: value for name, value in os.environ.items() if name != "RINGBACK_STATE"}
        shell = Shell({**own, **aws.environment, "RINGBACK_PREFIX": prefix, **env}, folder)
        assert shell.run("tables", "create").returncode == 0
        yield shell
