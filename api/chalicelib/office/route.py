"""A route of the office: from a line of a table to what Chalice and the description are given."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from chalice.app import Request, Response

from chalicelib.bodies import Model, NoQuery, read_body, read_query
from chalicelib.office.bodies import PARTS
from chalicelib.office.request import OfficeRequest, admitted, etag_of
from chalicelib.openapi import IDEMPOTENCY_KEY, NO_CONTENT, USERS, Operation
from chalicelib.routes import View, answer
from chalicelib.wiring import Wiring
from switchboard.desk.office.rights import right_of
from switchboard.staff.rights import Right
from switchboard.wire import Body

PREFIX = "/api/v1/office"
KEY: Mapping[str, Any] = {
    **IDEMPOTENCY_KEY,
    "required": True,
    "description": "The payment's own number, or any other that is used once. The same key again is"
    " entered once, for the console and the command too, and is answered as before.",
    "example": "receipt-4711",
}
IF_MATCH: Mapping[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag that was read: refused with 412 where it was changed since.",
    "schema": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Route:
    """What is done by `act` with the use cases that it `uses`; their rights are needed, all of
    them, and `also` what one of them asks for besides. Without an `answer` there is none (204).
    With a `key` it asks for an Idempotency-Key, where it is `versioned` it goes by If-Match."""

    method: str
    path: str
    act: Callable[[OfficeRequest], Body | None]
    uses: Sequence[Callable[..., object]]
    summary: str
    answer: type[Model] | None
    status: int = 200
    body: type[Model] | None = None
    example: Body | None = None
    query: type[Model] = NoQuery
    refused_with: Sequence[int] = ()
    also: Sequence[Right] = ()
    key: bool = False
    versioned: bool = False

    @property
    def rights(self) -> Sequence[Right]:
        """The rights that whoever asks must have."""
        return list(dict.fromkeys([*map(right_of, self.uses), *self.also]))

    def operation(self, tag: str) -> Operation:
        """The same as it is served and described."""
        needed = " and ".join(map(str, self.rights))
        return Operation(
            self.method,
            PREFIX + self.path,
            self._view(),
            self.summary,
            self.answer,
            status=self.status if self.answer else NO_CONTENT,
            body=self.body,
            query=self.query,
            refused_with=self._refusals(),
            token=USERS,
            tag=f"Office: {tag}",
            description=f"Needs {needed}." if needed else "For every user.",
            parts=PARTS,
            headers=[*([KEY] if self.key else []), *([IF_MATCH] if self.versioned else [])],
            example=self.example,
        )

    def _refusals(self) -> Sequence[int]:
        found = {400, *self.refused_with}
        if self.uses:
            found.add(403)
        if re.search("{", self.path):
            found.add(404)
        if self.versioned:
            found.add(412)
        return sorted(found)

    def _view(self) -> View:
        def view(wiring: Wiring, http: Request) -> Response:
            asked = admitted(wiring, http)
            for right in self.rights:
                asked.by.check(right)
            asked = replace(
                asked,
                query=read_query(self.query, http),
                body=read_body(self.body, http) if self.body else None,
                known=http.headers.get("if-match") if self.versioned else None,
            )
            return _answered(self.act(asked), self.status)

        view.__name__ = f"office_{self.act.__name__}"
        return view


def _answered(shown: Body | None, status: int) -> Response:
    if shown is None:
        return Response(b"", status_code=NO_CONTENT)
    headers = {"ETag": etag_of(shown)} if "version" in shown else {}
    return answer(shown, status, headers)
