"""What customers keep for themselves in the portal: phones, names, password, visits."""

from datetime import timedelta

import pytest

from switchboard.desk.callback_numbers import MOST_NUMBERS
from switchboard.desk.profiles import Changes, change_profile
from switchboard.numbering import PhoneNumber
from switchboard.ports import Visit
from tests.fakes.api import Api, readable, visit, visiting_api
from tests.fakes.world import ALICE, BOB, CAROL

MOBILE = PhoneNumber("+447700900123")


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in."""
    return visiting_api()


def submit(api: Api, page: str, path: str, **fields: str):
    return api.submit(api.get(page).body.decode(), path, **fields)


def numbers(api: Api) -> tuple[PhoneNumber, ...]:
    return api.ports.accounts.get("alice").profile.numbers


def test_a_phone_is_added_by_a_code_that_is_texted_to_it(api):
    asked = submit(api, "/portal/numbers", "/portal/numbers/codes", number="07700 900123", by="sms")
    [(to, text)] = api.wiring.texts.sent
    path = "/portal/numbers/confirmations"
    code = text[:6]
    wrong = api.submit(asked.body.decode(), path, code=str((int(code) + 1) % 10**6).zfill(6))

    done = api.submit(wrong.body.decode(), path, code=f"{code[:3]} {code[3:]}")

    assert to == MOBILE
    assert "We have texted a code to +44 7700 900123." in readable(asked)
    assert code not in asked.body.decode()
    assert (wrong.status_code, "This code is wrong or too old." in readable(wrong)) == (422, True)
    assert done.headers["Location"] == "/portal/numbers?done=added"
    assert numbers(api) == (ALICE, MOBILE)


def test_a_phone_is_called_for_a_code_that_is_shown(api):
    asked = submit(api, "/portal/numbers", "/portal/numbers/codes", number="07700900123", by="call")

    [callback] = api.ports.callbacks.placed.values()
    part = api.get(f"/portal/numbers/calls/{callback.id}")
    assert (callback.customer, callback.destination) == (MOBILE, None)
    assert "Answer it and key in this code:" in readable(asked)
    assert "Getting ready to call you" in readable(part)
    assert api.wiring.texts.sent == []


@pytest.mark.parametrize("number", ["", "x", "+19005550100", str(ALICE)])
def test_a_phone_that_cannot_be_added_is_told_and_kept_in_the_form(api, number):
    asked = submit(api, "/portal/numbers", "/portal/numbers/codes", number=number, by="sms")

    assert asked.status_code in (400, 409, 422)
    assert f'name="number" value="{number}"' in asked.body.decode()
    assert api.wiring.texts.sent == []


def test_phones_are_put_first_and_removed(api):
    change_profile(api.ports, "alice", Changes(add_numbers=(MOBILE,)))

    first = submit(api, "/portal/numbers", "/portal/numbers/default", number=str(MOBILE))
    after_first = numbers(api)
    removed = submit(api, "/portal/numbers", "/portal/numbers/removals", number=str(MOBILE))

    assert first.headers["Location"] == "/portal/numbers?done=first"
    assert after_first == (MOBILE, ALICE)
    assert removed.headers["Location"] == "/portal/numbers?done=removed"
    assert numbers(api) == (ALICE,)


@pytest.mark.parametrize("number", ["", "x", str(BOB)])
@pytest.mark.parametrize("action", ["default", "removals"])
def test_a_phone_of_somebody_else_is_not_arranged(api, action, number):
    answer = submit(api, "/portal/numbers", f"/portal/numbers/{action}", number=number)

    assert answer.status_code == 400
    assert numbers(api) == (ALICE,)


def test_an_account_has_so_many_phones_and_no_more(api):
    phones = tuple(PhoneNumber(f"+4420794600{n:02}") for n in range(MOST_NUMBERS - 1))
    change_profile(api.ports, "alice", Changes(add_numbers=phones))

    asked = submit(api, "/portal/numbers", "/portal/numbers/codes", number=str(MOBILE), by="sms")

    assert (asked.status_code, "up to 20 phones" in readable(asked)) == (422, True)


def test_names_are_added_changed_and_removed(api):
    path = "/portal/phonebook/names"
    for number in (BOB, CAROL):
        submit(api, "/portal/phonebook", path, name="Mum", number=str(number))
    book = api.ports.phone_books.get("alice")

    submit(api, "/portal/phonebook", f"{path}/removals", name="Mum")

    assert book.names == {"Mum": CAROL}
    assert api.ports.phone_books.get("alice").names == {}


@pytest.mark.parametrize(
    ("name", "number"), [("", str(BOB)), ("12", str(BOB)), ("Mum", "x"), ("bal", str(BOB))]
)
def test_a_name_that_cannot_be_is_told_and_kept_in_the_form(api, name, number):
    answer = submit(api, "/portal/phonebook", "/portal/phonebook/names", name=name, number=number)

    assert answer.status_code == 400
    assert f'name="name" value="{name}"' in answer.body.decode()
    assert "Alice 5.00 EUR" in readable(answer)


def test_speed_dials_are_set_by_number_or_by_name_and_removed(api):
    submit(api, "/portal/phonebook", "/portal/phonebook/names", name="Mum", number=str(CAROL))
    path = "/portal/phonebook/dials"
    for key, number in (("1", str(BOB)), ("99", "mum")):
        submit(api, "/portal/phonebook", path, key=key, number=number)
    set_dials = api.ports.phone_books.get("alice").speed_dials

    submit(api, "/portal/phonebook", f"{path}/removals", key="1")

    assert set_dials == {1: BOB, 99: CAROL}
    assert api.ports.phone_books.get("alice").speed_dials == {99: CAROL}


@pytest.mark.parametrize("key", ["", "0", "100", "-1", "x", "²"])
def test_a_key_that_is_no_speed_dial_is_told(api, key):
    path = "/portal/phonebook/dials"
    answers = [
        submit(api, "/portal/phonebook", path, key=key, number=str(BOB)),
        submit(api, "/portal/phonebook", f"{path}/removals", key=key),
    ]

    assert answers[0].status_code == 400
    assert answers[1].status_code in (303, 400)
    assert api.ports.phone_books.get("alice").speed_dials == {}


def test_another_password_is_taken_and_everybody_else_signed_out(api):
    elsewhere = api.cookie
    visit(api)
    fields = {"old": "wonderland", "new": "looking glass", "again": "looking glass"}
    changed = submit(api, "/portal/settings", "/portal/settings/password", **fields)

    assert changed.headers["Location"] == "/portal/settings?done=password"
    assert api.get("/portal/settings").status_code == 200
    api.cookie = elsewhere
    assert api.get("/portal").headers["Location"] == "/login"


@pytest.mark.parametrize(
    ("old", "new", "again", "words"),
    [
        ("wrong", "looking glass", "looking glass", "The present password is wrong."),
        ("wonderland", "looking glass", "looking-glass", "The new password is not twice the same."),
        ("wonderland", "short", "short", "8 characters at least."),
    ],
)
def test_a_password_that_is_not_changed_is_told_why(api, old, new, again, words):
    fields = {"old": old, "new": new, "again": again}
    answer = submit(api, "/portal/settings", "/portal/settings/password", **fields)

    assert answer.status_code in (400, 422)
    assert words in readable(answer)
    assert "looking" not in answer.body.decode()


def test_visits_elsewhere_are_shown_and_ended_one_by_one_or_together(api):
    now = api.ports.clock.now()
    agent = "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"
    known = api.ports.visits.of("alice")
    others = [Visit(name, now, now + timedelta(hours=1), agent, "192.0.2.7") for name in "abc"]
    api.ports.visits.save("alice", known, (*known, *others))
    shown = readable(api.get("/portal/settings"))

    submit(api, "/portal/settings", "/portal/settings/visits/ends", visit="a")
    after_one = [visit.id for visit in api.ports.visits.of("alice")]
    submit(api, "/portal/settings", "/portal/settings/visits/others/ends")

    assert "Firefox, Windows since 2 Jan 2026, 03:04, 192.0.2.7 Sign out" in shown
    assert after_one == [known[0].id, "b", "c"]
    assert list(api.ports.visits.of("alice")) == [*known]
