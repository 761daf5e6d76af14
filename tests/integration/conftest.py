"""What the integration tests share: one media engine for all, since pjsua2 allows one a process."""

import asyncio
import wave
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from ringback.carrier.media.sound import Tone
from ringback.embedded.process import EmbeddedAws, start_embedded_aws
from switchboard.clock import SystemClock
from tests.integration.system import System, make_system
from workers.lines import EnginePhone
from workers.loop import shared_loop
from workers.pjsip import PjsipEngine, PjsipSettings
from workers.recordings import load_recordings
from workers.voices import Voice, Voices


@dataclass(frozen=True)
class Worker:
    """A telephone, and the event loop that it works in."""

    engine: PjsipEngine
    phone: EnginePhone
    runner: asyncio.Runner

    def run(self, flow: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(flow)


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Its one prompt, "beep", is a second of 1000 Hz."""
    prompts = tmp_path_factory.mktemp("prompts")
    with wave.open(str(prompts / "beep.wav"), "wb") as beep:
        beep.setparams((1, 2, 8000, 0, "NONE", ""))
        beep.writeframes(Tone(1000).samples(0, 8000).tobytes())
    with (
        PjsipEngine(PjsipSettings("127.0.0.1", rtp_port=42_000)) as engine,
        asyncio.Runner(loop_factory=lambda: shared_loop(engine.poll)) as runner,
    ):
        voices = Voices({"en": Voice("en", load_recordings(prompts))})
        phone = EnginePhone(engine, SystemClock(), voices)
        yield Worker(engine, phone, runner)


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    """One for all systems: each has tables of its own."""
    with start_embedded_aws(tmp_path_factory.mktemp("aws"), log=False) as aws:
        yield aws


@pytest.fixture(scope="session")
def system(aws: EmbeddedAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system with one worker, for tests that leave it as it is."""
    system = make_system(aws, tmp_path_factory.mktemp("system") / "worker.log")
    with system.worker():
        yield system
