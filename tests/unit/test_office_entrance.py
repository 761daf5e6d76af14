"""Signing in to the console: passwords, codes, visits and their ends, users and their roles."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pyotp
import pytest

from switchboard.desk.office import entrance, own, users
from switchboard.desk.office.entrance import Browser, operator_of, sign_in_with_code, visit_of
from switchboard.desk.office.users import NewUser, UserChanges
from switchboard.errors import (
    AlreadyExists,
    Conflict,
    Malformed,
    NotAllowed,
    NotFound,
    NotSignedIn,
    TooOften,
)
from switchboard.staff.codes import STEP, new_secret, step_of
from switchboard.staff.rights import ADMINISTRATOR, Role, rights_of
from switchboard.staff.safe import Safe
from switchboard.staff.users import Operator, SecondFactor
from switchboard.staff.visits import IDLE_LIMIT, LONGEST
from tests.fakes.console import MACHINE, PASSWORD, add_jane
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY

JANE = Operator("jane", ADMINISTRATOR, "console", "10.0.0.1")
PASSWORDS = PlainPasswords()
SAFE = Safe(PIN_KEY.secret)


@pytest.fixture
def ports():
    ports = memory_ports()
    add_jane(ports)
    return ports


def sign_in(ports, bears: str = "b1", login: str = "jane", password: str = PASSWORD):
    browser = Browser(bears, "10.0.0.1", "a browser")
    return entrance.sign_in(ports, PASSWORDS, login, password, browser)


def code(ports, secret: str) -> str:
    return pyotp.TOTP(secret).at(ports.clock.now())


def second_factor(ports) -> tuple[str, list[str]]:
    secret = new_secret()
    codes = own.add_second_factor(ports, JANE, SAFE, secret, code(ports, secret))
    ports.clock.pass_by(STEP)
    return secret, list(codes)


def enter(ports, visit, typed: str, address: str = "10.0.0.1"):
    return sign_in_with_code(ports, SAFE, visit, typed, Browser("b2", address, "a browser"))


def test_a_visit_lasts_while_something_is_done_and_a_day_at_most(ports):
    began = ports.clock.now()
    sign_in(ports)
    while ports.clock.now() + IDLE_LIMIT < began + LONGEST:
        ports.clock.pass_by(IDLE_LIMIT - timedelta(seconds=1))
        visit_of(ports, "jane", "b1")

    ports.clock.pass_by(IDLE_LIMIT - timedelta(seconds=1))
    with pytest.raises(NotSignedIn):
        visit_of(ports, "jane", "b1")


def test_an_idle_visit_is_over(ports):
    sign_in(ports)
    ports.clock.pass_by(IDLE_LIMIT)

    with pytest.raises(NotSignedIn):
        visit_of(ports, "jane", "b1")


@pytest.mark.parametrize(
    ("login", "password"), [("jane", "wrong"), ("joe", PASSWORD), ("", ""), ("jane", "")]
)
def test_a_wrong_login_and_a_wrong_password_are_told_alike(ports, login, password):
    with pytest.raises(NotSignedIn, match="login or password is wrong"):
        sign_in(ports, login=login, password=password)


@pytest.mark.parametrize("login", ["jane", "joe"])
def test_whether_there_is_a_login_is_not_told_by_what_a_wrong_password_costs(ports, login):
    before = len(ports.audit.page(limit=100, cursor=None).items)

    with pytest.raises(NotSignedIn):
        sign_in(ports, login=login, password="wrong")

    entries = ports.audit.page(limit=100, cursor=None).items
    assert len(entries) == before + 1
    assert "joe" not in repr(entries)


def test_who_tries_passwords_is_locked_out_and_logged(ports):
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            sign_in(ports, password="wrong")

    with pytest.raises(TooOften):
        sign_in(ports)
    deeds = [entry.deed for entry in ports.audit.kept.values()]
    assert deeds.count("sign-in refused: password") == 10


def test_a_second_factor_asks_for_a_code_before_anything_else(ports):
    secret, _ = second_factor(ports)
    waiting = sign_in(ports)

    with pytest.raises(NotSignedIn):
        operator_of(ports, waiting, "10.0.0.1")
    complete = enter(ports, waiting, code(ports, secret))

    assert operator_of(ports, complete, "10.0.0.1")[0] == JANE
    with pytest.raises(NotSignedIn):
        visit_of(ports, "jane", "b1")


def test_a_code_is_taken_once(ports):
    secret, _ = second_factor(ports)
    enter(ports, sign_in(ports), code(ports, secret))

    with pytest.raises(NotSignedIn, match="wrong, or was used"):
        enter(ports, sign_in(ports), code(ports, secret))
    ports.clock.pass_by(STEP)
    assert enter(ports, sign_in(ports), code(ports, secret)).complete


def test_the_code_of_the_enrolment_signs_nobody_in(ports):
    secret = new_secret()
    typed = code(ports, secret)
    own.add_second_factor(ports, JANE, SAFE, secret, typed)

    with pytest.raises(NotSignedIn):
        enter(ports, sign_in(ports), typed)


def test_a_recovery_code_is_good_once(ports):
    _, codes = second_factor(ports)

    assert enter(ports, sign_in(ports), f" {codes[3].upper()} ").complete
    with pytest.raises(NotSignedIn):
        enter(ports, sign_in(ports), codes[3])
    assert enter(ports, sign_in(ports), codes[4].replace("-", "")).complete
    assert len(ports.staff.find("jane").second_factor.recovery_hashes) == 8


def test_who_tries_codes_is_locked_out(ports):
    secret, _ = second_factor(ports)
    waiting = sign_in(ports)
    for _ in range(10):
        with pytest.raises(NotSignedIn):
            enter(ports, waiting, "000000" if code(ports, secret) != "000000" else "000001")

    with pytest.raises(TooOften):
        enter(ports, waiting, code(ports, secret))


@pytest.mark.parametrize("typed", ["000000", "aaaa-bbbb-cccc"], ids=["codes", "recovery codes"])
def test_who_tries_codes_from_everywhere_is_locked_out_for_an_hour(ports, typed):
    secret, codes = second_factor(ports)
    waiting = sign_in(ports)
    for number in range(20):
        with pytest.raises(NotSignedIn):
            enter(ports, waiting, typed, address=f"10.0.1.{number}")

    for right in (code(ports, secret), codes[0]):
        with pytest.raises(TooOften):
            enter(ports, waiting, right, address="10.0.2.1")
    ports.clock.pass_by(timedelta(hours=1))
    assert enter(ports, sign_in(ports), code(ports, secret)).complete


def test_of_two_that_enter_one_code_at_once_one_is_let_in(ports):
    secret, _ = second_factor(ports)
    jane = ports.staff.find("jane")
    waiting = [sign_in(ports, bears=bears) for bears in ("b1", "b3")]
    typed = code(ports, secret)
    enter(ports, waiting[0], typed)

    stale = replace(ports, staff=replace(ports.staff))
    stale.staff.find = lambda _login: jane
    with pytest.raises(NotSignedIn):
        enter(stale, waiting[1], typed)


def test_the_secret_of_a_second_factor_is_not_kept_in_clear(ports):
    secret, _ = second_factor(ports)

    kept = ports.staff.find("jane").second_factor.secret

    assert secret not in kept
    assert SAFE.unlock(kept, "jane") == secret


@pytest.mark.parametrize("recovers", [False, True], ids=["by a code", "by a recovery code"])
def test_a_secret_of_before_is_still_good_and_locked_up_by_its_next_use(ports, recovers):
    secret, [recovery, *_] = second_factor(ports)
    jane = ports.staff.find("jane")
    plain = SecondFactor(secret, 0, jane.second_factor.recovery_hashes)
    ports.staff.replace(jane, replace(jane, second_factor=plain))

    assert enter(ports, sign_in(ports), recovery if recovers else code(ports, secret)).complete

    assert SAFE.unlock(ports.staff.find("jane").second_factor.secret, "jane") == secret


def test_under_another_key_recovery_codes_are_good_and_codes_are_not(ports):
    secret, [recovery, *_] = second_factor(ports)
    other = Safe("another key than before")
    browser = Browser("b2", "10.0.0.1", "a browser")

    with pytest.raises(NotSignedIn):
        sign_in_with_code(ports, other, sign_in(ports), code(ports, secret), browser)
    assert sign_in_with_code(ports, other, sign_in(ports), recovery, browser).complete


def test_a_code_is_waited_for_five_minutes(ports):
    second_factor(ports)
    sign_in(ports)
    ports.clock.pass_by(timedelta(minutes=5))

    with pytest.raises(NotSignedIn):
        visit_of(ports, "jane", "b1")


def test_a_phone_may_be_a_step_early_or_late_and_no_more(ports):
    secret, now = new_secret(), ports.clock.now()
    codes = [pyotp.TOTP(secret).at(now + steps * STEP) for steps in (-2, -1, 0, 1, 2)]

    assert [step_of(secret, one, now) is not None for one in codes] == [
        False,
        True,
        True,
        True,
        False,
    ]
    for text in ("", "12345", "abcdef", "١٢٣٤٥٦", "1" * 50):
        assert step_of(secret, text, now) is None


@pytest.mark.parametrize("secret", ["", "A" * 31, "a" * 32, "1" * 32, "=" * 32])
def test_a_secret_that_was_never_shown_is_refused(ports, secret):
    with pytest.raises(Malformed):
        own.add_second_factor(ports, JANE, SAFE, secret, "123456")


def test_another_password_ends_every_other_visit(ports):
    visit = sign_in(ports)
    sign_in(ports, bears="b2")

    own.change_own_password(ports, JANE, PASSWORDS, PASSWORD, "a new long one", visit=visit)

    assert [one.id for one in own.own_visits(ports, JANE)] == [visit.id]
    with pytest.raises(NotSignedIn):
        visit_of(ports, "jane", "b2")
    with pytest.raises(Malformed, match="not your password"):
        own.change_own_password(ports, JANE, PASSWORDS, PASSWORD, "a new long one", visit=visit)
    assert sign_in(ports, password="a new long one").complete


def test_a_second_factor_is_taken_away_by_who_knows_the_password(ports):
    second_factor(ports)
    with pytest.raises(Malformed):
        own.remove_second_factor(ports, JANE, PASSWORDS, "wrong")

    own.remove_second_factor(ports, JANE, PASSWORDS, PASSWORD)

    assert sign_in(ports).complete


def test_a_second_factor_is_replaced_by_who_knows_the_password(ports):
    second_factor(ports)
    kept, secret = ports.staff.find("jane"), new_secret()
    enrol = partial(own.replace_second_factor, ports, JANE, PASSWORDS, SAFE, secret)
    with pytest.raises(NotAllowed):
        own.add_second_factor(ports, JANE, SAFE, secret, code(ports, secret))
    with pytest.raises(Malformed, match="not your password"):
        enrol(code(ports, secret), password="wrong")
    assert ports.staff.find("jane") == kept

    enrol(code(ports, secret), password=PASSWORD)
    ports.clock.pass_by(STEP)

    assert enter(ports, sign_in(ports), code(ports, secret)).complete


def test_visits_are_listed_and_ended_one_by_one_or_all(ports):
    here = sign_in(ports)
    ports.clock.pass_by(timedelta(minutes=1))
    there = sign_in(ports, bears="b2")
    assert own.own_visits(ports, JANE) == [there, here]

    own.end_own_visit(ports, JANE, there.id)
    assert own.own_visits(ports, JANE) == [here]
    sign_in(ports, bears="b3")
    own.end_other_visits(ports, JANE, here)

    assert own.own_visits(ports, JANE) == [here]


def test_a_blocked_user_is_out_at_once_and_stays_out(ports):
    add_jane(ports, login="joe")
    visit = sign_in(ports, login="joe")
    users.change_user(ports, JANE, PASSWORDS, "joe", UserChanges(active=False))

    with pytest.raises(NotSignedIn):
        visit_of(ports, "joe", "b1")
    with pytest.raises(NotSignedIn):
        operator_of(ports, visit, "")
    with pytest.raises(NotSignedIn):
        sign_in(ports, login="joe")


def test_a_role_counts_with_the_next_request(ports):
    add_jane(ports, login="joe")
    visit = sign_in(ports, login="joe")

    users.change_user(ports, JANE, PASSWORDS, "joe", UserChanges(role="support"))

    assert operator_of(ports, visit, "")[0].role.name == "support"


def test_nobody_takes_away_their_own_rights(ports):
    for changes in (UserChanges(active=False), UserChanges(role="support")):
        with pytest.raises(NotAllowed):
            users.change_user(ports, JANE, PASSWORDS, "jane", changes)
    users.add_role(ports, MACHINE, Role("bosses", rights_of("users:*")))
    boss = replace(JANE, role=Role("bosses", rights_of("users:*")))
    with pytest.raises(NotAllowed):
        users.change_role(ports, boss, Role("bosses"))


def test_users_and_roles_have_names_of_their_own_and_roles_that_exist(ports):
    with pytest.raises(AlreadyExists):
        users.add_user(ports, JANE, PASSWORDS, NewUser("jane", "J", "support", PASSWORD))
    with pytest.raises(NotFound):
        users.add_user(ports, JANE, PASSWORDS, NewUser("joe", "J", "king", PASSWORD))
    with pytest.raises(Malformed):
        users.add_user(ports, JANE, PASSWORDS, NewUser("joe", "J", "support", "too short"))
    with pytest.raises(AlreadyExists):
        users.add_role(ports, JANE, Role("support"))
    with pytest.raises(NotAllowed):
        users.change_role(ports, JANE, Role("support"))
    with pytest.raises(NotAllowed):
        users.remove_role(ports, JANE, "support")


def test_a_role_that_somebody_has_stays(ports):
    add_jane(ports, Role("desk", rights_of("calls:see")), login="joe")
    with pytest.raises(Conflict, match="joe have the role desk"):
        users.remove_role(ports, JANE, "desk")
    users.change_user(ports, JANE, PASSWORDS, "joe", UserChanges(role="support"))

    users.remove_role(ports, JANE, "desk")

    assert "desk" not in {role.name for role in users.list_roles(ports, JANE)}
