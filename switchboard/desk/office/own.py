"""What every user may do for themselves: password, second factor, visits."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from switchboard.desk.lockout import one_sign_in
from switchboard.desk.office.known import check_password, end_visits, known_user, replace_user
from switchboard.desk.office.rights import log, noted
from switchboard.errors import Malformed, NotAllowed
from switchboard.ports import Passwords, Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.codes import is_secret, recovery_hash, step_of
from switchboard.staff.safe import Safe
from switchboard.staff.users import Operator, SecondFactor, User
from switchboard.staff.visits import Visit

RECOVERY_CODES = 10
# Without what is easily mistaken; 12 of them are 58 bits.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


@noted
def change_own_password(
    ports: Ports, by: Operator, passwords: Passwords, old: str, new: str, *, visit: Visit
) -> None:
    """Another password; every other visit ends. Malformed where the old one is wrong."""
    user = _checked(ports, by, passwords, old)
    check_password(new)
    _replace(ports, by, user, replace(user, password_hash=passwords.hash(new)))
    end_visits(ports, by.login, but=visit.id)


@noted
def choose_language(ports: Ports, by: Operator, language: str) -> None:
    """Read the console in a language, two letters, or with none in that of the browser."""
    if language and not (len(language) == 2 and language.isascii() and language.islower()):
        raise Malformed("a language has two letters, like es")
    user = known_user(ports, by.login)
    if language != user.language:
        _replace(ports, by, user, replace(user, language=language))


@noted
def add_second_factor(
    ports: Ports, by: Operator, safe: Safe, secret: str, code: str
) -> Sequence[str]:
    """The recovery codes, to be shown once: from now on each sign-in asks for a code. Malformed
    where the phone did not compute this one by the secret; NotAllowed where there is a second
    factor already."""
    user = known_user(ports, by.login)
    if user.second_factor is not None:
        raise NotAllowed("there is a second factor already: your password is needed to replace it")
    return _enrol(ports, by, user, safe, secret, code)


@noted
def replace_second_factor(
    ports: Ports,
    by: Operator,
    passwords: Passwords,
    safe: Safe,
    secret: str,
    code: str,
    *,
    password: str,
) -> Sequence[str]:
    """The same with another phone: whoever finds a browser signed in shall not make it theirs for
    good. Malformed where the password is wrong."""
    user = _checked(ports, by, passwords, password)
    return _enrol(ports, by, user, safe, secret, code)


def _enrol(
    ports: Ports, by: Operator, user: User, safe: Safe, secret: str, code: str
) -> Sequence[str]:
    step = step_of(secret, code, ports.clock.now()) if is_secret(secret) else None
    if step is None:
        raise Malformed("this is not the code that your phone shows now")
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    factor = SecondFactor(safe.lock(secret, by.login), step, tuple(map(recovery_hash, codes)))
    _replace(ports, by, user, replace(user, second_factor=factor))
    return codes


@noted
def remove_second_factor(ports: Ports, by: Operator, passwords: Passwords, password: str) -> None:
    """Sign in by the password alone. Malformed where it is wrong."""
    user = _checked(ports, by, passwords, password)
    _replace(ports, by, user, replace(user, second_factor=None))


def own_visits(ports: Ports, by: Operator) -> Sequence[Visit]:
    """Where the user is signed in, the latest first."""
    now = ports.clock.now()
    return [one for one in ports.staff_visits.of(by.login) if one.complete and now < one.ends_at]


def end_own_visit(ports: Ports, by: Operator, visit: str) -> None:
    """Sign out elsewhere."""
    ports.staff_visits.end(by.login, visit)


@noted
def end_other_visits(ports: Ports, by: Operator, visit: Visit) -> None:
    """Sign out everywhere but here."""
    end_visits(ports, by.login, but=visit.id)
    log(ports, by, "sign out elsewhere", f"user {by.login}")


def _checked(ports: Ports, by: Operator, passwords: Passwords, password: str) -> User:
    """Who asks; a wrong password counts as one at sign-in."""
    user = known_user(ports, by.login)
    with one_sign_in(ports, f"user {by.login}", by.address):
        if not passwords.matches(password, user.password_hash):
            raise Malformed("this is not your password")
    return user


def _replace(ports: Ports, by: Operator, old: User, new: User) -> None:
    replace_user(ports, old, new)
    log(ports, by, "change", f"user {by.login}", changes_between(old, new))


def _recovery_code() -> str:
    letters = [secrets.choice(_LETTERS) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))
