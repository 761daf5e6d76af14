"""A request of a user, as a route of the office is given it."""

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote

from chalice.app import Request
from itsdangerous import BadSignature, Signer

from chalicelib.bearer import borne_by
from chalicelib.keys import read_key
from chalicelib.office.bodies import PARTS
from chalicelib.routes import path_part, query_of, source_of
from chalicelib.sessions import Seal
from chalicelib.wiring import Wiring
from switchboard.desk.office.entrance import operator_of, visit_of
from switchboard.errors import Changed, Malformed, NotFound, NotSignedIn
from switchboard.ports import Page, Ports
from switchboard.staff.users import Operator
from switchboard.staff.visits import Visit
from switchboard.wire import Body
from switchboard.wire.forms import Json

DOOR = "API"
PART_OF_LIST = {"cursor", "limit"}
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class OfficeRequest:
    """One request of a user who is signed in; `query` and `body` are as the route's models read
    them, and `known` is the If-Match of a route that goes by it."""

    wiring: Wiring
    http: Request
    by: Operator
    visit: Visit
    query: Any = None
    body: Any = None
    known: str | None = None

    @property
    def ports(self) -> Ports:
        """The ports of the system."""
        return self.wiring.ports

    @property
    def key(self) -> str:
        """The Idempotency-Key. Malformed where it is missing, or can be none."""
        return read_key(self.http)

    @property
    def part_of_list(self) -> dict[str, Any]:
        """Which part of a list is asked for. Malformed where the cursor is not one of this
        list."""
        cursor = self.query.cursor
        return {"limit": self.query.limit, "cursor": cursor and self._open(cursor)}

    def part(self, name: str) -> str:
        """What stands in the path in the place of `{name}`. NotFound where it can be none, so that
        no store is asked for it."""
        # API Gateway has decoded it, which leaves nothing to decode in what a part may be.
        text = unquote(path_part(self.http, name))
        if not re.fullmatch(PARTS[name], text):
            raise NotFound(f"there is no such {name}")
        return text

    def check_version(self, shown: Body) -> None:
        """Changed where If-Match names other versions than that of what is shown now."""
        if self.known is None:
            return
        if not {one.strip() for one in self.known.split(",")} & {"*", etag_of(shown)}:
            raise Changed("it was changed in between: look at it again")

    def listed(self, page: Page[Item], shown: Callable[[Item], Body]) -> Body:
        """A part of a list, each item as it is shown; its cursor is good for this list only."""
        cursor = page.cursor and self._cursors.sign(page.cursor).decode()
        return {"items": [shown(item) for item in page.items], "cursor": cursor}

    @property
    def _cursors(self) -> Signer:
        """What signs the cursors of this list: of what stands in the path, and what is sought."""
        sought = {
            name: text for name, text in query_of(self.http).items() if name not in PART_OF_LIST
        }
        listing = json.dumps([self.http.path, self.http.uri_params, sought], sort_keys=True)
        secret = self.wiring.settings.secret_key
        return Signer(secret, salt=f"cursor {listing}", digest_method=hashlib.sha256)

    def _open(self, cursor: str) -> str:
        try:
            return self._cursors.unsign(cursor).decode()
        except (BadSignature, UnicodeError):
            raise Malformed("this cursor is not one of this list") from None


def token_seal(wiring: Wiring) -> Seal:
    """What tokens of users are sealed with; those of customers are none of them."""
    return Seal(wiring.settings.secret_key, "office token")


def admitted(wiring: Wiring, http: Request) -> OfficeRequest:
    """The request of whoever bears a token of a visit that goes on. NotSignedIn where it bears
    none."""
    session = token_seal(wiring).open(borne_by(http), wiring.ports.clock.now())
    if session is None or session.account is None:
        raise NotSignedIn("send a token of POST /api/v1/office/sessions as Authorization: Bearer")
    visit = visit_of(wiring.ports, session.account, session.nonce)
    by, _ = operator_of(wiring.ports, visit, source_of(http), door=DOOR)
    return OfficeRequest(wiring, http, by, visit)


def versioned(body: Body, but: Collection[str] = ()) -> Body:
    """The body with its version: another one where anything of it changes but this."""
    kept = {name: value for name, value in body.items() if name not in but}
    text = json.dumps(kept, sort_keys=True)
    return {**body, "version": hashlib.sha256(text.encode()).hexdigest()[:16]}


def etag_of(shown: Body) -> str:
    """The version as headers have it."""
    return f'"{shown["version"]}"'


def whole(items: Iterable[Body]) -> Body:
    """A list that has one part."""
    return {"items": [*items], "cursor": None}


def hide(body: Body, *names: str) -> Body:
    """The body with null in the place of all that has one of these names, at any depth."""

    def hidden(value: Json) -> Json:
        if isinstance(value, list):
            return [hidden(one) for one in value]
        return hide(value, *names) if isinstance(value, dict) else value

    return {name: None if name in names else hidden(value) for name, value in body.items()}
