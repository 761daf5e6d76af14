"""Signing in to the console and out: a password, a code where the user has a second factor, and a
visit that is looked for with each request."""

import hashlib
from dataclasses import dataclass, replace

from switchboard.desk.lockout import one_sign_in
from switchboard.desk.office.known import role_of
from switchboard.desk.office.rights import log
from switchboard.errors import NotFound, NotSignedIn
from switchboard.ports import Passwords, Ports
from switchboard.staff.codes import recovery_hash, step_of
from switchboard.staff.users import Operator, SecondFactor, User
from switchboard.staff.visits import SEEN_EVERY, Visit

DOOR = "console"


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: what the browser will bear, its address, what it calls itself."""

    bears: str
    address: str
    name: str


def sign_in(
    ports: Ports, passwords: Passwords, login: str, password: str, browser: Browser
) -> Visit:
    """A new visit, complete if the user has no second factor. NotSignedIn says and takes the same,
    whichever of both is wrong, and whether or not the user may sign in."""
    with one_sign_in(ports, f"user {login}", browser.address):
        user = ports.staff.find(login) if login else None
        kept = None if user is None or not user.active else user.password_hash
        if not passwords.matches(password, kept) or user is None:
            if user is not None:
                _log(ports, user, browser, "sign-in refused: password")
            raise NotSignedIn("login or password is wrong")
    return _begin(ports, user, browser, complete=user.second_factor is None)


def sign_in_with_code(ports: Ports, begun: Visit, code: str, browser: Browser) -> Visit:
    """A complete visit in the place of one that waits for a code: of this time, and not taken
    before, or one of the recovery codes, each of which is good once."""
    user = ports.staff.find(begun.user)
    if user is None or not user.active or user.second_factor is None:
        raise NotSignedIn("please sign in again")
    with one_sign_in(ports, f"code of {user.login}", browser.address):
        factor = _taken(ports, user.second_factor, code)
        if factor is None or not ports.staff.replace(user, replace(user, second_factor=factor)):
            _log(ports, user, browser, "sign-in refused: code")
            raise NotSignedIn("this code is wrong, or was used already")
    ports.staff_visits.end(begun.user, begun.id)
    return _begin(ports, user, browser, complete=True)


def visit_of(ports: Ports, login: str, bears: str, *, seen: bool = True) -> Visit:
    """The visit of a browser, which goes on by it where its user was `seen`. NotSignedIn where it
    is over, was ended, or its user may not sign in any more."""
    now = ports.clock.now()
    visit = ports.staff_visits.find(login, visit_id(bears))
    if visit is None or now >= visit.ends_at:
        raise NotSignedIn("please sign in")
    if (
        seen
        and visit.complete
        and now - visit.seen_at >= SEEN_EVERY
        and not ports.staff_visits.see(visit, now)
    ):
        raise NotSignedIn("please sign in")
    return visit


def operator_of(ports: Ports, visit: Visit, address: str) -> tuple[Operator, User]:
    """Who visits, with the rights of this moment. NotSignedIn where they may not any more."""
    user = ports.staff.find(visit.user)
    if user is None or not user.active or not visit.complete:
        raise NotSignedIn("please sign in")
    try:
        role = role_of(ports, user.role)
    except NotFound:
        raise NotSignedIn("your role is gone: ask for another one") from None
    return Operator(user.login, role, DOOR, address), user


def sign_out(ports: Ports, visit: Visit) -> None:
    """End a visit."""
    ports.staff_visits.end(visit.user, visit.id)


def visit_id(bears: str) -> str:
    """What a visit is kept under. What the browser bears is random and long, so that a plain hash
    cannot be searched."""
    return hashlib.sha256(bears.encode()).hexdigest()


def _taken(ports: Ports, factor: SecondFactor, code: str) -> SecondFactor | None:
    step = step_of(factor.secret, code, ports.clock.now())
    if step is not None:
        return replace(factor, last_step=step) if step > factor.last_step else None
    used = recovery_hash(code)
    left = tuple(kept for kept in factor.recovery_hashes if kept != used)
    return replace(factor, recovery_hashes=left) if left != factor.recovery_hashes else None


def _begin(ports: Ports, user: User, browser: Browser, *, complete: bool) -> Visit:
    now = ports.clock.now()
    shown = browser.name[:200]
    visit = Visit(user.login, visit_id(browser.bears), now, now, browser.address, shown, complete)
    ports.staff_visits.begin(visit)
    if complete:
        _log(ports, user, browser, "sign in")
    return visit


def _log(ports: Ports, user: User, browser: Browser, deed: str) -> None:
    try:
        role = role_of(ports, user.role)
    except NotFound:
        raise NotSignedIn("your role is gone: ask for another one") from None
    log(ports, Operator(user.login, role, DOOR, browser.address), deed, f"user {user.login}")
