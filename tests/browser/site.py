"""The pages at an address on this machine, over ports in memory that a test moves."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from waitress import wasyncore

from chalicelib.factory import make_app
from chalicelib.settings import Settings
from chalicelib.wiring import Wiring
from local import serve
from switchboard.calls.callback import Callback, State
from switchboard.ports import Ports
from tests.fakes.api import PIN_KEY, TWILIO_AUTH_TOKEN
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts


@dataclass
class Site:
    """Where the pages are, and what is behind them."""

    url: str
    wiring: Wiring

    @property
    def ports(self) -> Ports:
        return self.wiring.ports

    @property
    def callback(self) -> Callback:
        """The only one."""
        [callback] = self.ports.callbacks.placed.values()
        return callback

    def claim(self) -> None:
        """A worker takes it."""
        now = self.ports.clock.now()
        self.ports.callbacks.claim(self.callback.id, "w1", now=now, lease=timedelta(seconds=30))

    def reach(self, state: State) -> None:
        """The worker gets so far with it."""
        self.ports.callbacks.advance(self.callback.id, "w1", state, self.ports.clock.now())


@contextmanager
def serving(prepare: Callable[[Wiring], object], ports: Ports | None = None) -> Iterator[Site]:
    """A site that is served while the block lasts, prepared before its first request, over these
    ports or new ones."""
    wirings: list[Wiring] = []
    server = serve(make_app(lambda: wirings[0]), 0)
    url = f"http://127.0.0.1:{server.effective_port}"
    settings = Settings(url, "k" * 32, TWILIO_AUTH_TOKEN, PIN_KEY)
    wirings.append(Wiring(settings, ports or memory_ports(), PlainPasswords(), MemoryTexts()))
    prepare(wirings[0])
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield Site(url, wirings[0])
    finally:
        # The loop ends when no socket is left in it.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join(timeout=20)
        server.task_dispatcher.shutdown()
    assert not thread.is_alive()
