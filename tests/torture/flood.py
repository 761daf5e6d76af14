"""A flood of datagrams from many addresses, told of as JSON: `python -m tests.torture.flood`."""

import argparse
import json
import select
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from itertools import chain, cycle

from tests.torture.datagrams import METHODS, out_of_nowhere, request
from tests.torture.rfc4475 import MESSAGES

HOST = "127.0.0.1"
# Addresses that are nobody's, and how many sockets at each.
STRANGERS = [f"127.0.0.{number}" for number in range(2, 18)]
SLICE_S = 0.005
# Most of a flood is what is worth sending to a telephone; the rest is what hurts its parser.
RINGS_EACH = 20
Shot = tuple[socket.socket, bytes]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ports", type=int, nargs="+")
    parser.add_argument("--rate", type=int, default=10_000, help="a second, at each port")
    parser.add_argument("--seconds", type=float, default=10)
    told = parser.parse_args()
    with ExitStack() as opened:
        sockets = [opened.enter_context(_socket(address)) for address in STRANGERS]
        sent, took_s = _send(sockets, told.ports, told.rate, told.seconds)
        answers = sum(_answers(one) for one in sockets)
    json.dump({"sent": sent, "seconds": took_s, "answers": answers}, sys.stdout)


def _socket(address: str) -> socket.socket:
    one = socket.socket(type=socket.SOCK_DGRAM)
    one.bind((address, 0))
    one.setblocking(False)
    return one


def _send(
    sockets: list[socket.socket], ports: list[int], rate: int, seconds: float
) -> tuple[int, float]:
    """How many were sent to each port, and how long that took. What is late is made up for."""
    shots, began, sent = cycle(_shots(sockets)), time.monotonic(), 0
    while (passed := time.monotonic() - began) < seconds:
        for _ in range(sent, int(passed * rate)):
            one, datagram = next(shots)
            for port in ports:
                with suppress(BlockingIOError):
                    one.sendto(datagram, (HOST, port))
            sent += 1
        select.select((), (), (), max(0.0, SLICE_S - (time.monotonic() - began - passed)))
    return sent, time.monotonic() - began


def _shots(sockets: list[socket.socket]) -> list[Shot]:
    return list(chain.from_iterable(map(_of_one, sockets)))


def _of_one(one: socket.socket) -> Iterator[Shot]:
    own = one.getsockname()
    rings = (request(own, method) for method, _ in METHODS for _ in range(RINGS_EACH))
    return ((one, datagram) for datagram in (*rings, *out_of_nowhere(own), *MESSAGES.values()))


def _answers(one: socket.socket) -> int:
    heard = 0
    with suppress(BlockingIOError):
        while one.recv(1):
            heard += 1
    return heard


if __name__ == "__main__":
    main()
