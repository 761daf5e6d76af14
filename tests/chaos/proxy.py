"""A proxy before the embedded AWS that lets requests meet their fate, as the network would."""

import asyncio
import json
import re
from asyncio import IncompleteReadError, StreamReader, StreamWriter
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from itertools import repeat
from types import TracebackType
from typing import Self

from tests.chaos.plan import Fate, Write
from tests.meters import Asked

HOST = "127.0.0.1"
END_OF_HEAD = b"\r\n\r\n"
# DynamoDB's clients wait five seconds for an answer, those of SQS fifteen.
LATE_S = 16.0
GONE = (IncompleteReadError, ConnectionError)


@dataclass(frozen=True)
class Message:
    """A request or an answer in HTTP/1.1, as it came."""

    head: bytes
    body: bytes

    @property
    def step(self) -> str:
        """What a request is for, as the meter names it."""
        operation = re.search(rb"(?i)x-amz-target: *\w+\.(\w+)", self.head)
        assert operation is not None, "who asks AWS says for what"
        return Asked(operation[1].decode(), json.loads(self.body), 0).step

    @property
    def is_for_sqs(self) -> bool:
        return b"amazonsqs." in self.head.lower()


class FaultProxy:
    """Serves while its `async with` block runs, and faithfully until trouble begins. `met` counts
    what became of requests."""

    def __init__(self, upstream_port: int) -> None:
        self.met: Counter[Fate] = Counter()
        self._upstream_port = upstream_port
        self._outages: list[Fate] = []
        self._held: list[_Held] = []
        self._fates: Iterator[Fate] = repeat(Fate.SERVED)
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connected, HOST, 0)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://{HOST}:{self._server.sockets[0].getsockname()[1]}"

    def trouble(self, fates: Iterator[Fate]) -> None:
        """From now on each request meets the next of these."""
        self._fates = fates

    def calm(self) -> None:
        """From now on all requests are served."""
        self._fates = repeat(Fate.SERVED)

    @contextmanager
    def outage(self, fate: Fate) -> Iterator[None]:
        """Every request meets this fate while the block lasts."""
        self._outages.append(fate)
        try:
            yield
        finally:
            self._outages.remove(fate)

    @asynccontextmanager
    async def after(self, write: Write) -> AsyncIterator[int]:
        """The port of who asks for such a write next, when it is made; the answer comes at the end
        of the block."""
        held = _Held(write.value)
        self._held.append(held)
        try:
            yield await held.port
        finally:
            held.over.set()
            if held in self._held:
                self._held.remove(held)

    async def _connected(self, reader: StreamReader, writer: StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except* GONE:
            pass
        except* asyncio.CancelledError:
            pass  # asyncio's streams would log it
        finally:
            self._serving.discard(task)
            writer.close()

    async def _serve(self, reader: StreamReader, writer: StreamWriter) -> None:
        port = writer.get_extra_info("peername")[1]
        upstream = await asyncio.open_connection(HOST, self._upstream_port)
        try:
            async with asyncio.TaskGroup() as group:
                # A client sends nothing before its answer: what comes first is its hanging up, and
                # then the engine must know, or a long poll would take a message for nobody.
                following = group.create_task(_read(reader))
                while True:
                    request = await following
                    following = group.create_task(_read(reader))
                    answer = await self._answer(request, *upstream, port)
                    if answer is None:
                        raise ConnectionAbortedError
                    writer.write(answer.head + answer.body)
                    await writer.drain()
        finally:
            upstream[1].close()

    async def _answer(
        self, request: Message, reader: StreamReader, writer: StreamWriter, port: int
    ) -> Message | None:
        """None where there is none, and the connection breaks."""
        fate = self._outages[-1] if self._outages else next(self._fates)
        self.met[fate] += 1
        match fate:
            case Fate.FAILED | Fate.THROTTLED:
                return _refusal(fate, for_sqs=request.is_for_sqs)
            case Fate.UNSENT:
                return None
            case Fate.STALLED:
                await asyncio.sleep(LATE_S)
                return None
        writer.write(request.head + request.body)
        answer = await _read(reader)
        if self._held:
            await self._hold(request.step, port)
        if fate is Fate.LATE:
            await asyncio.sleep(LATE_S)
        return None if fate is Fate.LOST else answer

    async def _hold(self, step: str, port: int) -> None:
        """Hold the answer back, where somebody waits for such a write."""
        held = next((held for held in self._held if held.step == step), None)
        if held is not None:
            self._held.remove(held)
            held.port.set_result(port)
            await held.over.wait()


class _Held:
    """An answer that is held back: for whom, and until when."""

    def __init__(self, step: str) -> None:
        self.step = step
        self.port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.over = asyncio.Event()


async def _read(reader: StreamReader) -> Message:
    head = await reader.readuntil(END_OF_HEAD)
    lengths = [
        int(line.partition(b":")[2])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    ]
    return Message(head, await reader.readexactly(sum(lengths)))


def _refusal(fate: Fate, *, for_sqs: bool) -> Message:
    """As AWS words it, so that clients know what may be tried again."""
    if fate is Fate.FAILED:
        status, error = "500 Internal Server Error", "InternalServerError"
    else:
        status = "400 Bad Request"
        error = "ThrottlingException" if for_sqs else "ProvisionedThroughputExceededException"
    body = json.dumps({"__type": error, "message": f"by plan: {fate.value}"}).encode()
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.0\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return Message(head.encode(), body)
