"""The guard: has the kernel drop what comes to a socket from strangers, before a byte is read.

A filter of the socket itself (classic BPF, Linux), which needs no privilege and no firewall. What
it drops costs a fraction of a microsecond, is never parsed, answered or logged, and takes no place
in the socket's buffer from those who may speak.
"""

import asyncio
import ctypes
import logging
import socket
import struct
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from itertools import groupby
from pathlib import Path

from workers.addresses import Resolve, resolve

logger = logging.getLogger(__name__)

# Of the kernel's asm-generic/socket.h and linux/filter.h; Python names only some of the first.
SO_ATTACH_FILTER = 26
LOAD, AND, JUMP, JUMP_IF_EQUAL, RETURN = 0x20, 0x54, 0x05, 0x15, 0x06
SOURCE_ADDRESS = 0xFFF00000 + 12  # SKF_NET_OFF, and where an IPv4 header has it
FIRST_WORD = 8  # behind the header of UDP
ALL, ALL_BITS = 0xFFFFFFFF, 32
INVITE = int.from_bytes(b"INVI")
# A jump goes 255 steps forward at most.
BLOCK = 200
# What older kernels have memory for in a socket (net.core.optmem_max).
MOST = 500

Step = tuple[int, int, int, int]


class Guard:
    """Who may speak to some sockets: networks that are told, and addresses that are expected one by
    one. Until it is told of networks, anybody.

    Of the addresses those are forgotten that were expected longest ago, where there are too many.
    A single address among the networks is expected still when it is told no more: calls over a
    trunk that is gone, or has another address by now, have an end as well.
    """

    def __init__(self, resolve: Resolve = resolve) -> None:
        self._resolve = resolve
        self._names: set[str] = set()
        self._sockets: set[int] = set()
        self._networks: frozenset[IPv4Network] | None = None
        self._expected: dict[IPv4Network, None] = {}
        self._strangers_ring = self._is_shut = False

    def protect(self, *sockets: int) -> None:
        """These file descriptors, for as long as they are open."""
        self._sockets.update(sockets)
        self._set_up(sockets)

    def admit(self, networks: Iterable[IPv4Network], *, strangers_ring: bool = False) -> None:
        """These in place of those told before; `strangers_ring` has INVITEs come from anywhere."""
        told = frozenset(networks)
        if (told, strangers_ring) != (self._networks, self._strangers_ring):
            self._networks, self._strangers_ring = told, strangers_ring
            self._expected |= dict.fromkeys(one for one in told if one.prefixlen == ALL_BITS)
            self._set_up(self._sockets)

    def shut(self, seconds: float) -> None:
        """Let no stranger ring for so long."""

        def open_again() -> None:
            self._is_shut = False
            self._set_up(self._sockets)

        self._is_shut = True
        self._set_up(self._sockets)
        asyncio.get_running_loop().call_later(seconds, open_again)

    def expect(self, host: str) -> None:
        """One more address, or those behind a name: these are asked for once, as the engine does
        before it sends something there."""
        try:
            address = IPv4Network(IPv4Address(host))
        except AddressValueError:
            if host not in self._names and len(self._names) < MOST:
                self._names.add(host)
                for one in self._resolve(host):
                    self.expect(one)
            return
        known = address in self._expected
        # To the end of the line of those that are forgotten.
        self._expected.pop(address, None)
        self._expected[address] = None
        if not known:
            self._set_up(self._sockets)

    def _set_up(self, sockets: Collection[int]) -> None:
        if self._networks is None:
            return
        if len(self._networks) > MOST:
            logger.error("the guard admits %s networks of %s", MOST, len(self._networks))
        while len(self._networks | self._expected.keys()) > MOST and self._expected:
            del self._expected[next(iter(self._expected))]
        known = sorted(self._networks | self._expected.keys())[:MOST]
        steps = program(known, strangers_ring=self._strangers_ring and not self._is_shut)
        for number in sockets:
            try:
                _attach(number, steps)
            except OSError as fault:
                logger.error("anybody may speak SIP to this worker: no filter: %s", fault)


def program(networks: Collection[IPv4Network], *, strangers_ring: bool = False) -> list[Step]:
    """What lets datagrams pass that come from these networks, or begin like an INVITE."""
    steps: list[Step] = []
    by_length = sorted(networks, key=lambda network: network.prefixlen)
    for length, alike in groupby(by_length, key=lambda network: network.prefixlen):
        mask = ALL << (ALL_BITS - length) & ALL
        steps += [(LOAD, 0, 0, SOURCE_ADDRESS), (AND, 0, 0, mask)]
        steps += _any_of([int(network.network_address) for network in alike])
    if strangers_ring:
        steps += [(LOAD, 0, 0, FIRST_WORD), *_any_of([INVITE])]
    return [*steps, (RETURN, 0, 0, 0)]


def sip_sockets(port: int) -> Iterator[int]:
    """The file descriptors of this process at which SIP comes in: UDP at this port, and any that
    listens for TCP. pjsua2 does not tell its own."""
    for entry in list(Path("/proc/self/fd").iterdir()):
        number = int(entry.name)
        with suppress(OSError), _borrowed(number) as one:  # it is no socket, or is closed by now
            listens = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
            is_udp = one.type is socket.SOCK_DGRAM and one.family is socket.AF_INET
            if listens or (is_udp and one.getsockname()[1] == port):
                yield number


def _any_of(words: list[int]) -> Iterator[Step]:
    """Lets pass what has one of these words loaded, and goes on otherwise."""
    for first in range(0, len(words), BLOCK):
        block = words[first : first + BLOCK]
        for place, word in enumerate(block):
            yield JUMP_IF_EQUAL, len(block) - place, 0, word
        yield from [(JUMP, 0, 0, 1), (RETURN, 0, 0, ALL)]


def _attach(number: int, steps: list[Step]) -> None:
    code = b"".join(struct.pack("HBBI", *step) for step in steps)
    kept = ctypes.create_string_buffer(code, len(code))
    told = struct.pack("HP", len(steps), ctypes.addressof(kept))
    with _borrowed(number) as one:
        one.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, told)


@contextmanager
def _borrowed(number: int) -> Iterator[socket.socket]:
    """The socket of a descriptor that somebody else closes."""
    one = socket.socket(fileno=number)
    try:
        yield one
    finally:
        one.detach()
