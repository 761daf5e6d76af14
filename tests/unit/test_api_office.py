"""The API of the office: signing in, and changes that meet."""

from datetime import timedelta

import pyotp
import pytest

from chalicelib.office.request import DOOR
from switchboard.desk.office import own, users
from switchboard.desk.office.users import UserChanges
from switchboard.staff.codes import STEP, new_secret
from switchboard.staff.rights import ADMINISTRATOR, READY_MADE, Role, rights_of
from switchboard.staff.users import Operator
from switchboard.staff.visits import IDLE_LIMIT
from tests.fakes.console import MACHINE, PASSWORD
from tests.fakes.office import ROUTES, OfficeClient, office_of, office_wiring, refusal
from tests.fakes.on_air import go_on_air
from tests.fakes.passwords import PlainPasswords
from tests.fakes.world import ALICE

ALICES = "/accounts/alice"
SEER = rights_of(*(f"{area}:see" for area in ("accounts", "money", "calls", "traces", "trunks")))


# Signing in


def test_a_token_is_over_when_nothing_is_asked_with_it():
    client = office_of()
    client.ports.clock.pass_by(IDLE_LIMIT - timedelta(seconds=1))
    assert client.read("/me").status_code == 200

    client.ports.clock.pass_by(IDLE_LIMIT)

    assert refusal(client.read("/me")) == (401, "not_signed_in")


def test_a_token_tells_what_its_user_may_do():
    client = office_of(READY_MADE["support"])

    me = client.read("/me").json_body

    assert (me["user"], me["role"], me["hides_costs"]) == ("jane", "support", True)
    assert "accounts:change" in me["rights"]
    assert "money:change" not in me["rights"]


def second_factor(client: OfficeClient) -> str:
    secret, now = new_secret(), client.ports.clock.now()
    jane = Operator("jane", ADMINISTRATOR, "console")
    own.add_second_factor(
        client.ports, jane, client.wiring.safe, secret, pyotp.TOTP(secret).at(now)
    )
    client.ports.clock.pass_by(STEP)
    return pyotp.TOTP(secret).at(client.ports.clock.now())


def test_a_code_is_asked_for_where_there_is_a_second_factor():
    client = OfficeClient(office_wiring())
    code = second_factor(client)

    assert refusal(client.sign_in()) == (401, "code_needed")
    assert refusal(client.sign_in(code="000000")) == (401, "not_signed_in")
    assert refusal(client.sign_in(password="wrong", code=code)) == (401, "not_signed_in")
    assert client.sign_in(code=code).status_code == 201
    assert client.read("/me").status_code == 200
    # The visits that waited for a code are over.
    assert len(client.ports.staff_visits.of("jane")) == 1


def test_a_code_is_good_once():
    client = OfficeClient(office_wiring())
    code = second_factor(client)
    client.sign_in(code=code)

    assert refusal(client.sign_in(code=code)) == (401, "not_signed_in")


def test_who_tries_passwords_is_locked_out_as_at_the_console():
    client = OfficeClient(office_wiring())
    for _ in range(10):
        assert refusal(client.sign_in(password="wrong")) == (401, "not_signed_in")

    locked = client.sign_in()
    page = client.get("/admin/login").body.decode()
    console = client.submit(page, "/admin/login", login="jane", password=PASSWORD)

    assert refusal(locked) == (429, "too_often")
    assert int(locked.headers["Retry-After"]) > 0
    assert console.status_code == 429


@pytest.mark.parametrize(
    "changes",
    [
        UserChanges(active=False),
        UserChanges(password="another one, long"),
        UserChanges(role="gone"),
    ],
    ids=["blocked", "another password", "another role"],
)
def test_what_happens_to_a_user_counts_at_once(changes):
    client = office_of()
    client.ports.staff.add_role(Role("gone"))
    users.change_user(client.ports, MACHINE, PlainPasswords(), "jane", changes)

    status = client.read("/accounts").status_code

    assert status == (403 if changes.role else 401)


def test_a_token_is_ended_where_visits_are():
    client = office_of()
    jane = Operator("jane", ADMINISTRATOR, "console")
    [visit] = own.own_visits(client.ports, jane)

    own.end_own_visit(client.ports, jane, visit.id)

    assert client.read("/me").status_code == 401


def test_what_is_done_is_logged_with_its_door_and_its_address():
    client = office_of()
    client.ports.clock.pass_by(timedelta(seconds=1))
    client.write("POST", f"{ALICES}/block", None)

    deeds = client.read("/audit?by=jane").json_body["items"]

    assert [(one["deed"], one["door"]) for one in deeds] == [("block", DOOR), ("sign in", DOOR)]
    assert deeds[0]["changes"] == [{"what": "status", "was": "active", "became": "blocked"}]
    assert deeds[0]["address"]


