"""Datagrams that hurt beside those of the RFC: cut short, too large, out of nowhere, or no SIP."""

import random
from collections.abc import Iterator
from itertools import count

from tests.torture.rfc4475 import MESSAGES

# What a datagram of IPv4 has room for.
LARGEST = 65_507
# Of dialogs that nobody knows, and such as begin one or need none.
WITHIN_A_DIALOG = "BYE CANCEL ACK UPDATE REFER INFO NOTIFY PRACK SUBSCRIBE MESSAGE INVITE".split()
OF_THEIR_OWN = "INVITE REGISTER OPTIONS MESSAGE SUBSCRIBE PUBLISH NOTIFY REFER CANCEL".split()
METHODS = [*((method, ";tag=t1") for method in WITHIN_A_DIALOG), *((m, "") for m in OF_THEIR_OWN)]
STATUSES = (100, 180, 183, 200, 202, 301, 401, 407, 486, 503, 600)
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.9\r\ns=-\r\nc=IN IP4 127.0.0.9\r\nt=0 0\r\n"
    b"m=audio 9 RTP/AVP 0\r\n"
)
# What a parser may take for the end of something.
SEPARATORS = b'\0\r\n \t;,<>"\\:@%=?'
MANDATORY = "Via", "From", "To", "Call-ID", "CSeq"
# Who is said to ring, and where.
CALLER, SERVICE = "+14155550100", "+442071234567"
_numbers = count(1)

Address = tuple[str, int]


def cut_short() -> Iterator[bytes]:
    """The messages of the RFC, each at every tenth length, and at every one of its first line."""
    for message in MESSAGES.values():
        first = message.index(b"\r\n") + 3
        yield from (message[:end] for end in (*range(first), *range(first, len(message), 10)))


def mutated(rnd: random.Random, amount: int) -> Iterator[bytes]:
    """Messages of the RFC with bytes changed, left out and put in."""
    originals = list(MESSAGES.values())
    for _ in range(amount):
        message = bytearray(rnd.choice(originals))
        for _ in range(rnd.randint(1, 8)):
            place, kind = rnd.randrange(len(message)), rnd.randrange(3)
            end = place + (0, 1, rnd.randint(2, 20))[kind]
            put_in = (
                rnd.choices(SEPARATORS, k=rnd.randint(1, 40)),
                rnd.randbytes(1),
                b"",
            )
            message[place:end] = bytes(put_in[kind])
            message = message or bytearray(b"\0")
        yield bytes(message)


def out_of_nowhere(sender: Address) -> Iterator[bytes]:
    """Requests of every kind and responses that nobody asked for, whose answers, were there any,
    would go to the sender."""
    yield from (request(sender, method, to_tag) for method, to_tag in METHODS)
    yield from (response(sender, status, method) for status in STATUSES for method, _ in METHODS)


def oddities(sender: Address) -> Iterator[bytes]:
    """No SIP at all, or more than there should be of it, or less."""
    options = request(sender, "OPTIONS")
    yield from (b"", b"\r\n", b"\r\n\r\n", b"\0", b"\0" * 4, b"\xff" * 1500, b"jaK", b"\r" * 3000)
    yield from (random.Random(size).randbytes(size) for size in (1, 100, 1500, LARGEST))
    yield from ((letter * LARGEST)[:LARGEST] for letter in (b"A", b"\0", b"\r\n", b"INVITE "))
    for size in (3990, 4000, 4010, 30_000, LARGEST):
        yield _with_line(options, b"X: " + b"x" * (size - len(options) - 5))
        yield _with_line(options, (b"X: y\r\n" * size)[: (size - len(options) - 2) // 6 * 6 - 2])
    for length in (b"1", b"65507", b"2147483647", b"2147483648", b"99999999999999999999", b"-1"):
        yield options.replace(b"Content-Length: 0", b"Content-Length: " + length)
    yield from (_without(options, name) for name in MANDATORY)
    yield from (_with_line(options, b"Via: SIP/2.0/UDP x" * times) for times in (10, 1000))
    yield _with_line(options, b"Subject: \xc3\x28\xa0\xa1\xe2\x28\xa1\xf0\x28\x8c\x28\xfc")
    yield options.replace(b"sip:ringback@", b"sip:\xff\xfe@")
    yield options.replace(b"127.0.0.1>", b"[::ffff:127.0.0.1]:99999999>")


def request(sender: Address, method: str, to_tag: str = "") -> bytes:
    """A request of a call that there is nowhere else."""
    number, (host, port) = next(_numbers), sender
    body = SDP if method == "INVITE" else b""
    lines = [
        f"{method} sip:{SERVICE}@127.0.0.1 SIP/2.0",
        f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bKhurt{number};rport",
        f"From: <sip:{CALLER}@{host}>;tag=f{number}",
        f"To: <sip:ringback@127.0.0.1>{to_tag}",
        f"Call-ID: hurt-{number}@{host}",
        f"CSeq: {number % 2**31} {method}",
        f"Contact: <sip:hurt@{host}:{port}>",
        "Max-Forwards: 70",
        *(["Refer-To: <sip:+882999@127.0.0.1>"] * (method == "REFER")),
        *(["Event: refer"] * (method in ("NOTIFY", "SUBSCRIBE"))),
        *(["Content-Type: application/sdp"] * bool(body)),
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


def response(sender: Address, status: int, method: str) -> bytes:
    """An answer to a request that was never made."""
    head, body = request(sender, method, ";tag=t1").split(b"\r\n", 1)
    return f"SIP/2.0 {status} {head[:4].decode()}\r\n".encode() + body


def _with_line(message: bytes, line: bytes) -> bytes:
    head, body = message.split(b"\r\n\r\n", 1)
    return head + b"\r\n" + line + b"\r\n\r\n" + body


def _without(message: bytes, name: str) -> bytes:
    lines = message.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.startswith(f"{name}:".encode()))
