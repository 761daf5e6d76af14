"""The API of the office over ports in memory, asked by a user with any role."""

from chalice.test import HTTPResponse

from chalicelib.office.route import PREFIX, Route
from chalicelib.office.table import AREAS
from chalicelib.wiring import Wiring
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.vouchers import Voucher
from switchboard.desk.office.users import NewUser, add_user
from switchboard.ports import Ports
from switchboard.staff.rights import ADMINISTRATOR, Role
from tests.fakes.api import SETTINGS, Api
from tests.fakes.console import MACHINE, PASSWORD, add_jane, answers_at_once
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY, MemoryTexts
from tests.fakes.traced import leave_trace
from tests.fakes.world import SERVICE, open_alice

# What is known under the names that stand in paths.
KNOWN = {
    "account": "alice",
    "batch": "summer",
    "callback": "0" * 31 + "9",
    "kind": "account",
    "number": SERVICE.digits,
    "role": "guests",
    "trunk": "carrier",
    "user": "sam",
    "value": "alice",
}
# A batch that was made is not discarded.
ELSEWHERE = {"/batches/{batch}/discard": {"batch": "broken"}}
# The one that ends the token comes last.
ROUTES = sorted(
    (route for _, routes in AREAS for route in routes), key=lambda one: one.path == "/sessions"
)


class OfficeClient(Api):
    """Sends the token of a user with all that it asks."""

    def sign_in(self, login: str = "jane", password: str = PASSWORD, **more: str) -> HTTPResponse:
        credentials = {"login": login, "password": password, **more}
        response = self.send(f"{PREFIX}/sessions", credentials)
        if response.status_code == 201:
            self.headers["authorization"] = f"Bearer {response.json_body['token']}"
        return response

    def patch(self, path: str, body: object, **headers: str) -> HTTPResponse:
        """Changes what is below the office's path."""
        return self.write("PATCH", path, body, **headers)

    def write(self, method: str, path: str, body: object, **headers: str) -> HTTPResponse:
        """Sends JSON to a path below the office's."""
        return self.json(method, PREFIX + path, body, **headers)

    def read(self, path: str, **headers: str) -> HTTPResponse:
        """Asks for a path below the office's."""
        return self.get(PREFIX + path, **headers)

    def call(self, route: Route, **headers: str) -> HTTPResponse:
        """Asks for a route as its example does, about what there is."""
        if route.key:
            headers = {"idempotency_key": "receipt-1", **headers}
        if route.body:
            return self.json(route.method, address(route), route.example, **headers)
        return self.ask(route.method, address(route), **headers)


def address(route: Route, known: dict[str, str] = KNOWN) -> str:
    """The path of a route, with what is known in the place of each name."""
    return PREFIX + route.path.format_map({**known, **ELSEWHERE.get(route.path, {})})


def furnish(ports: Ports) -> None:
    """Adds what paths and examples name, where the world has none."""
    ports.staff.add_role(Role("guests"))
    add_user(ports, MACHINE, PlainPasswords(), NewUser("sam", "Sam Poe", "support", PASSWORD))
    leave_trace(ports)
    now = ports.clock.now()
    for name, state in (("summer", BatchState.READY), ("broken", BatchState.MAKING)):
        batch = Batch(name, BatchKind.VOUCHERS, 5, 12, "EUR", now, 1_000_000)
        ports.pins.start(batch)
        ports.pins.move(name, BatchState.MAKING, state)
    ports.pins.add_vouchers([Voucher("summer-000001", "summer", PIN_KEY.hash("123456789012"))])


def office_wiring(role: Role = ADMINISTRATOR) -> Wiring:
    """Jane is a user, and there is one of everything."""
    wiring = Wiring(SETTINGS, memory_ports(), PlainPasswords(), MemoryTexts(), answers_at_once)
    open_alice(wiring.ports, passwords=wiring.passwords)
    add_jane(wiring.ports, role)
    furnish(wiring.ports)
    return wiring


def office_of(role: Role = ADMINISTRATOR) -> OfficeClient:
    """A client with Jane's token."""
    client = OfficeClient(office_wiring(role))
    assert client.sign_in().status_code == 201
    return client


def refusal(response: HTTPResponse) -> tuple[int, str]:
    """The status and the code of a refusal."""
    return response.status_code, response.json_body["code"]


def everything(client: OfficeClient, path: str, limit: int) -> list[dict]:
    """All items of a list, read part by part."""
    items, cursor = [], ""
    for _ in range(200):
        page = client.read(f"{path}?limit={limit}{cursor}").json_body
        assert len(page["items"]) <= limit
        items += page["items"]
        if page["cursor"] is None:
            return items
        cursor = f"&cursor={page['cursor']}"
    raise AssertionError("a list without an end")
