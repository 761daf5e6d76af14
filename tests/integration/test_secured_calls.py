"""Calls over TLS and SRTP: both legs, over carriers that are vouched for, and never over others."""

import asyncio
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from ringback.carrier.media.measure import frequencies_hz
from ringback.carrier.media.sound import read_wav
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.link import Link, Transport
from switchboard.calls.tracing import Traced
from switchboard.calls.trunk import Trunk
from switchboard.desk.tracing import find_traces, switch_on
from tests.integration.caller import in_real_time
from tests.integration.sip_server import sip_server
from tests.integration.system import HOST, ROOT, Customer, System, free_port, make_system

pytestmark = pytest.mark.integration

HOUR = timedelta(hours=1)
SECURED = Link(Transport.TLS, srtp=True)


@dataclass(frozen=True)
class Authority:
    """Vouches for carriers; its own certificate is made for the test."""

    folder: Path

    @property
    def certificate(self) -> Path:
        return self.folder / "authority.pem"

    def make(self) -> "Authority":
        self._request("authority", "/CN=An authority")
        return self

    def vouch(self, name: str, host: str) -> tuple[Path, Path]:
        """A certificate for a host, and its key."""
        own = ("-CA", self.certificate, "-CAkey", self.folder / "authority.key")
        named = ("-addext", f"subjectAltName=IP:{host}", "-addext", "basicConstraints=CA:FALSE")
        self._request(name, f"/CN={host}", *named, *own)
        return self.folder / f"{name}.pem", self.folder / f"{name}.key"

    def _request(self, name: str, subject: str, *more: object) -> None:
        key, certificate = self.folder / f"{name}.key", self.folder / f"{name}.pem"
        command = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", subject)
        files = ("-keyout", key, "-out", certificate)
        subprocess.run([*command, *files, *more], check=True, capture_output=True)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority")).make()


@pytest.fixture
def system(aws, tmp_path, authority) -> System:
    env = {"SSL_CERT_FILE": str(authority.certificate)}
    system = make_system(aws, tmp_path / "worker.log", **env)
    system.ports.trunks.remove("carrier")
    return system


@asynccontextmanager
async def phones(
    system: System, authority: Authority, folder: Path, customer: Customer
) -> AsyncIterator[asyncio.subprocess.Process]:
    """The customer's plays 700 Hz, and that of the friend, who hangs up, 1200 Hz."""
    port = free_port()
    certificate, key = authority.vouch("carrier", HOST)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.secured_phones", str(port)),
        *(str(certificate), str(key), str(folder)),
        *(f"{customer.phone}=700", f"{customer.friend}=1200"),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(10):
            while (line := await process.stdout.readline()) != b"ready\n":
                assert line, "the phones did not come up"
        system.ports.trunks.save(Trunk("secured", HOST, port, priority=20, link=SECURED))
        yield process
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def heard(folder: Path, number: object) -> set[float]:
    """What a phone heard in the middle of the talk, to the nearest 10 Hz."""
    samples = read_wav(folder / f"{number}.wav")
    return {round(hertz, -1) for hertz in frequencies_hz(samples[-2 * 8000 : -8000])}


@in_real_time
async def test_both_legs_are_encrypted_and_both_phones_hear_each_other(system, authority, tmp_path):
    alice = system.customer()
    switch_on(system.ports, Traced.ACCOUNT, alice.account, HOUR)

    async with phones(system, authority, tmp_path, alice):
        with system.worker():
            callback = await asyncio.to_thread(system.order, alice, alice.friend)
            _, cdr = await system.ended(callback)

    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert (heard(tmp_path, alice.phone), heard(tmp_path, alice.friend)) == ({1200}, {700})
    assert all(leg.rtp.received > 50 and leg.rtp.lost == 0 for leg in cdr.legs)
    [trace] = find_traces(system.ports, callback.id)
    assert {message.transport for message in trace.messages} == {"TLS"}
    offers = [one.text for one in trace.messages if one.title in ("INVITE", "200 OK")]
    described = [text for text in offers if "m=audio" in text]
    assert len(described) == 4
    assert all("RTP/SAVP" in text and "inline" not in text for text in described)
    assert system.books_are_clean()


@in_real_time
@pytest.mark.parametrize("host", [HOST, "192.0.2.1"])
async def test_a_carrier_that_is_not_vouched_for_hears_nothing_and_the_next_one_is_tried(
    system, authority, tmp_path, host
):
    """By nobody that is known; or as another host."""
    (tmp_path / "unknown").mkdir()
    voucher = Authority(tmp_path / "unknown").make() if host == HOST else authority
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*voucher.vouch("evil", host))
    alice = system.customer()

    async with sip_server(Transport.TLS, context) as evil:
        system.ports.trunks.save(Trunk("evil", HOST, evil.port, priority=1, link=SECURED))
        async with phones(system, authority, tmp_path, alice):
            with system.worker():
                callback = await asyncio.to_thread(system.order, alice, alice.friend)
                _, cdr = await system.ended(callback)

    assert evil.heard == []
    assert [leg.trunk for leg in cdr.legs] == ["secured", "secured"]
    assert cdr.verdict == Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    assert "customer leg over evil: carrier_failed 503" in system.log.read_text()