# Changes


def test_a_change_of_what_was_changed_in_between_is_refused():
    client = office_of()
    read = client.read(ALICES)
    etag = read.headers["ETag"]
    assert etag == f'"{read.json_body["version"]}"'
    assert client.patch(ALICES, {"name": "A"}, if_match=etag).status_code == 200

    late = client.patch(ALICES, {"name": "B"}, if_match=etag)

    assert refusal(late) == (412, "changed")
    assert client.read(ALICES).json_body["name"] == "A"
    fresh = client.read(ALICES).headers["ETag"]
    for any_one in (f'"x", {fresh}', "*"):
        assert client.patch(ALICES, {"name": "C"}, if_match=any_one).status_code == 200


def test_a_version_is_not_another_one_by_calls_and_payments():
    client = office_of()
    before = client.read(ALICES).json_body["version"]

    payment = {"amount": "5.00", "currency": "EUR"}
    client.write("POST", f"{ALICES}/top-ups", payment, idempotency_key="r1")

    assert client.read(ALICES).json_body["version"] == before


@pytest.mark.parametrize(
    "route", [one for one in ROUTES if one.versioned], ids=lambda one: one.path
)
def test_every_route_that_goes_by_versions_refuses_an_old_one(route):
    client = office_of()

    assert refusal(client.call(route, if_match='"0123456789abcdef"')) == (412, "changed")


def test_what_is_left_out_stays_and_null_takes_away():
    client = office_of()
    client.patch(ALICES, {"email": "a@example.com", "tax_id": "7", "owner": "sam"})

    changed = client.patch(ALICES, {"tax_id": None, "name": None}).json_body

    told = {name: changed[name] for name in ("name", "email", "tax_id", "owner", "numbers")}
    assert told == {
        "name": "Alice",
        "email": "a@example.com",
        "tax_id": None,
        "owner": "sam",
        "numbers": [str(ALICE)],
    }


def test_a_login_is_taken_away_with_its_password():
    client = office_of()
    client.patch(ALICES, {"login": "al", "password": "open sesame"})

    changed = client.patch(ALICES, {"login": None}).json_body

    assert changed["login"] is None
    assert client.ports.accounts.by_login("al") is None
    assert client.ports.accounts.get("alice").profile.password_hash is None


def test_phones_are_replaced_in_their_order():
    client = office_of()

    wanted = ["+442071234568", str(ALICE)]
    changed = client.patch(ALICES, {"numbers": wanted}).json_body

    assert (changed["numbers"], changed["default_number"]) == (wanted, wanted[0])
    assert client.patch(ALICES, {"numbers": []}).json_body["numbers"] == []


def test_prefixes_and_classes_are_replaced():
    client = office_of()
    path = f"{ALICES}/terms"
    for allowed, forbidden in ((["44", "1"], ["4470"]), (["1"], ["44"]), ([], [])):
        terms = {"allowed_prefixes": allowed, "forbidden_prefixes": forbidden}

        changed = client.patch(path, terms).json_body

        assert sorted(changed["allowed_prefixes"]) == sorted(allowed)
        assert changed["forbidden_prefixes"] == forbidden
    client.patch(path, {"allowed_prefixes": ["44"]})
    assert client.patch(path, {"forbidden_prefixes": ["33"]}).json_body["allowed_prefixes"] == [
        "44"
    ]


def test_limits_are_set_and_taken_away():
    client = office_of()
    path = f"{ALICES}/terms"
    limits = {"type": "postpaid", "credit_limit": "50", "daily_limits": {"all": "5.5"}}

    changed = client.patch(path, limits).json_body

    assert (changed["type"], changed["credit_limit"]) == ("postpaid", "50.00")
    assert changed["daily_limits"] == {"all": "5.50"}
    assert client.patch(path, {"daily_limits": {"all": None}}).json_body["daily_limits"] == {}
    assert refusal(client.patch(path, {"type": "prepaid"}))[0] == 400


