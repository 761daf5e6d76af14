"""What several use cases of operators look up, check and replace."""

from switchboard.billing.account import Account
from switchboard.errors import Conflict, Malformed, NotFound
from switchboard.ports import Ports
from switchboard.staff.rights import READY_MADE, Role
from switchboard.staff.users import Operator, User

LEAST_PASSWORD, LONGEST_PASSWORD = 12, 256


def own_account(ports: Ports, by: Operator, account: str) -> Account:
    """An account. NotFound where there is none, or none for this operator."""
    known = ports.accounts.get(account)
    if not by.has(known.profile):
        raise NotFound(f"there is no account {account}")
    return known


def role_of(ports: Ports, name: str) -> Role:
    """A role by its name. NotFound where there is none."""
    role = READY_MADE.get(name) or ports.staff.role(name)
    if role is None:
        raise NotFound(f"there is no role {name}")
    return role


def known_user(ports: Ports, login: str) -> User:
    """A user. NotFound where there is none."""
    user = ports.staff.find(login)
    if user is None:
        raise NotFound(f"there is no user {login}")
    return user


def replace_user(ports: Ports, old: User, new: User) -> None:
    """Replace a user. Conflict where they are no longer the old one."""
    if not ports.staff.replace(old, new):
        raise Conflict("the user is being changed by somebody else")


def end_visits(ports: Ports, login: str, *, but: str = "") -> None:
    """Sign a user out everywhere, but for one visit."""
    for visit in ports.staff_visits.of(login):
        if visit.id != but:
            ports.staff_visits.end(login, visit.id)


def check_password(password: str) -> None:
    """Malformed where a user may not have this password."""
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Malformed(f"a password has {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters")
