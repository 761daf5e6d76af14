"""How many bridged callbacks a core carries without loss, and how many are set up a second."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import ninety_ninth, shown
from tests.bench.fleet.bridging import LATE_MS, Bridged, bridged, forwarding_s
from tests.bench.fleet.children import HOST, LOADING, MEASURED, ROOT, Child, compiled
from tests.bench.fleet.whole import whole_rows
from tests.integration.system import free_port

BUDGET = 400
STEPS = (100, 200, 400, 500, 600, 700, 800)
STOCK_CALLBACKS = 2
RATES = (50, 100, 200, 300, 400)
SET_UP_S = 4
# Beyond it a customer might notice.
SLOWEST_S = 0.1
STOCK = Path(sys.executable)
TUNED = Path(os.environ.get("RINGBACK_TUNED", ROOT / "var/tuned/bin/python"))


def fleet_rows() -> Iterator[str]:
    compiler = shutil.which("cc")
    if compiler is None:
        yield "the media fleet: not measured without a C compiler, which `make pjsua2` installs"
        return
    with TemporaryDirectory() as name:
        folder, sip_port = Path(name), free_port()
        far_program = compiled("far_ends", folder, compiler)
        forwarder = compiled("forwarder", folder, compiler)
        with Child(LOADING, far_program, HOST, sip_port) as far_ends:
            yield from _stock_rows(far_ends, forwarder, sip_port)
            if not TUNED.exists():
                yield "the media fleet with the tuned engine: not measured, `make tuned` builds it"
                return
            floors = {step: forwarding_s(far_ends, forwarder, step) for step in STEPS}
            with _engine(TUNED, sip_port, STEPS[-1]) as engine:
                yield from _bridge_rows(far_ends, engine, floors)
                yield from _set_up_rows(engine, sip_port)
            yield from whole_rows(far_ends, sip_port, TUNED)


def _engine(python: Path, sip_port: int, callbacks: int) -> Child:
    return Child(MEASURED, python, "-m", "tests.bench.fleet.engine", sip_port, callbacks)


def _stock_rows(far_ends: Child, forwarder: Path, sip_port: int) -> Iterator[str]:
    floor_s = forwarding_s(far_ends, forwarder, STOCK_CALLBACKS)
    with _engine(STOCK, sip_port, STOCK_CALLBACKS) as engine:
        calls = engine.ready["max_calls"]
        yield f"the engine of the package index: {calls // 2} callbacks a process"
        yield from _told(bridged(far_ends, engine, STOCK_CALLBACKS), floor_s)


def _bridge_rows(far_ends: Child, engine: Child, floors: dict[int, float]) -> Iterator[str]:
    empty, most = engine.memory, 0
    for step in STEPS:
        found = bridged(far_ends, engine, step)
        if not found.clean:  # once more: something else may have had the core for a moment
            found = bridged(far_ends, engine, step)
        yield from _told(found, floors[step])
        if not found.clean:
            break
        most = step
    yield f"bridged callbacks a core without loss: {most} (budget {BUDGET})"
    each = (engine.memory - empty) / found.callbacks
    yield f"memory: {empty / 1e6:.0f} MB, and {each / 1e6:.2f} MB a callback"
    engine.ask("bridge 0")


def _told(found: Bridged, floor_s: float) -> Iterator[str]:
    what = f"{found.callbacks} bridged callbacks"
    yield (
        f"{what}: {found.core:.0%} of a core, {1e6 * found.each_s:,.0f} µs a second and callback;"
        f" forwarding their packets {1e6 * floor_s:,.0f} µs: x{found.each_s / floor_s:.1f}"
    )
    heard, engine, (to_us, from_us) = found.heard, found.engine, found.lost
    yield (
        f"{what}: lost {to_us} of {engine['received']:,} packets to the engine, {from_us} of"
        f" {heard['received']:,} from it; {found.missed:.3%} of the audio not heard as spoken"
        f" (jitter buffers: {engine['buffer_lost']} lost, {engine['buffer_empty']} empty);"
        f" audio delay median {heard['delay_ms']} ms, p99 {heard['delay_p99_ms']} ms"
    )
    if heard["late_ms"] > LATE_MS:
        yield (
            f"{what}: the far ends spoke up to {heard['late_ms']} ms late, so that some of"
            " this is the machine's: it does other work"
        )


def _set_up_rows(engine: Child, sip_port: int) -> Iterator[str]:
    best = 0
    for rate in RATES:
        began_s = engine.cpu_s
        found = engine.ask(f"set_up {rate} {SET_UP_S}")
        each_s = (engine.cpu_s - began_s) / found["asked"]
        yield (
            f"{rate} set-ups a second (both legs, bridged, hung up): {1000 * each_s:.1f} ms of CPU"
            f" each, {found['failed']} of {found['asked']} failed; INVITE to 200"
            f" {shown(found['answered_s'])}"
        )
        if found["failed"] or ninety_ninth(found["answered_s"]) > SLOWEST_S:
            break
        best, ours_s = rate, each_s
    yield f"set-ups a second and core with an answer within {1000 * SLOWEST_S:.0f} ms: {best}"
    if not shutil.which("sipp"):
        yield "sipp beside it: not measured, `infra/machine.sh test` installs it"
    elif best:
        theirs_s = _sipp_s(sip_port, 2 * best)
        yield (
            f"two calls by sipp, without audio: {1000 * theirs_s:.1f} ms of CPU:"
            f" x{ours_s / theirs_s:.1f}"
        )


def _sipp_s(sip_port: int, rate: int) -> float:
    """What sipp computes for as many calls as two of its rate are in a second."""
    calls = rate * SET_UP_S
    options = ["-sn", "uac", "-r", rate, "-m", calls, "-d", 1000, "-i", HOST, "-nostdin"]
    command = ["taskset", "-c", MEASURED, "sipp", f"{HOST}:{sip_port}", *options]
    sipp = subprocess.Popen(
        list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(sipp.pid, 0)
    sipp.returncode = os.waitstatus_to_exitcode(status)
    assert sipp.returncode == 0, "sipp"
    return (usage.ru_utime + usage.ru_stime) / (calls / 2)
