"""A database: the tables of one system, and how a conditional write is made."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self, TypeVar, cast

from botocore.session import Session
from pynamodb.connection import Connection
from pynamodb.exceptions import (
    DeleteError,
    PutError,
    PynamoDBException,
    TransactWriteError,
    UpdateError,
)
from pynamodb.models import Model

from switchboard.aws import sdk

CONFLICTS_BORNE = 6
CONFLICT_PAUSE_S = 0.01
# Of a range key; a hash key may have twice as many, which no name needs.
MOST_KEY_BYTES = 1024
# Kept open by a client: as many as a worker asks at once (workers.loop), and some.
CONNECTIONS = 40


class TableItem(Model):
    """An item of a table, which is named without the prefix: `Database.table` binds it."""

    table_name: ClassVar[str]


Table = TypeVar("Table", bound=TableItem)


class SharedConnection(Connection):
    """Makes one client, however many threads ask for it first. The mapper lets each make its own,
    one of which is kept: a worker that meets a full queue would take seconds to begin."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._making = threading.Lock()

    @property
    def session(self) -> Session:
        """What the client is made of."""
        return sdk.new_session()

    @property
    def client(self) -> Any:
        """The client."""
        with self._making:
            return super().client


@dataclass(frozen=True, slots=True)
class Database:
    """The tables under their full names: several systems may share one AWS account. They also
    share one client, since making one costs a tenth of a second."""

    prefix: str
    connection: Connection
    _bound: dict[type[TableItem], Any] = field(default_factory=dict)

    @classmethod
    def open(cls, prefix: str, region: str) -> Self:
        """A database whose client is made at its first use. It waits so briefly for a connection
        and a reply that a lost one is noticed while the caller still waits."""
        return cls(
            prefix,
            SharedConnection(
                region=region,
                connect_timeout_seconds=2,
                read_timeout_seconds=5,
                max_pool_connections=CONNECTIONS,
            ),
        )

    def table(self, model: type[Table]) -> type[Table]:
        """This model, bound to its table of this database."""
        if model not in self._bound:
            self._bound[model] = self._bind(model)
        bound: type[Table] = self._bound[model]
        return bound

    def tables(self) -> set[str]:
        """The full names of the tables that are there, those of other systems among them."""
        pages = self.connection.client.get_paginator("list_tables").paginate()
        return {name for page in pages for name in page["TableNames"]}

    def _bind(self, model: type[Table]) -> type[Table]:
        options = {
            "table_name": f"{self.prefix}{model.table_name}",
            "region": self.connection.region,
            "billing_mode": "PAY_PER_REQUEST",
        }
        bound: Any = type(model.__name__, (model,), {"Meta": type("Meta", (), options)})
        table = bound._get_connection()  # noqa: SLF001  PynamoDB offers no public way to share a client
        self.connection.add_meta_table(table.get_meta_table())
        table.connection = self.connection
        return cast("type[Table]", bound)


def may_be_key(text: str) -> bool:
    """Whether an item may have this in its key: DynamoDB refuses to look for what may not be."""
    return 1 <= len(text.encode()) <= MOST_KEY_BYTES


def made(write: Callable[[], object]) -> bool:
    """Whether a conditional write was made; False only where its condition failed. One that met a
    transaction on the same item is tried again: botocore leaves that to its callers."""
    for tried in range(CONFLICTS_BORNE + 1):
        try:
            write()
        except (PutError, UpdateError, DeleteError, TransactWriteError) as error:
            codes = _codes(error)
            if "ConditionalCheckFailed" in codes:
                return False
            if "TransactionConflict" not in codes or tried == CONFLICTS_BORNE:
                raise
            time.sleep(random.uniform(0, CONFLICT_PAUSE_S * 2**tried))
        else:
            break
    return True


def _codes(error: PynamoDBException) -> set[str]:
    """Why a write was not made, in the words of a transaction's reasons."""
    reasons = getattr(error, "cancellation_reasons", None) or ()
    codes = {reason.code for reason in reasons if reason is not None}
    # PynamoDB's own property breaks where there was no answer.
    answer = getattr(error.cause, "response", None) or {}
    return codes | {answer.get("Error", {}).get("Code", "").removesuffix("Exception")}
