"""The command, run as an operator runs it: what it takes."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

RINGBACK = (sys.executable, "-c", "from ringback.cli import main; main()")


@dataclass(frozen=True, slots=True)
class Took:
    """`cpu_s` is what the command computed itself, without what it waited for AWS; `megabytes`
    are its own at most."""

    seconds: float
    cpu_s: float
    megabytes: float


def ringback(env: Mapping[str, str], *words: str) -> Took:
    """What a command takes that has to succeed."""
    started = time.perf_counter()
    process = subprocess.Popen([*RINGBACK, *words], env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, words
    seconds = time.perf_counter() - started
    return Took(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
