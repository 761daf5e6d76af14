"""The API as a process over the embedded AWS: as `ringback up` and the demo start it."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from chalicelib.settings import PIN_KEY, PUBLIC_URL, SECRET_KEY
from chalicelib.settings import TWILIO_AUTH_TOKEN as TOKEN_NAME
from ringback.embedded.process import start_embedded_aws
from switchboard.aws import AwsSettings, callbacks_inbox, create_tables, open_ports
from switchboard.logs import FORM, JSON
from switchboard.ports import Ports
from switchboard.vault import ArgonPasswords
from tests.fakes.api import TWILIO_AUTH_TOKEN, sign
from tests.fakes.world import ALICE, BOB, SERVICE, open_alice

pytestmark = pytest.mark.integration

LOCAL = Path(__file__).parents[2] / "api" / "local.py"
ADDRESS = "https://call.example.com"
SMS = "/webhooks/twilio/sms"
DEADLINE_S = 20


@dataclass(frozen=True)
class System:
    """Tables of its own on the embedded AWS, and what a process needs to find them."""

    settings: AwsSettings
    environment: dict[str, str]
    ports: Ports


@pytest.fixture
def system(tmp_path, monkeypatch) -> Iterator[System]:
    with start_embedded_aws(tmp_path, log=False) as aws:
        for name, text in aws.environment.items():
            monkeypatch.setenv(name, text)
        settings = AwsSettings(aws.environment["AWS_DEFAULT_REGION"], f"t{uuid4().hex[:8]}-")
        create_tables(settings)
        ports = open_ports(settings)
        open_alice(ports, passwords=ArgonPasswords())
        own = {
            "RINGBACK_PREFIX": settings.prefix,
            PUBLIC_URL: ADDRESS,
            SECRET_KEY: uuid4().hex,
            TOKEN_NAME: TWILIO_AUTH_TOKEN,
            PIN_KEY: "p" * 16,
        }
        yield System(settings, {**os.environ, **own}, ports)


@contextmanager
def running(system: System, *command: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """The process, once it says where it listens, and a client for it."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=system.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said = re.fullmatch(
            r"api listening on (http://127\.0\.0\.1:\d+)\n", process.stdout.readline()
        )
        with httpx.Client(base_url=said[1], timeout=DEADLINE_S) as client:
            yield process, client
    finally:
        process.kill()
        process.communicate(timeout=DEADLINE_S)


def test_the_same_text_posted_five_times_at_once_is_one_callback_and_five_equal_answers(system):
    fields = {
        "MessageSid": f"SM{uuid4().hex}",
        "From": str(ALICE),
        "To": str(SERVICE),
        "Body": BOB.digits,
    }
    headers = {"X-Twilio-Signature": sign(ADDRESS + SMS, fields)}
    together = threading.Barrier(5)

    with running(system, str(LOCAL), "--port", "0") as (_, client), ThreadPoolExecutor(5) as pool:

        def post(_number: int) -> httpx.Response:
            together.wait(timeout=DEADLINE_S)
            return client.post(SMS, data=fields, headers=headers)

        answers = list(pool.map(post, range(5)))

    [callback] = system.ports.callbacks.recent("alice", limit=10, cursor=None).items
    inbox = callbacks_inbox(system.settings)
    offered = {message.body for message in inbox.receive(most=10)}
    assert [answer.status_code for answer in answers] == [200] * 5
    assert {answer.text for answer in answers} == {answers[0].text}
    assert "We are calling you now to connect you with +14155550100." in answers[0].text
    assert offered == {callback.id}


def test_a_customer_orders_and_cancels_over_http(system):
    with running(system, str(LOCAL), "--port", "0") as (_, client):
        assert client.get("/healthz").json() == {"status": "ok"}
        signed_in = client.post(
            "/api/v1/sessions", json={"login": "alice", "password": "wonderland"}
        )
        bearer = {"Authorization": f"Bearer {signed_in.json()['token']}"}

        ordered = client.post("/api/v1/callbacks", json={"to": str(BOB)}, headers=bearer)
        path = f"/api/v1/callbacks/{ordered.json()['id']}"
        cancelled = client.delete(path, headers=bearer)
        shown = client.get(path, headers=bearer)
        listed = client.get("/api/v1/callbacks", headers=bearer)

    assert (ordered.status_code, cancelled.status_code) == (202, 202)
    assert shown.json() == {**cancelled.json(), "charge": None}
    assert listed.json() == {"items": [cancelled.json()], "cursor": None}


def test_the_process_ends_in_an_orderly_way_when_it_is_asked(system):
    with running(system, str(LOCAL), "--port", "0") as (process, client):
        client.get("/healthz")

        process.send_signal(signal.SIGTERM)

        _, complaints = process.communicate(timeout=DEADLINE_S)
        assert process.returncode == 0
        assert re.fullmatch(r"\S+ \S+ ringback.api INFO GET /healthz 200 [\d.]+ ms\n", complaints)


def test_its_log_is_json_where_that_is_asked_for(system):
    fields = {
        "MessageSid": f"SM{uuid4().hex}",
        "From": str(ALICE),
        "To": str(SERVICE),
        "Body": BOB.digits,
    }
    system.environment[FORM] = JSON

    with running(system, str(LOCAL), "--port", "0") as (process, client):
        client.post(SMS, data=fields, headers={"X-Twilio-Signature": sign(ADDRESS + SMS, fields)})
        process.send_signal(signal.SIGTERM)
        _, complaints = process.communicate(timeout=DEADLINE_S)

    [callback] = system.ports.callbacks.recent("alice", limit=10, cursor=None).items
    placed, answered = map(json.loads, complaints.splitlines())
    facts = {"callback": callback.id, "account": "alice", "trigger": "twilio-sms"}
    assert {name: placed[name] for name in facts} == facts
    assert (answered["method"], answered["path"], answered["status"]) == ("POST", SMS, 200)
    assert ALICE.digits not in complaints


def test_the_process_ends_with_the_one_that_started_it(system):
    command = json.dumps([sys.executable, str(LOCAL), "--port", "0", "--die-with-parent"])
    parent = f"import subprocess; subprocess.run({command})"

    with running(system, "-c", parent) as (process, client):
        client.get("/healthz")

        process.kill()

        # Their output is closed when both have ended.
        process.communicate(timeout=DEADLINE_S)
        with pytest.raises(httpx.ConnectError):
            client.get("/healthz")
