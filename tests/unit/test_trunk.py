"""Where a carrier is reached."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.link import Codec, Link, Transport
from switchboard.calls.trunk import Trunk
from switchboard.desk.trunks import TrunkChanges
from switchboard.errors import Malformed


def parse(address: str) -> Trunk:
    return Trunk.parse("carrier", address, priority=5, credentials=("me", "secret"))


@given(st.one_of(st.text(), st.text("a1.-:[]@;0\u00fc\u0661")))
def test_any_text_is_an_address_or_refused(text):
    try:
        trunk = parse(text)
    except Malformed:
        return
    assert f"{trunk.host}:{trunk.port}" in (text, f"{text}:5060", f"{trunk.host}:{trunk.port:05d}")
    assert 0 < trunk.port < 65_536


def test_an_address_is_a_host_with_or_without_a_port():
    assert parse("sip.example.net") == Trunk(
        "carrier", "sip.example.net", 5060, 5, ("me", "secret")
    )
    assert parse("192.0.2.7:5070") == Trunk("carrier", "192.0.2.7", 5070, 5, ("me", "secret"))


@pytest.mark.parametrize(
    "address",
    ["", ":5060", "a b", "sip:user@host", "host;lr", "a/b", "b\u00fccher.example", "a\r\nb"],
)
def test_what_could_change_a_request_is_no_host(address):
    with pytest.raises(Malformed, match="host"):
        parse(address)


@pytest.mark.parametrize("port", ["", "0", "65536", "-1", "5o60", "000005060123", "0" * 5_000])
def test_a_port_is_one_that_exists(port):
    with pytest.raises(Malformed, match="port"):
        parse(f"host:{port}")


@pytest.mark.parametrize("seconds", [0, 33])
def test_a_carrier_is_given_some_time_to_reply(seconds):
    with pytest.raises(Malformed, match="1 to 32 seconds"):
        Trunk("a", "host", reply_limit=timedelta(seconds=seconds))


def test_a_link_asks_for_nothing_that_cannot_be():
    with pytest.raises(Malformed, match="SRTP needs TLS"):
        Link(srtp=True)
    with pytest.raises(Malformed, match="each once"):
        Link(codecs=(Codec.PCMA, Codec.PCMA))
    with pytest.raises(Malformed, match="needs a user name"):
        Trunk("a", "host", link=Link(registers=True))
    with pytest.raises(Malformed, match="cannot be released"):
        Link(Transport.TLS, srtp=True, release_media=True)
    with pytest.raises(Malformed, match="with session timers only"):
        Link(session_timers=False, release_media=True)


def test_over_tls_a_carrier_listens_at_another_port():
    tls = TrunkChanges("sip.example.net", transport=Transport.TLS, proxy="proxy")

    changed = tls.over(parse("host"))

    assert (changed.port, changed.link) == (5061, Link(Transport.TLS, ("proxy", 5061)))
    assert TrunkChanges(proxy="", codecs=(Codec.PCMA,)).over(changed) == replace(
        changed, link=Link(Transport.TLS, codecs=(Codec.PCMA,))
    )
    released = TrunkChanges(release_media=True).over(changed)
    assert released.link == replace(changed.link, release_media=True)
    assert TrunkChanges(release_media=False).over(released) == changed


def test_credentials_do_not_show():
    assert "secret" not in repr(parse("host"))
