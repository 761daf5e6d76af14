"""DynamoDB for simulations: the adapters, PynamoDB and botocore as they are, the embedded engine in
this process, and trouble on the wire between them."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError
from botocore.session import Session, get_session
from ministack.services import dynamodb
from pynamodb.connection import Connection

from switchboard.aws.accounts import DynamoAccounts
from switchboard.aws.books import DynamoBooks
from switchboard.aws.callbacks import DynamoCallbacks
from switchboard.aws.fleet import DynamoWorkers
from switchboard.aws.models.accounts import AccountItem, EntryItem, IdentityItem
from switchboard.aws.models.calls import CallbackItem, CdrItem
from switchboard.aws.models.database import Database
from switchboard.aws.models.system import WorkerItem
from tests.simulator.trouble import Fate, Kind, Trouble

REGION = "eu-central-1"
TABLES = (AccountItem, IdentityItem, EntryItem, CdrItem, CallbackItem, WorkerItem)
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems")
# A service says of several errors that the same request may do better a little later.
OVERLOADED = ("ProvisionedThroughputExceededException", "ThrottlingException")


def tame(patch: pytest.MonkeyPatch) -> None:
    """What botocore takes from outside: keys, which nobody checks; pauses between two tries, which
    cost no time; ids, which come by the dice, so that a seed tells the same story again. Signatures
    and what a client says of itself are left out: nobody reads them, and they take long."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        patch.setenv(name, "simulated")
    patch.setattr("time.sleep", lambda _s: None)
    patch.setattr("os.urandom", Random(1).randbytes)
    patch.setattr("botocore.signers.RequestSigner.sign", lambda *_args, **_kwargs: None)
    patch.setattr("botocore.useragent.UserAgentString.to_string", lambda _self: "simulated")


class EmbeddedStores:
    """The adapters over empty tables. A mutant of an adapter is made from a database as the
    adapter itself."""

    def __init__(
        self,
        books: type[DynamoBooks] = DynamoBooks,
        callbacks: type[DynamoCallbacks] = DynamoCallbacks,
        workers: type[DynamoWorkers] = DynamoWorkers,
    ) -> None:
        self._kinds = {"books": books, "callbacks": callbacks, "workers": workers}
        dynamodb.reset()
        self._calm = _database(Wire(None))
        for model in TABLES:
            self._calm.table(model).create_table(wait=True)

    def calm(self) -> dict[str, Any]:
        return self._ports(self._calm)

    def troubled(self, fate: Fate) -> dict[str, Any]:
        return self._ports(_database(Wire(fate)))

    def _ports(self, database: Database) -> dict[str, Any]:
        ports = {name: kind(database) for name, kind in self._kinds.items()}
        return {**ports, "accounts": DynamoAccounts(database)}


class Wire(Connection):
    """PynamoDB's connection, with a client whose requests go to the engine in this process, where
    they get there at all."""

    # Making one reads all of botocore's descriptions, which takes a tenth of a second.
    _session = get_session()

    def __init__(self, fate: Fate | None) -> None:
        super().__init__(region=REGION)
        self.fate = fate
        self._given_up: set[str] = set()

    @property
    def session(self) -> Session:
        return self._session

    @property
    def client(self) -> Any:
        # With a count of its retries of its own: no story depends on the one before it.
        is_new = self._client is None
        client = super().client
        if is_new:
            client.meta.events.register("before-send.dynamodb", self._send)
        return client

    def _send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        if self.fate is None:
            return _answer(request)
        one = request.headers["amz-sdk-invocation-id"]
        if one in self._given_up:
            raise ConnectTimeoutError(endpoint_url=request.url)
        try:
            return self.fate.around(lambda: _answer(request), changes=_changes(request))
        except Trouble as trouble:
            if self.fate.lasts():
                self._given_up.add(one)
            return _failed(request, trouble.kind, self.fate.random)


def _database(wire: Wire) -> Database:
    return Database("", wire)


def _answer(request: AWSPreparedRequest) -> AWSResponse:
    headers = {name.lower(): _text(value) for name, value in request.headers.items()}
    serving = dynamodb.handle_request(request.method, "/", headers, request.body, {})
    try:
        serving.send(None)
    except StopIteration as served:
        status, headers, body = served.value
        return AWSResponse(request.url, status, headers, Body(body))
    raise AssertionError("the engine waits for nothing")


def _failed(request: AWSPreparedRequest, kind: Kind, random: Random) -> AWSResponse:
    """As the client of the real service meets it."""
    if kind is Kind.UNSENT:
        raise ConnectTimeoutError(endpoint_url=request.url)
    if kind is Kind.LOST:
        raise ReadTimeoutError(endpoint_url=request.url)
    transaction = _operation(request) == "TransactWriteItems"
    if kind is Kind.THROTTLED:
        return _error(request, random.choice(OVERLOADED))
    if not transaction:
        return _error(request, "TransactionConflictException")
    if random.random() < 0.5:
        return _error(request, "TransactionInProgressException")
    items = len(json.loads(request.body)["TransactItems"])
    reasons = [{"Code": "TransactionConflict"}, *[{"Code": "None"}] * (items - 1)]
    return _error(request, "TransactionCanceledException", CancellationReasons=reasons)


def _error(request: AWSPreparedRequest, code: str, **more: Any) -> AWSResponse:
    body = json.dumps({"__type": code, "message": "by the dice", **more}).encode()
    return AWSResponse(request.url, 400, {}, Body(body))


def _operation(request: AWSPreparedRequest) -> str:
    return _text(request.headers["X-Amz-Target"]).partition(".")[2]


def _changes(request: AWSPreparedRequest) -> bool:
    """Whether it may change a balance."""
    of_accounts = f'"{AccountItem.table_name}"'.encode() in request.body
    return of_accounts and _operation(request) in WRITES


def _text(header: str | bytes) -> str:
    return header if isinstance(header, str) else header.decode()


class Body:
    """What of urllib3's response botocore reads."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content
