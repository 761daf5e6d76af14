"""The OpenAPI 3.1 document, made of the operations that are served."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.bodies import ID, Error, Model, NoQuery
from chalicelib.routes import JSON, View
from switchboard.wire import Body

REASONS = {
    400: "The request is malformed",
    401: "Nobody is signed in, or with a wrong password",
    402: "There is not enough credit",
    403: "The account is blocked, or the role of the user has no right to this",
    404: "There is no such thing",
    409: "It is there already, or the same key was used with other contents",
    412: "It was changed in between: If-Match has another version",
    422: "A rule refuses it",
    429: "Too many at once; Retry-After tells when to try again",
}
COMPONENTS = "#/components/schemas/{model}"
NO_CONTENT = 204
CUSTOMERS, USERS = "token", "user_token"


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that an API client can do. `answer` is None where the answer is this document, or
    nothing (204). `token` is whose token it needs; `parts` are the patterns of what stands in the
    path, by name, and `example` is one of its body."""

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
    token: str = CUSTOMERS
    tag: str = "Customers"
    description: str = ""
    parts: Mapping[str, str] = field(default_factory=lambda: {"id": ID})
    headers: Sequence[Mapping[str, Any]] = ()
    example: Body | None = None

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
            " Below /api/v1/office is what the console does, for its users, as far as their roles"
            " go. Money is a decimal string beside its currency, times are ISO 8601 in UTC.",
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": _schemas(served),
            "securitySchemes": {
                CUSTOMERS: _bearer("That of a customer, by POST /api/v1/sessions; of a bridge."),
                USERS: _bearer("That of a user of the console, by POST /api/v1/office/sessions."),
            },
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
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": _parameters(operation),
        "responses": {
            str(operation.status): _done(operation),
            **{str(status): _response(REASONS[status], Error) for status in operation.refusals},
        },
        "security": [] if operation.public else [{operation.token: []}],
    }
    if operation.description:
        document["description"] = operation.description
    if operation.body:
        content = _content(operation.body)
        if operation.example is not None:
            content[JSON]["example"] = operation.example
        document["requestBody"] = {"required": True, "content": content}
    return document


def _parameters(operation: Operation) -> list[dict[str, Any]]:
    path = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": operation.parts[name]},
        }
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
    keys = [IDEMPOTENCY_KEY] if operation.idempotent else []
    return [*path, *query, *keys, *map(dict, operation.headers)]


IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key again is answered with the same callback, never a second one.",
    "schema": {"type": "string", "pattern": "^[ -~]{1,200}$"},
}


def _done(operation: Operation) -> dict[str, Any]:
    if operation.status == NO_CONTENT:
        return {"description": "Done"}
    return _response("Done", operation.answer)


def _response(description: str, model: type[Model] | None) -> dict[str, Any]:
    return {"description": description, "content": _content(model)}


def _bearer(description: str) -> dict[str, str]:
    return {"type": "http", "scheme": "bearer", "description": description}


def _content(model: type[Model] | None) -> dict[str, Any]:
    reference = {"$ref": COMPONENTS.format(model=model.__name__)} if model else {"type": "object"}
    return {JSON: {"schema": reference}}
