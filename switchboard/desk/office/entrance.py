"""Signing in to the console and out: a password, a code where the user has a second factor, and a
visit that is looked for with each request."""

import hashlib
from dataclasses import dataclass, replace

from switchboard.desk.lockout import one_sign_in
from switchboard.desk.office.known import role_of
from switchboard.desk.office.rights import log
from switchboard.errors import CodeNeeded, NotFound, NotSignedIn, Refusal
from switchboard.ports import Passwords, Ports
from switchboard.staff.codes import is_secret, recovery_hash, step_of
from switchboard.staff.rights import Role
from switchboard.staff.safe import Safe
from switchboard.staff.users import Operator, SecondFactor, User
from switchboard.staff.visits import SEEN_EVERY, Visit

DOOR = "console"
# In the place of a login that there is not; no login is like this.
UNKNOWN = "(unknown)"


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in: what the browser will bear, its address, what it calls itself, and
    by which door they come."""

    bears: str
    address: str
    name: str
    door: str = DOOR


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
            else:
                # Not to be told from the other by its time. The login may be a password.
                nobody = Operator(UNKNOWN, Role("nobody"), browser.door, browser.address)
                log(ports, nobody, "sign-in refused: login", "sign-in")
            raise NotSignedIn("login or password is wrong")
    return _begin(ports, user, browser, complete=user.second_factor is None)


def sign_in_with_code(ports: Ports, safe: Safe, begun: Visit, code: str, browser: Browser) -> Visit:
    """A complete visit in the place of one that waits for a code: of this time, and not taken
    before, or one of the recovery codes, each of which is good once. A secret that was kept in
    clear is locked up by it."""
    user = ports.staff.find(begun.user)
    if user is None or not user.active or user.second_factor is None:
        raise NotSignedIn("please sign in again")
    with one_sign_in(ports, f"code of {user.login}", browser.address):
        factor = _taken(ports, safe, user.login, user.second_factor, code)
        if factor is None or not ports.staff.replace(user, replace(user, second_factor=factor)):
            _log(ports, user, browser, "sign-in refused: code")
            raise NotSignedIn("this code is wrong, or was used already")
    ports.staff_visits.end(begun.user, begun.id)
    return _begin(ports, user, browser, complete=True)


def sign_in_at_once(
    ports: Ports,
    passwords: Passwords,
    safe: Safe,
    login: str,
    password: str,
    code: str | None,
    browser: Browser,
) -> Visit:
    """A complete visit by a password, and by a code where the user has a second factor. CodeNeeded
    where only that is missing; refuses as the two steps do."""
    visit = sign_in(ports, passwords, login, password, browser)
    if visit.complete:
        return visit
    try:
        if code is None:
            raise CodeNeeded("the code of your second factor is needed, too")
        return sign_in_with_code(ports, safe, visit, code, browser)
    except Refusal:
        ports.staff_visits.end(visit.user, visit.id)
        raise


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


def operator_of(
    ports: Ports, visit: Visit, address: str, *, door: str = DOOR
) -> tuple[Operator, User]:
    """Who visits, with the rights of this moment. NotSignedIn where they may not any more."""
    user = ports.staff.find(visit.user)
    if user is None or not user.active or not visit.complete:
        raise NotSignedIn("please sign in")
    try:
        role = role_of(ports, user.role)
    except NotFound:
        raise NotSignedIn("your role is gone: ask for another one") from None
    return Operator(user.login, role, door, address), user


def sign_out(ports: Ports, visit: Visit) -> None:
    """End a visit."""
    ports.staff_visits.end(visit.user, visit.id)


def visit_id(bears: str) -> str:
    """What a visit is kept under. What the browser bears is random and long, so that a plain hash
    cannot be searched."""
    return hashlib.sha256(bears.encode()).hexdigest()


def _taken(
    ports: Ports, safe: Safe, login: str, factor: SecondFactor, code: str
) -> SecondFactor | None:
    secret = factor.secret if is_secret(factor.secret) else safe.unlock(factor.secret, login)
    step = None
    if secret is not None:
        step = step_of(secret, code, ports.clock.now())
        # Another text each time: of two that enter one code at once, one replaces what was.
        factor = replace(factor, secret=safe.lock(secret, login))
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
    by = Operator(user.login, role, browser.door, browser.address)
    log(ports, by, deed, f"user {user.login}")
