"""A process that makes calls until its media engine refuses one, or has made enough of them.

It prints what the engine promised and how many it made. Nobody answers.
"""

import os
import resource
import socket
import sys

from switchboard.calls.trunk import Trunk
from tests.fakes.phone import an_order
from workers.legs import CannotDial
from workers.lines import EngineLine
from workers.pjsip import PjsipEngine, PjsipSettings
from workers.voices import Voices

HOST = "127.0.0.1"
ENOUGH = 300
# More than any build allows.
ASKED = 10_000


def main() -> None:
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    with (
        socket.socket(type=socket.SOCK_DGRAM) as silent,
        PjsipEngine(PjsipSettings(HOST, rtp_port=44_000, max_calls=ASKED)) as engine,
    ):
        silent.bind((HOST, 0))
        order = an_order(trunk=Trunk("silent", HOST, silent.getsockname()[1]))
        promised, made = engine.max_calls, 0
        try:
            while made < ENOUGH:
                engine.invite(EngineLine(engine, order, Voices({})), order)
                made += 1
        except CannotDial:
            pass
        print(promised, made, engine.free_calls, file=sys.stderr)  # noqa: T201 - for the test
        # Without the half minute in which nobody confirms an end.
        os._exit(0)


if __name__ == "__main__":
    main()
