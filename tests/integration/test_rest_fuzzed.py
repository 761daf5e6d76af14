"""The REST API against its own description: whatever is sent, the answer is one that it names."""

import re
from datetime import datetime, timedelta

import pytest
import schemathesis
from hypothesis import settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from chalicelib.office.bodies import PARTS
from chalicelib.office.route import PREFIX
from chalicelib.wiring import Wiring
from local import Gateway
from switchboard.desk.bridges import add_bridge
from tests.fakes.api import SETTINGS
from tests.fakes.office import ELSEWHERE, KNOWN, OfficeClient, office_wiring
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import MemoryTexts
from tests.fakes.world import ALICE, BOB, CAROL, NOON, open_alice

pytestmark = pytest.mark.integration

EXAMPLES_OF_AN_OPERATION = 50
# There are three times as many of them as of all others.
EXAMPLES_OF_THE_OFFICE = 10
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]
# What random text never is: numbers that can be called, times that are near.
NUMBERS = [str(BOB), str(CAROL), str(ALICE), "020 7946 0958", "0033 1 42 68 53 00", "+1900"]
schemathesis.openapi.format("phone-number", st.sampled_from(NUMBERS))
HOURS = st.integers(-48, 24 * 90).map(lambda hours: NOON + timedelta(hours=hours))
schemathesis.openapi.format("date-time", HOURS.map(datetime.isoformat))


def a_world() -> Wiring:
    """Where Alice has her account, and nothing has happened."""
    wiring = Wiring(SETTINGS, memory_ports(), PlainPasswords(), MemoryTexts())
    open_alice(wiring.ports, passwords=wiring.passwords)
    return wiring


API = OfficeClient(a_world())
SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", Gateway(API.app))
# Tokens are ours to send: those that it makes up are none.
SCHEMA.config.generation.update(with_security_parameters=False)


@SCHEMA.exclude(path_regex=PREFIX).parametrize()
@settings(max_examples=EXAMPLES_OF_AN_OPERATION, derandomize=True, deadline=None, database=None)
def test_every_answer_is_one_that_the_description_names(case):
    # A new one for each case, so that it can be repeated by itself.
    API.wiring = a_world()
    credentials = {"login": "alice", "password": "wonderland"}
    token = API.send("/api/v1/sessions", credentials).json_body["token"]
    if case.path.startswith("/bridge/"):
        token = add_bridge(API.ports, "attic", "s" * 43)
    elif str(case.path_parameters.get("id", "")).isalnum():
        placed = API.send("/api/v1/callbacks", {"to": str(BOB)}, authorization=f"Bearer {token}")
        case.path_parameters["id"] = placed.json_body["id"]

    case.call_and_validate(checks=CHECKS, headers={"Authorization": f"Bearer {token}"})


@SCHEMA.include(path_regex=PREFIX).parametrize()
@settings(max_examples=EXAMPLES_OF_THE_OFFICE, derandomize=True, deadline=None, database=None)
def test_every_answer_to_an_operator_is_one_that_the_description_names(case):
    API.wiring = office_wiring()
    API.sign_in()
    named = {name: text for name, text in case.path_parameters.items() if is_named(name, text)}
    known = ELSEWHERE.get(case.path.removeprefix(PREFIX), {})
    case.path_parameters.update({**{name: KNOWN[name] for name in named}, **known})
    if named and case.path_parameters.keys() >= {"kind"}:
        case.path_parameters.update(kind=KNOWN["kind"], value=KNOWN["value"])

    headers = {"Authorization": API.headers["authorization"]}
    case.call_and_validate(checks=CHECKS, headers=headers)


def is_named(name: str, text: object) -> bool:
    """Whether a part of a path is one that the description allows: it is replaced by what there
    is then."""
    return bool(re.fullmatch(PARTS[name], str(text)))
