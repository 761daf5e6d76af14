"""A process with the engine of a worker, which bridges so many callbacks as it is told.

    python -m tests.bench.fleet.engine SIP_PORT CALLBACKS

Its standard input says `bridge COUNT`, `mark`, `count` or `set_up RATE SECONDS`; each is answered
with a line of JSON. Both legs are rung over the trunk at SIP_PORT, as in a call flow.
"""

import asyncio
import itertools
import json
import os
import resource
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Party
from switchboard.calls.trunk import Trunk
from switchboard.clock import SystemClock
from switchboard.numbering import PhoneNumber
from workers.lines import EnginePhone
from workers.loop import shared_loop
from workers.phone import LegEnded, LegOrder, LegTrace
from workers.pjsip import PjsipEngine, PjsipSettings
from workers.settings import CALLS_A_CALLBACK
from workers.voices import Voices

HOST = "127.0.0.1"
RTP_PORT, RTP_PORTS = 12_000, 12_000
RING_LIMIT = timedelta(seconds=10)
TALK_S = 1.0
# So fast callbacks are begun that are to stay.
BEGUN_A_SECOND = 100
# As many telephones as there are at the far end; those of callbacks that stay come first.
NUMBERS, FIRST_PASSING = 8_000, 2_000


class Load:
    """The callbacks of one engine."""

    def __init__(self, engine: PjsipEngine, trunk: Trunk) -> None:
        self._engine = engine
        self._phone = EnginePhone(engine, SystemClock(), Voices({}))
        self._trunk = trunk
        self._staying: list[asyncio.Task[None]] = []
        self._passing = itertools.cycle(range(FIRST_PASSING, NUMBERS))
        self._marked: Counter[str] = Counter()

    async def bridge(self, count: int) -> Any:
        """Have so many callbacks, which stay."""
        loop, joined = asyncio.get_running_loop(), []
        while len(self._staying) < count:
            joined.append(loop.create_future())
            number = len(self._staying)
            self._staying.append(asyncio.create_task(self._stay(number, joined[-1])))
            await asyncio.sleep(1 / BEGUN_A_SECOND)
        for task in self._staying[count:]:
            task.cancel()
        await asyncio.gather(*self._staying[count:], return_exceptions=True)
        del self._staying[count:]
        await asyncio.gather(*joined)
        return {"bridged": sum(not task.done() for task in self._staying)}

    async def mark(self) -> Any:
        """Count from now on."""
        self._marked = await self._statistics()
        return {}

    async def count(self) -> Any:
        """What all streams together have had since then."""
        counted = await self._statistics()
        return {name: counted[name] - self._marked[name] for name in counted}

    async def set_up(self, rate: int, seconds: int) -> Any:
        """Begin so many callbacks a second, each of which ends after a second of talk."""
        loop, taken = asyncio.get_running_loop(), list[float]()
        began, tasks = loop.time(), []
        for number in range(rate * seconds):
            at = began + number / rate
            await asyncio.sleep(at - loop.time())
            tasks.append(asyncio.create_task(self._pass(next(self._passing), at, taken.append)))
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        failed = sum(isinstance(end, BaseException) for end in ended)
        return {"asked": len(tasks), "failed": failed, "answered_s": taken}

    async def _stay(self, number: int, joined: asyncio.Future[None]) -> None:
        try:
            async with (
                self._dial(Party.CUSTOMER, number) as customer,
                self._dial(Party.DESTINATION, number, customer) as destination,
            ):
                await self._phone.join(customer, destination)
                joined.set_result(None)
                await asyncio.Event().wait()
        except LegEnded as end:
            print(f"callback {number} is over: {end}", file=sys.stderr)
            if not joined.done():
                joined.set_result(None)

    async def _pass(self, number: int, began: float, answered: Callable[[float], None]) -> None:
        loop = asyncio.get_running_loop()
        async with self._dial(Party.CUSTOMER, number) as customer:
            answered(loop.time() - began)
            began = loop.time()
            async with self._dial(Party.DESTINATION, number, customer) as destination:
                answered(loop.time() - began)
                await self._phone.join(customer, destination)
                await asyncio.sleep(TALK_S)

    def _dial(self, party: Party, number: int, heard_by: Any = None) -> Any:
        leg = 2 * number + (party is Party.DESTINATION)
        callee, caller = (PhoneNumber(f"+442079{one:05d}") for one in (leg, leg ^ 1))
        order = LegOrder(party, callee, Caller(caller), self._trunk, RING_LIMIT)
        return self._phone.dial(order, LegTrace(), heard_by=heard_by)

    async def _statistics(self) -> Counter[str]:
        """Leg by leg with pauses: read in one go they would take what the audio needs."""
        total = Counter[str]()
        for call in list(self._engine._calls.values()):
            await asyncio.sleep(0)
            if call.hasMedia():
                # In a variable: what is in it dies with it.
                stream = call.getStreamStat(0)
                total["sent"] += stream.rtcp.txStat.pkt
                total["received"] += stream.rtcp.rxStat.pkt
                total["lost"] += stream.rtcp.rxStat.loss
                total["buffer_lost"] += stream.jbuf.lost
                total["buffer_empty"] += stream.jbuf.empty
                total["buffer_discarded"] += stream.jbuf.discard
        return total


async def obey(load: Load) -> None:
    """Until the input ends."""
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(lines), sys.stdin
    )
    while line := await lines.readline():
        what, *numbers = line.decode().split()
        print(json.dumps(await getattr(load, what)(*map(int, numbers))), flush=True)


def main() -> None:
    sip_port, callbacks = map(int, sys.argv[1:])
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(files, 65_536), files))
    settings = PjsipSettings(
        HOST, rtp_port=RTP_PORT, rtp_ports=RTP_PORTS, max_calls=CALLS_A_CALLBACK * callbacks
    )
    with (
        PjsipEngine(settings) as engine,
        asyncio.Runner(loop_factory=lambda: shared_loop(engine.poll)) as runner,
    ):
        print(json.dumps({"max_calls": engine.max_calls}), flush=True)
        runner.run(obey(Load(engine, Trunk("far ends", HOST, sip_port))))
        # The far ends are gone: nobody would confirm an end.
        os._exit(0)


if __name__ == "__main__":
    main()
