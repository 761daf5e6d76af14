"""A pair of UDP ports for the media of one call: an even one for RTP, the next one for RTCP."""

import socket

_TRIES = 100


class PortsExhausted(Exception):
    """Every port that may be used for media is taken."""


def bind_pair(host: str, ports: range | None) -> tuple[socket.socket, socket.socket]:
    """The sockets of the first free pair within `ports`, or of any pair if that is None.

    The RTCP port is held although nothing is said on it: a peer's reports must not reach
    another call. Raises PortsExhausted.
    """
    candidates = ports if ports is not None else (0 for _ in range(_TRIES))
    for candidate in candidates:
        if candidate % 2:
            continue
        rtp = _bound(host, candidate)
        if rtp is None:
            continue
        port = rtp.getsockname()[1]
        rtcp = None if port % 2 else _bound(host, port + 1)
        if rtcp is not None:
            return rtp, rtcp
        rtp.close()
    raise PortsExhausted(f"no free pair of UDP ports at {host} in {ports}")


def _bound(host: str, port: int) -> socket.socket | None:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    try:
        bound.bind((host, port))
    except OSError:
        bound.close()
        return None
    return bound
