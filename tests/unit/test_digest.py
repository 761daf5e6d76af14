"""Digest authentication: the examples of RFC 7616, and what a request must bring."""

import hashlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.sip.digest import Credentials, challenge
from switchboard.sip.fields import MalformedSip
from switchboard.sip.message import Request
from switchboard.sip.secret import REALM, Secret

PAGE = Request(method="GET", uri="/dir/index.html", headers=())


def ha1(algorithm: str) -> str:
    text = b"Mufasa:http-auth@example.org:Circle of Life"
    return hashlib.new(algorithm.replace("-", ""), text).hexdigest()


MUFASA = Secret("Mufasa", ha1("SHA-256"), ha1("MD5"))


def mufasas(algorithm: str, response: str) -> Credentials:
    return Credentials(
        user="Mufasa",
        nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        uri="/dir/index.html",
        response=response,
        algorithm=algorithm,
        cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        nc="00000001",
    )


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm, response):
    assert mufasas(algorithm, response).proves(MUFASA, PAGE)
    assert not mufasas(algorithm, response[::-1]).proves(MUFASA, PAGE)
    assert not mufasas(algorithm, response).proves(Secret.of("Mufasa", "guessed"), PAGE)


def test_what_was_proved_for_another_request_proves_nothing():
    right = mufasas("MD5", "8ca523f5e9506fed4657c9700eebdbec")
    other = Request(method="GET", uri="/dir/other.html", headers=())

    assert not right.proves(MUFASA, other)


def brought(*values: str) -> Credentials | None:
    headers = tuple(("Authorization", value) for value in values)
    return Credentials.of(Request(method="INVITE", uri="sip:a@b", headers=headers))


FULL = (
    f'Digest username="o\\"neill", realm="{REALM}", nonce="n", uri="sip:a@b", response="AB",'
    ' algorithm=SHA-256, cnonce="c,d", qop=auth, nc=00000001'
)


def test_credentials_are_read_as_they_are_written():
    expected = Credentials('o"neill', "n", "sip:a@b", "ab", "SHA-256", "c,d", "00000001")

    assert brought(FULL) == expected
    assert brought('Digest realm="elsewhere", qop=auth', "Basic abc", FULL) == expected


@pytest.mark.parametrize(
    "value",
    [
        FULL.replace(REALM, "elsewhere"),
        FULL.replace("SHA-256", "SHA-512-256"),
        FULL.replace(", qop=auth", ""),
        FULL.replace("qop=auth", "qop=auth-int"),
        FULL.removeprefix("Digest "),
    ],
)
def test_credentials_that_are_not_for_us_are_none(value):
    assert brought(value) is None


@given(st.text(st.characters(codec="utf-8", exclude_characters="\r\n"), max_size=60))
def test_whatever_is_brought_is_none_or_malformed(text):
    with suppress(MalformedSip):
        assert brought(f"Digest {text}") is None


def test_the_better_algorithm_is_asked_for_first():
    first, second = challenge("n1", stale=True)

    assert first == (
        "WWW-Authenticate",
        f'Digest realm="{REALM}", nonce="n1", algorithm=SHA-256, qop="auth", stale=true',
    )
    assert "algorithm=MD5" in second[1]


def test_a_secret_shows_nothing_in_a_log():
    assert repr(Secret.of("carrier", "open sesame")) == "Secret(user='carrier')"
