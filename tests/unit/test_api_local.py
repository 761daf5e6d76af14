"""The adapter between a WSGI server and the Chalice app, and the process around both."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local import Gateway
from tests.fakes.api import Api, open_api, visiting_api

LOCAL = Path(__file__).parents[2] / "api" / "local.py"


def ask(api: Api, method: str, path: str, query: str = "", **environ: object):
    """Status, headers and body, as a WSGI server gets them."""
    started = []
    body = Gateway(api.app)(
        {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "wsgi.input": io.BytesIO(),
            **environ,
        },
        lambda status, headers: started.append((status, headers)),
    )
    [(status, headers)] = started
    return status, dict(headers), b"".join(body)


def test_an_answer_goes_through_with_its_headers():
    status, headers, body = ask(open_api(), "GET", "/healthz")

    assert (status, body) == ("200 OK", b'{"status":"ok"}')
    assert headers["Content-Type"] == "application/json"
    assert headers["Content-Length"] == str(len(body))


def test_what_is_asked_and_the_headers_reach_the_app():
    api = visiting_api()

    status, _, body = ask(
        api, "GET", "/price", "from=020+7123+4567&to=%2B14155550100", HTTP_COOKIE=api.cookie
    )

    assert status == "200 OK"
    assert b"USA and Canada" in body


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
@pytest.mark.parametrize("authorization", [None, "Bearer x", "Ω".encode().decode("latin-1")])
def test_an_address_that_is_not_there_is_told_in_our_form(method, authorization):
    environ = {} if authorization is None else {"HTTP_AUTHORIZATION": authorization}

    status, headers, body = ask(open_api(), method, "/nowhere/\xff", **environ)

    assert status == "404 Not Found"
    assert headers["Content-Type"] == "application/json"
    assert body == (
        b"" if method == "HEAD" else b'{"code":"not_found","message":"there is no such address"}'
    )


def test_an_answer_to_head_has_no_body():
    status, headers, body = ask(open_api(), "HEAD", "/healthz")

    assert (status, body) == ("405 Method Not Allowed", b"")
    assert headers["Allow"] == "GET"


def test_an_answer_to_options_is_empty():
    status, _, body = ask(open_api(), "OPTIONS", "/healthz")

    assert (status, body) == ("200 OK", b"")


def test_a_missing_variable_ends_the_process_with_its_name():
    ended = subprocess.run(
        [sys.executable, LOCAL, "--port", "0"],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(LOCAL.parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert ended.returncode == 1
    assert ended.stderr == (
        "api: the environment does not set"
        " RINGBACK_PUBLIC_URL, RINGBACK_SECRET_KEY, TWILIO_AUTH_TOKEN, RINGBACK_PIN_KEY\n"
    )
