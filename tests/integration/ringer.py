"""A ring on a service number, as a carrier brings it to a worker's doorbell."""

import asyncio
from contextlib import closing
from uuid import uuid4

from switchboard.numbering import PhoneNumber
from switchboard.sip.message import Response, parse
from tests.integration.far_end import HOST


class Exchange(asyncio.DatagramProtocol):
    """A carrier's side of a ring."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.answers.put_nowait((asyncio.get_running_loop().time(), data))


async def ring(
    service: PhoneNumber,
    port: int,
    caller: PhoneNumber | None,
    source: str = HOST,
    limit_s: float = 2,
) -> tuple[Response | None, float, float]:
    """The answer to an INVITE, which may withhold its caller; when it left, and how long the answer
    took."""
    loop = asyncio.get_running_loop()
    transport, exchange = await loop.create_datagram_endpoint(Exchange, local_addr=(source, 0))
    call, own = uuid4().hex, transport.get_extra_info("sockname")
    begun = [
        f"Via: SIP/2.0/UDP {own[0]}:{own[1]};branch=z9hG4bK{call[:8]};rport",
        f"From: <sip:{caller or 'anonymous'}@carrier.example>;tag={call[:6]}",
        f"Call-ID: {call}",
        "Max-Forwards: 70",
    ]
    uri = f"sip:{service}@{HOST}:{port}"
    invite = [f"INVITE {uri} SIP/2.0", *begun, f"To: <{uri}>", "CSeq: 1 INVITE", "", ""]
    left = loop.time()
    with closing(transport):
        transport.sendto("\r\n".join(invite).encode(), (HOST, port))
        try:
            async with asyncio.timeout(limit_s):
                at, data = await exchange.answers.get()
        except TimeoutError:
            return None, left, limit_s
        answer = parse(data)
        ack = [f"ACK {uri} SIP/2.0", *begun, f"To: {answer.header('To')}", "CSeq: 1 ACK", "", ""]
        transport.sendto("\r\n".join(ack).encode(), (HOST, port))
    return answer, left, at - left
