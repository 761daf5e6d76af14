"""Meters what DynamoDB is asked for: a proxy before the engine that counts calls and units."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from switchboard.calls.callback import State

STATES = {state.value for state in State}
READS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"}


@dataclass(frozen=True)
class Asked:
    """One call and what it consumed, in the units of on-demand tables; `items` are those that were
    looked at to answer it."""

    operation: str
    request: Mapping[str, Any]
    units: float
    items: int = 0

    @property
    def write_units(self) -> float:
        return 0.0 if self.operation in READS else self.units

    @property
    def read_units(self) -> float:
        return self.units if self.operation in READS else 0.0

    @property
    def step(self) -> str:
        """What it was for, as a person names it."""
        return f"{self.operation} {self._table}{self._purpose}"

    @property
    def _table(self) -> str:
        names = self.request.get("RequestItems") or {self.request.get("TableName", "several"): None}
        return ", ".join(name.rpartition("-")[2] for name in names)

    @property
    def _purpose(self) -> str:
        if self.operation != "UpdateItem":
            return ""
        if self._table == "callbacks":
            values = self.request["ExpressionAttributeValues"].values()
            states = [value["S"] for value in values if value.get("S") in STATES]
            return f": {states[0]}" if states else ": destination"
        if "REMOVE" in self.request["UpdateExpression"]:
            return ": release"
        new = "attribute_not_exists" in self.request["ConditionExpression"]
        return ": reserve" if new else ": extend"


@dataclass
class Meter:
    """Counts while its block runs. `url` is the endpoint to ask in place of the engine's."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)

    @property
    def write_units(self) -> float:
        return sum(one.write_units for one in self.asked)

    def table(self) -> str:
        """A line a call, in order, and the sum."""
        lines = [f"{'step':44} {'read units':>10} {'write units':>11}"]
        lines += [
            f"{one.step:44} {one.read_units:10.1f} {one.write_units:11.1f}" for one in self.asked
        ]
        reads = sum(one.read_units for one in self.asked)
        lines.append(f"{len(self.asked):3} calls {'':34} {reads:10.1f} {self.write_units:11.1f}")
        return "\n".join(lines)


@contextmanager
def metered(engine: str) -> Iterator[Meter]:
    """A meter before the engine at this URL, which must not check signatures. A write whose
    condition failed is counted as one unit, as AWS does for items of up to 1 KB."""
    meter = Meter()
    address = urlsplit(engine).netloc

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            body = json.dumps(request | {"ReturnConsumedCapacity": "TOTAL"}).encode()
            upstream = HTTPConnection(address)
            headers = {**self.headers, "Content-Length": str(len(body))}
            upstream.request("POST", self.path, body, headers)
            response = upstream.getresponse()
            answer = response.read()
            upstream.close()
            units, items = _units(response.status, answer), _items(answer)
            meter.asked.append(Asked(operation, request, units, items))
            self.send_response(response.status)
            for name in ("Content-Type", "x-amz-crc32"):
                if value := response.headers[name]:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_arguments: object) -> None:
            """It has nothing to say."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        meter.url = f"http://127.0.0.1:{server.server_port}"
        Thread(target=server.serve_forever, daemon=True).start()
        yield meter
        server.shutdown()


def _units(status: int, answer: bytes) -> float:
    if status != 200:
        return 1.0
    consumed = json.loads(answer).get("ConsumedCapacity", [])
    parts = consumed if isinstance(consumed, list) else [consumed]
    return float(sum(part["CapacityUnits"] for part in parts))


def _items(answer: bytes) -> int:
    """How many items were looked at for an answer."""
    said = json.loads(answer)
    found = said.get("Responses", {})
    of_tables = found.values() if isinstance(found, dict) else [found]
    return int(said.get("ScannedCount", 0)) + ("Item" in said) + sum(map(len, of_tables))