def test_an_account_is_opened_with_all_that_is_said_of_it():
    client = office_of()
    new = {
        "account": "bob",
        "name": "Bob",
        "sheet": "retail",
        "balance": "7.50",
        "type": "postpaid",
        "credit_limit": "10",
        "max_callbacks": 2,
        "country": "GB",
        "numbers": ["+442079460124"],
        "login": "bob",
        "password": "a good one",
        "tell_balance": True,
        "daily_limits": {"all": "3"},
    }

    opened = client.write("POST", "/accounts", new)

    assert opened.status_code == 201
    body = opened.json_body
    told = ("balance", "available", "credit_limit", "max_callbacks", "currency", "tell_balance")
    assert [body[name] for name in told] == ["7.50", "17.50", "10.00", 2, "EUR", True]
    assert body["daily_limits"] == {"all": "3.00"}
    signed_in = client.send("/api/v1/sessions", {"login": "bob", "password": "a good one"})
    assert signed_in.status_code == 201
    assert refusal(client.write("POST", "/accounts", new)) == (409, "already_exists")
    assert client.read("/audit?about=account+bob").json_body["items"][0]["deed"] == "open"


def test_money_in_a_new_account_needs_the_right_to_money():
    client = office_of(READY_MADE["support"])
    new = {"account": "bob", "sheet": "retail"}

    for terms in ({"balance": "1"}, {"max_callbacks": 50}, {"daily_limits": {"all": "9"}}):
        assert refusal(client.write("POST", "/accounts", {**new, **terms})) == (403, "no_right")
    assert client.write("POST", "/accounts", new).status_code == 201


def test_a_trunk_is_changed_as_it_is_shown():
    client = office_of()
    path = "/trunks/carrier"
    said = {
        "address": "sip.example.com:5061",
        "transport": "tls",
        "srtp": True,
        "capacity": 30,
        "login": {"user": "we", "password": "s3cret"},
        "rings_from": ["203.0.113.0/28"],
        "rings_login": {"user": "they", "password": "s3cret"},
        "from": "account",
        "asserted": "+442079460000",
        "codecs": ["pcma"],
        "keep_alive": 30,
        "proxy": "192.0.2.9",
    }

    changed = client.patch(path, said)

    shown = changed.json_body
    same = said.keys() - {"login", "rings_login", "proxy"}
    assert {name: shown[name] for name in same} == {name: said[name] for name in same}
    assert (shown["user"], shown["rings_as"], shown["proxy"]) == ("we", "they", "192.0.2.9:5061")
    assert b"s3cret" not in changed.body
    gone = dict.fromkeys(("capacity", "login", "rings_login", "asserted", "keep_alive", "proxy"))
    shown = client.patch(path, gone).json_body
    for name in ("capacity", "user", "rings_as", "asserted", "keep_alive", "proxy"):
        assert shown[name] is None


def test_a_number_becomes_a_did_and_goes_by_caller_id_again():
    client = office_of()
    path = "/numbers/442079460000"
    did = {"mode": "did", "account": "alice", "rings": str(ALICE), "hours": ["mon-fri 09:00-17:00"]}

    shown = client.patch(path, {**did, "time_zone": "Europe/London"}).json_body

    assert {name: shown[name] for name in did} == did
    assert shown["time_zone"] == "Europe/London"
    assert client.patch(path, {"mode": "ani"}).status_code == 400
    back = {"mode": "ani", "account": None, "rings": None, "hours": None}
    shown = client.patch(path, back).json_body
    assert {name: shown[name] for name in back} == back
    assert client.patch(path, {"time_zone": "UTC"}).status_code == 400


def test_pins_of_a_batch_are_shown_once_and_good():
    client = office_of()
    batch = {"batch": "spring", "kind": "vouchers", "count": 3, "value": "5.00", "sheet": "retail"}

    made = client.write("POST", "/batches", batch)

    pins = made.json_body["pins"]
    assert len({one["pin"] for one in pins}) == 3
    assert "pins" not in client.read("/batches/spring").json_body
    found = client.write("POST", "/vouchers/lookups", {"pin": pins[0]["pin"]}).json_body
    assert found["voucher"] == pins[0]["member"]
    assert refusal(client.write("POST", "/batches", batch)) == (409, "already_exists")
    assert pins[0]["pin"].encode() not in client.read("/audit").body


def test_a_user_does_not_take_away_their_own_rights():
    client = office_of()

    for change in ({"role": "support"}, {"status": "blocked"}):
        assert refusal(client.patch("/users/jane", change)) == (422, "not_allowed")


def test_the_dialers_of_this_moment_are_told_with_all_that_runs():
    client = office_of()
    go_on_air(client.ports)

    live = client.read("/live").json_body

    assert live["dialers"] == [
        {
            "account": "alice",
            "version": "1.4.2",
            "address": "192.0.2.1",
            "signed_in_at": "2026-01-02T03:04:00.000Z",
        },
        {
            "account": "alice",
            "version": "",
            "address": "192.0.2.2",
            "signed_in_at": "2026-01-02T02:44:00.000Z",
        },
    ]
    assert live["dialers_left_out"] == 0
