"""What the supervisor tells over HTTP: whether its workers live, and what they count."""

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app, multiprocess
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from workers.metrics import HEARTBEAT
from workers.settings import BadSetting
from workers.supervisor import Slot, Supervisor

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

# For so long who asks may say nothing.
SILENT_FOR_S = 10


@contextmanager
def told_over_http(
    supervisor: Supervisor, metrics: Path, address: tuple[str, int], stale_s: float
) -> Iterator[None]:
    """Answer GET /healthz and /metrics at this address while the block lasts; nothing at port 0.
    BadSetting where that cannot be."""
    host, port = address
    if not port:
        yield
        return
    app = status_app(supervisor, metrics, stale_s)
    try:
        server = make_server(host, port, app, server_class=_Server, handler_class=_Handler)
    except OSError as error:
        raise BadSetting(f"no status at {host}:{port}: {error.strerror or error}") from error
    with server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


def status_app(supervisor: Supervisor, metrics: Path, stale_s: float) -> "WSGIApplication":
    """/healthz is 200 while every process runs and its heartbeat reached the stores within
    `stale_s`, else 503; it says of each which it is, and how old that heartbeat is. A supervisor
    that leaves is well: nobody shall kill it for it."""
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, path=str(metrics))  # type: ignore[no-untyped-call]  # it has no types
    registry.register(_Processes(supervisor))
    of_prometheus: WSGIApplication = make_wsgi_app(registry)

    def health(start_response: "StartResponse") -> Iterable[bytes]:
        ages = {slot.number: _heartbeat_age_s(registry, slot) for slot in supervisor.slots}
        live = all(age is not None and age <= stale_s for age in ages.values())
        status = "leaving" if supervisor.is_leaving else "ok" if live else "failing"
        processes = [
            {
                "process": slot.number,
                "pid": slot.pid,
                "restarts": slot.restarts,
                "heartbeat_age_s": ages[slot.number],
            }
            for slot in supervisor.slots
        ]
        code = "503 Service Unavailable" if status == "failing" else "200 OK"
        start_response(code, [("Content-Type", "application/json")])
        return [json.dumps({"status": status, "processes": processes}).encode()]

    def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        match environ["PATH_INFO"]:
            case "/healthz":
                return health(start_response)
            case "/metrics":
                return of_prometheus(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain")])
        return [b"there are /healthz and /metrics\n"]

    return app


class _Processes(Collector):
    """What the supervisor counts by itself."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor

    def collect(self) -> Iterator[Metric]:
        """Of each process, as it is now."""
        runs = GaugeMetricFamily(
            "ringback_process_up", "Whether a worker process runs.", labels=["process"]
        )
        restarts = CounterMetricFamily(
            "ringback_process_restarts", "How often one was started again.", labels=["process"]
        )
        for slot in self._supervisor.slots:
            runs.add_metric([str(slot.number)], slot.pid is not None)
            restarts.add_metric([str(slot.number)], slot.restarts)
        yield from (runs, restarts)


def _heartbeat_age_s(registry: CollectorRegistry, slot: Slot) -> float | None:
    """None where it does not run, or has not told the stores of itself yet."""
    beat_s = registry.get_sample_value(HEARTBEAT, {"pid": str(slot.number)})
    return None if beat_s is None or slot.pid is None else round(time.time() - beat_s, 1)


class _Server(ThreadingMixIn, WSGIServer):
    """Who asks and then says nothing keeps nobody else waiting."""

    daemon_threads = True

    def server_bind(self) -> None:
        """Without asking the DNS for our name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]
        self.setup_environ()


class _Handler(WSGIRequestHandler):
    timeout = SILENT_FOR_S

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name it is called by
        """Nobody wants to read of each look."""
