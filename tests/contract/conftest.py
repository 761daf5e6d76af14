"""The same ports over several engines, with nothing in them at the beginning of a test."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from botocore.config import Config
from moto import mock_aws

from ringback.embedded.process import KEY, start_embedded_aws
from switchboard.aws import sdk
from switchboard.aws.models import ALL
from switchboard.aws.models.database import Database
from switchboard.aws.opening import AwsSettings, create_queues, create_tables, open_ports
from switchboard.aws.queues import sqs_client
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


class System:
    """The tables, the queues and the bucket of a system: making them takes longer than most tests,
    which find them empty."""

    def __init__(self) -> None:
        self._settings = AwsSettings(REGION, prefix=f"t{uuid4().hex[:8]}-")
        create_tables(self._settings)
        database = Database.open(self._settings.prefix, REGION)
        self._tables = [database.table(model) for model in ALL]
        _keep_what_is_old(self._tables)
        self._sqs = sqs_client(REGION)

    def emptied(self) -> Ports:
        for table in self._tables:
            with table.batch_write() as batch:
                for item in table.scan():
                    batch.delete(item)
        queues = self._sqs.list_queues(QueueNamePrefix=self._settings.prefix)
        for url in queues.get("QueueUrls", ()):
            self._sqs.delete_queue(QueueUrl=url)
        create_queues(self._settings)
        return open_ports(self._settings)


def _keep_what_is_old(tables: Iterable[Any]) -> None:
    """The days of the tests are past: an engine would take away what they say is gone by then
    between two lines of a test."""
    dynamodb = sdk.client("dynamodb", REGION, Config())
    for table in tables:
        if ttl := table._ttl_attribute():
            off = {"AttributeName": ttl.attr_name, "Enabled": False}
            dynamodb.update_time_to_live(
                TableName=table.Meta.table_name, TimeToLiveSpecification=off
            )


@pytest.fixture(scope="session")
def embedded_url(tmp_path_factory) -> Iterator[str]:
    with start_embedded_aws(tmp_path_factory.mktemp("aws"), log=False) as aws:
        yield aws.url


@pytest.fixture(scope="session")
def dynamodb_local_url() -> Iterator[str]:
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="session")
def systems() -> dict[str, System]:
    """By their engines, as they are first asked for."""
    return {}


def ports_over(engine: str, request: pytest.FixtureRequest, patch: pytest.MonkeyPatch):
    if engine == "memory":
        yield memory_ports()
        return
    for name, value in CREDENTIALS.items():
        patch.setenv(name, value)
    systems = request.getfixturevalue("systems")
    if engine == "moto":
        with moto():
            yield emptied(systems, engine)
        return
    patch.setenv("AWS_ENDPOINT_URL", request.getfixturevalue("embedded_url"))
    if engine == "dynamodb_local":
        local = request.getfixturevalue("dynamodb_local_url")
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", local)
    yield emptied(systems, engine)


@contextmanager
def moto() -> Iterator[None]:
    """What was in it the last time is there again."""
    mock = mock_aws()
    mock.start(reset=False)
    try:
        yield
    finally:
        mock.stop(remove_data=False)


def emptied(systems: dict[str, System], engine: str) -> Ports:
    if engine not in systems:
        systems[engine] = System()
    return systems[engine].emptied()


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


@pytest.fixture
def embedded_ports(request, monkeypatch) -> Iterator[Ports]:
    """For what a browser asks of S3, which looks at signatures."""
    for ports in ports_over("embedded", request, monkeypatch):
        for name in CREDENTIALS:
            monkeypatch.setenv(name, KEY)
        yield ports
