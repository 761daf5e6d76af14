"""The same ports over several engines; each test has tables of its own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from moto import mock_aws

from ringback.embedded.process import start_embedded_aws
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.ports import Ports
from tests.dynamodb_local.server import dynamodb_local
from tests.fakes.ports import memory_ports

REGION = "eu-central-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}

# moto does not keep simultaneous writes apart, so it serves what has none.
QUIET_ENGINES = [
    "memory",
    "moto",
    pytest.param("embedded", marks=pytest.mark.integration),
    pytest.param("dynamodb_local", marks=pytest.mark.dynamodb_local),
]
BUSY_ENGINES = [engine for engine in QUIET_ENGINES if engine != "moto"]
QUEUE_ENGINES = QUIET_ENGINES[1:3]


@pytest.fixture(scope="session")
def embedded_url(tmp_path_factory) -> Iterator[str]:
    with start_embedded_aws(tmp_path_factory.mktemp("aws"), log=False) as aws:
        yield aws.url


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    with dynamodb_local() as url:
        yield url


def ports_over(engine: str, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch):
    if engine == "memory":
        yield memory_ports()
        return
    for name, value in CREDENTIALS.items():
        patch.setenv(name, value)
    if engine == "moto":
        with mock_aws():
            yield _fresh_system()
        return
    embedded = request.getfixturevalue("embedded_url")
    patch.setenv("AWS_ENDPOINT_URL", embedded)
    if engine == "dynamodb_local":
        local = request.getfixturevalue("dynamodb_local_url")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", local)
    yield _fresh_system()


def _fresh_system() -> Ports:
    # The tables go with the engine.
    settings = AwsSettings(REGION, prefix=f"t{uuid4().hex[:8]}-")
    create_tables(settings)
    return open_ports(settings)


@pytest.fixture(params=QUIET_ENGINES)
def ports(request, monkeypatch) -> Iterator[Ports]:
    yield from ports_over(request.param, request, monkeypatch)


@pytest.fixture(params=BUSY_ENGINES)
def busy_ports(request, monkeypatch) -> Iterator[Ports]:
    """For what happens at the same time."""
    yield from ports_over(request.param, request, monkeypatch)


@pytest.fixture(params=QUEUE_ENGINES)
def queue_ports(request, monkeypatch) -> Iterator[Ports]:
    """For what SQS does; the queues in memory have their own tests' needs."""
    yield from ports_over(request.param, request, monkeypatch)
