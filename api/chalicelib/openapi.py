"""The OpenAPI 3.1 document, made of the operations that are served."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.bodies import ID, Error, Model, NoQuery
from chalicelib.routes import JSON, View

REASONS = {
    400: "The request is malformed",
    401: "Nobody is signed in, or with a wrong password",
    402: "There is not enough credit",
    403: "The account is blocked",
    404: "There is no such thing",
    409: "The same key was used with other contents",
    422: "A rule refuses it",
    429: "Too many at once; Retry-After tells when to try again",
}
COMPONENTS = "#/components/schemas/{model}"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that an API client can do. `answer` is None where the answer is this document."""

    method: str
    path: str
    view: View
    summary: str
    answer: type[Model] | None
    status: int = 200
    body: type[Model] | None = None
    query: type[Model] = NoQuery
    refused_with: Sequence[int] = ()
    public: bool = False
    idempotent: bool = False

    @property
    def refusals(self) -> Sequence[int]:
        """The statuses of all its refusals."""
        return sorted({*self.refused_with, *([] if self.public else [401])})


def openapi_document(operations: Iterable[Operation], server: str) -> dict[str, Any]:
    """The document of these operations, served at this address."""
    served = list(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in served:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ringback",
            "version": "1",
            "description": "Orders callbacks: two phones ring and are connected, one account pays."
            " Money is a decimal string beside its currency, times are ISO 8601 in UTC.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": _schemas(served),
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    taken = {operation.body for operation in operations if operation.body}
    given = {operation.answer for operation in operations if operation.answer} | {Error}
    wanted: list[tuple[type[Model], JsonSchemaMode]] = [
        *((model, "validation") for model in taken),
        *((model, "serialization") for model in given),
    ]
    _, schemas = models_json_schema(wanted, ref_template=COMPONENTS)
    return dict(sorted(schemas["$defs"].items()))


def _operation(operation: Operation) -> dict[str, Any]:
    document: dict[str, Any] = {
        "operationId": operation.view.__name__,
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): _response("Done", operation.answer),
            **{str(status): _response(REASONS[status], Error) for status in operation.refusals},
        },
        "security": [] if operation.public else [{"token": []}],
    }
    if operation.body:
        document["requestBody"] = {"required": True, "content": _content(operation.body)}
    return document


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": ID}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    schema = operation.query.model_json_schema()
    query = [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", []),
            "schema": field,
        }
        for name, field in schema.get("properties", {}).items()
    ]
    return [*path, *query, *([IDEMPOTENCY_KEY] if operation.idempotent else [])]


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key again is answered with the same callback, never a second one.",
    "schema": {"type": "string", "pattern": "^[ -~]{1,200}$"},
}


def _response(description: str, model: type[Model] | None) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}


def _content(model: type[Model] | None) -> dict[str, Any]:
    reference = {"$ref": COMPONENTS.format(model=model.__name__)} if model else {"type": "object"}
    return {JSON: {"schema": reference}}
