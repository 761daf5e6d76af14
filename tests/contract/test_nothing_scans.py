"""No request makes DynamoDB read a table from end to end: counted on the wire, route by route."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from chalicelib.rest import OPERATIONS
from chalicelib.widget.slips import call_slips
from chalicelib.wiring import Wiring
from switchboard.aws.models.accounts import IdentityItem
from switchboard.aws.models.database import Database
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.aws.service_numbers import ServiceNumbers
from switchboard.billing.service_number import ServiceNumber
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.widgets import Visit, add_widget, ask_for_call
from switchboard.numbering import PhoneNumber
from tests.contract.conftest import CREDENTIALS, REGION
from tests.fakes.api import SETTINGS, Api, open_api
from tests.fakes.passwords import PlainPasswords
from tests.fakes.texts import MemoryTexts, text_keys
from tests.fakes.widgets import a_widget
from tests.fakes.world import ALICE, BOB, SERVICE, open_alice
from tests.meters import Meter, metered
from tests.unit.test_api_openapi import called

pytestmark = pytest.mark.integration

# An operator has as many as carriers, and they are remembered for ten seconds.
FEW = {"trunks"}
VISITOR = PhoneNumber("+442079460958")
DONE = [operation for operation in OPERATIONS if operation.method != "GET"]
READ = sorted(path for path, methods in open_api().app.routes.items() if "GET" in methods)


class Office:
    """An API over a metered engine, which Alice has signed in to, with a call and a widget."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._settings = AwsSettings(REGION, prefix=f"t{uuid4().hex[:8]}-")
        create_tables(self._settings)
        self.api = Api(self._wiring())
        open_alice(self.api.ports, passwords=self.api.wiring.passwords)
        self._sign_in()
        self.callback = self.api.send("/api/v1/callbacks", {"to": str(BOB)}).json_body["id"]
        widget = a_widget()
        add_widget(self.api.ports, widget)
        visit = Visit(widget, "form", "192.0.2.1")
        call = ask_for_call(self.api.ports, text_keys(), visit, VISITOR)
        now = self.api.ports.clock.now()
        self.slip = call_slips(SETTINGS.secret_key).write(widget.id, call.id, now)

    def address(self, path: str) -> str:
        """A route's path with something that there is in the place of each name; what is not known
        here is not there."""
        if path.startswith("/widget/"):
            path = path.replace("{id}", "support").replace("{call}", self.slip)
        path = path.replace("{id}", self.callback)
        return path.replace("{name}", "app.css").replace("{provider}", "acme")

    def tidy(self) -> None:
        """What one operation leaves behind shall not refuse the next."""
        self.api.ports.bridges.remove("attic")
        numbers = self.api.ports.accounts.get("alice").profile.numbers
        restored = Changes(remove_numbers=numbers, add_numbers=(ALICE,))
        change_profile(self.api.ports, "alice", restored)
        self._take_token()

    def forget(self) -> None:
        """As in a process that has only begun, nothing is remembered; nor is what was counted."""
        self.api.wiring = self._wiring()
        self.meter.asked.clear()

    @property
    def scanned(self) -> set[str]:
        """The tables that were, without those of few items."""
        steps = [one.step for one in self.meter.asked if one.operation == "Scan"]
        return {step.removeprefix("Scan ") for step in steps} - FEW

    def _wiring(self) -> Wiring:
        return Wiring(SETTINGS, open_ports(self._settings), PlainPasswords(), MemoryTexts())

    def _sign_in(self) -> None:
        page = self.api.get("/login").body.decode()
        self.api.submit(page, "/login", login="alice", password="wonderland")
        self._take_token()

    def _take_token(self) -> None:
        credentials = {"login": "alice", "password": "wonderland"}
        token = self.api.send("/api/v1/sessions", credentials).json_body["token"]
        self.api.headers["authorization"] = f"Bearer {token}"


@pytest.fixture(scope="module")
def meter(embedded_url) -> Iterator[Meter]:
    with metered(embedded_url) as meter, pytest.MonkeyPatch.context() as patch:
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        patch.setenv("AWS_ENDPOINT_URL", embedded_url)
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", meter.url)
        yield meter


@pytest.fixture(scope="module")
def office(meter) -> Office:
    return Office(meter)


@pytest.mark.parametrize("path", READ)
def test_what_is_shown_is_found_by_its_key(office, path):
    office.forget()

    answer = office.api.get(office.address(path))

    assert answer.status_code < 500
    assert office.scanned == set()


@pytest.mark.parametrize("operation", DONE, ids=lambda one: one.view.__name__)
def test_what_is_done_is_done_by_its_key(office, operation):
    office.tidy()
    office.forget()

    assert called(office.api, operation).status_code < 500

    assert office.scanned == set()


def test_a_system_without_service_numbers_looks_for_them_once(meter):
    database = Database.open(f"t{uuid4().hex[:8]}-", REGION)
    database.table(IdentityItem).create_table(wait=True)
    meter.asked.clear()

    known = [ServiceNumbers(database).has(BOB) for _ in range(3)]

    assert known == [False] * 3
    assert [one.operation for one in meter.asked].count("Scan") == 1
    numbers = ServiceNumbers(database)
    numbers.add(ServiceNumber(SERVICE))
    assert [numbers.has(one) for one in (SERVICE, BOB)] == [True, False]
