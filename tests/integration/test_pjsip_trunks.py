"""How trunks are spoken to: transports, proxies, registration, codecs, and what is refused."""

import asyncio
import re
import ssl
import subprocess

import pytest

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.link import Codec, Link, Transport
from switchboard.calls.trunk import Trunk
from tests.fakes.phone import an_order
from tests.integration.far_end import HOST
from tests.integration.sip_server import sip_server
from tests.integration.system import free_port
from workers.phone import LegEnded, LegTrace

pytestmark = pytest.mark.integration

ME = ("me", "secret")
AS_USUAL = Link()


def invite(worker, *, link: Link = AS_USUAL, tls: ssl.SSLContext | None = None, **terms) -> str:
    """The INVITE that a trunk gets, which is busy."""

    async def flow() -> str:
        async with sip_server(link.transport, tls) as server:
            trunk = Trunk("a", HOST, server.port, link=link, **terms)
            assert await verdict(worker, trunk) == Verdict(Ending.BUSY, Culprit.CUSTOMER)
            return await server.asked("INVITE")

    return worker.run(flow())


async def verdict(worker, trunk: Trunk) -> Verdict:
    with pytest.raises(LegEnded) as ended:
        async with worker.phone.dial(an_order(trunk=trunk), LegTrace()):
            pass
    return ended.value.verdict


def test_a_trunk_may_be_spoken_to_over_tcp(worker):
    asked = invite(worker, link=Link(Transport.TCP))

    assert "\r\nVia: SIP/2.0/TCP " in asked
    assert re.match(r"INVITE sip:\+442071234567@127.0.0.1:\d+;transport=tcp SIP/2.0", asked)


@pytest.fixture(scope="module")
def tls(tmp_path_factory) -> ssl.SSLContext:
    """A carrier's certificate, which is its own authority."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(certificate))
        yield context


def test_over_tls_audio_may_be_encrypted(worker, tls):
    plain = invite(worker, link=Link(Transport.TLS), tls=tls)
    secured = invite(worker, link=Link(Transport.TLS, srtp=True), tls=tls)

    assert "\r\nVia: SIP/2.0/TLS " in plain
    assert re.search(r"^m=audio \d+ RTP/AVP ", plain, re.MULTILINE)
    assert re.search(r"^m=audio \d+ RTP/SAVP ", secured, re.MULTILINE)
    assert "\r\na=crypto:1 AES_" in secured


def test_a_carrier_whose_certificate_nobody_vouches_for_is_no_carrier(worker, tls, tmp_path):
    async def flow() -> tuple[Verdict, list[str]]:
        key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=evil"]
        await asyncio.to_thread(
            subprocess.run,
            [*command, "-keyout", key, "-out", certificate],
            check=True,
            capture_output=True,
        )
        other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        other.load_cert_chain(certificate, key)
        async with sip_server(Transport.TLS, other) as server:
            trunk = Trunk("a", HOST, server.port, link=Link(Transport.TLS))
            return await verdict(worker, trunk), server.heard

    assert worker.run(flow()) == (Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER), [])


def test_where_nobody_listens_to_tcp_the_trunk_fails_at_once(worker):
    trunk = Trunk("a", HOST, free_port(), link=Link(Transport.TCP))

    async def flow() -> Verdict:
        async with asyncio.timeout(2):
            return await verdict(worker, trunk)

    assert worker.run(flow()) == Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER)


def test_a_name_that_nobody_knows_is_the_trunks_fault(worker):
    trunk = Trunk("a", "nowhere.invalid")

    assert worker.run(verdict(worker, trunk)) == Verdict(Ending.UNREACHABLE, Culprit.CARRIER)


def test_all_requests_take_the_way_over_the_proxy(worker):
    async def flow() -> tuple[str, str, int | None]:
        async with sip_server() as proxy:
            trunk = Trunk("a", "carrier.invalid", link=Link(proxy=(HOST, proxy.port)))
            await verdict(worker, trunk)
            answer = await worker.phone.ask(trunk)
            return await proxy.asked("INVITE"), await proxy.asked("OPTIONS"), answer

    invited, asked, answer = worker.run(flow())

    assert invited.startswith("INVITE sip:+442071234567@carrier.invalid:5060 ")
    assert asked.startswith("OPTIONS sip:carrier.invalid:5060 ")
    assert "\r\nRoute: <sip:127.0.0.1:" in invited
    assert answer == 200


@pytest.mark.parametrize("transport", [Transport.UDP, Transport.TCP])
def test_a_trunk_is_asked_for_its_options(worker, transport):
    async def flow() -> list[int | None]:
        link = Link(transport)
        async with (
            sip_server(transport) as well,
            sip_server(transport, OPTIONS="503 Out Of Service") as ill,
            sip_server(transport, OPTIONS=None) as silent,
        ):
            ports = [well.port, ill.port, silent.port]
            trunks = [Trunk("a", HOST, port, link=link) for port in ports]
            return await asyncio.gather(*map(worker.phone.ask, trunks))

    assert worker.run(flow()) == [200, 503, None]


@pytest.mark.parametrize("answer", ["200 OK", "403 Forbidden"])
def test_a_worker_is_registered_under_the_user_of_its_trunk(worker, answer):
    async def flow():
        async with sip_server(REGISTER=answer) as server:
            trunk = Trunk("a", HOST, server.port, credentials=ME, link=Link(registers=True))
            while (code := worker.phone.registration(trunk)) is None:  # noqa: ASYNC110  it does not tell
                await asyncio.sleep(0.05)
            registered = list(server.heard)
            worker.phone.unregister(trunk)
            await asyncio.sleep(0.2)
            return code, registered, server.heard[len(registered) :]

    code, (first, second), after = worker.run(flow())

    assert code == int(answer[:3])
    assert "Authorization" not in first
    assert "\r\nTo: <sip:me@127.0.0.1>\r\n" in second
    assert '\r\nAuthorization: Digest username="me", realm="carrier"' in second
    assert ["\r\nExpires: 0\r\n" in one for one in after[-1:]] == [True] * (code == 200)
    assert "secret" not in first + second


@pytest.mark.parametrize(
    ("codecs", "formats"),
    [((Codec.PCMA, Codec.PCMU), "8 0 101"), ((Codec.PCMU, Codec.PCMA), "0 8 101")]
    + [((codec,), f"{number} 101") for codec, number in ((Codec.PCMA, 8), (Codec.PCMU, 0))],
)
def test_codecs_are_offered_in_the_order_of_the_trunk(worker, codecs, formats):
    asked = invite(worker, link=Link(codecs=codecs))

    assert re.search(r"^m=audio \d+ RTP/AVP (.*)\r", asked, re.MULTILINE)[1] == formats
    named = re.findall(r"^a=rtpmap:(\d+) ", asked, re.MULTILINE)
    assert sorted(named) == sorted(formats.split())


@pytest.mark.parametrize("timers", [True, False])
def test_session_timers_are_offered_unless_the_trunk_does_not_want_them(worker, timers):
    asked = invite(worker, link=Link(session_timers=timers))

    supported = re.search(r"^Supported: (.*)\r", asked, re.MULTILINE)[1]
    assert ("timer" in supported.split(", "), "Session-Expires:" in asked) == (timers, timers)


def test_the_engine_lets_go_of_accounts_that_nothing_uses(worker):
    for number in range(12):
        assert invite(worker, credentials=(f"user{number}", "secret"))
