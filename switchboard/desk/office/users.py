"""Users of the console and their roles."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from switchboard.desk.office.known import (
    check_password,
    end_visits,
    known_user,
    replace_user,
    role_of,
)
from switchboard.desk.office.rights import log, needs
from switchboard.errors import AlreadyExists, Conflict, NotAllowed
from switchboard.ports import Passwords, Ports
from switchboard.staff.audit import changes_between
from switchboard.staff.rights import READY_MADE, Action, Area, Role
from switchboard.staff.users import Operator, User


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to be added."""

    login: str
    name: str
    role: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class UserChanges:
    """What to change of a user; None leaves a thing as it is. Another password, or less than
    before, ends every visit."""

    name: str | None = None
    role: str | None = None
    active: bool | None = None
    password: str | None = field(default=None, repr=False)
    no_second_factor: bool = False


@needs(Area.USERS, Action.SEE)
def list_users(ports: Ports, _by: Operator) -> Sequence[User]:
    """Every user, by login."""
    return ports.staff.all()


@needs(Area.USERS, Action.SEE)
def find_user(ports: Ports, _by: Operator, login: str) -> User:
    """A user. NotFound where there is none."""
    return known_user(ports, login)


@needs(Area.USERS, Action.CHANGE)
def add_user(ports: Ports, by: Operator, passwords: Passwords, new: NewUser) -> User:
    """A new user. AlreadyExists where the login is taken; NotAllowed where they could do more than
    who adds them."""
    _check_gives(by, role_of(ports, new.role))
    check_password(new.password)
    made_at = ports.clock.now()
    user = User(new.login, new.name.strip(), new.role, made_at, passwords.hash(new.password))
    if not ports.staff.add(user):
        raise AlreadyExists(f"there is a user {new.login} already")
    log(ports, by, "add", f"user {new.login}", changes_between(None, user))
    return user


@needs(Area.USERS, Action.CHANGE)
def change_user(
    ports: Ports, by: Operator, passwords: Passwords, login: str, changes: UserChanges
) -> User:
    """The user, changed. Nobody takes away their own rights, so that somebody always has them, and
    nobody changes who may do more than they, or lets them: NotAllowed."""
    old = known_user(ports, login)
    if login == by.login and (changes.active is False or changes.role not in (None, old.role)):
        raise NotAllowed("you cannot take away your own rights: somebody else has to")
    role = role_of(ports, changes.role or old.role)
    for held in (one for one in list_roles(ports, by) if one.name == old.role):
        _check_gives(by, held)
    _check_gives(by, role)
    if changes.password is not None:
        check_password(changes.password)
    new = replace(
        old,
        name=(changes.name or old.name).strip(),
        role=role.name,
        active=old.active if changes.active is None else changes.active,
        password_hash=passwords.hash(changes.password) if changes.password else old.password_hash,
        second_factor=None if changes.no_second_factor else old.second_factor,
    )
    replace_user(ports, old, new)
    if new != old:
        log(ports, by, "change", f"user {login}", changes_between(old, new))
    if changes.password or not new.active or changes.no_second_factor:
        end_visits(ports, login)
    return new


@needs(Area.USERS, Action.SEE)
def list_roles(ports: Ports, _by: Operator) -> Sequence[Role]:
    """The ready-made roles, then those that were made here."""
    return [*READY_MADE.values(), *ports.staff.roles()]


@needs(Area.USERS, Action.SEE)
def find_role(ports: Ports, _by: Operator, name: str) -> Role:
    """A role. NotFound where there is none."""
    return role_of(ports, name)


@needs(Area.USERS, Action.CHANGE)
def add_role(ports: Ports, by: Operator, role: Role) -> None:
    """Add a role. AlreadyExists where its name is taken; NotAllowed where it may do more than who
    adds it."""
    _check_gives(by, role)
    if role.name in READY_MADE or not ports.staff.add_role(role):
        raise AlreadyExists(f"there is a role {role.name} already")
    log(ports, by, "add", f"role {role.name}", changes_between(None, role))


@needs(Area.USERS, Action.CHANGE)
def change_role(ports: Ports, by: Operator, role: Role) -> None:
    """Replace a role that was made here. Nobody changes their own, or one that may do more than
    they, before or after."""
    old = _own_role(ports, role.name)
    if role.name == by.role.name:
        raise NotAllowed("you cannot change your own role: somebody else has to")
    _check_gives(by, old, role)
    if not ports.staff.replace_role(old, role):
        raise Conflict("the role is being changed by somebody else")
    if role != old:
        log(ports, by, "change", f"role {role.name}", changes_between(old, role))


@needs(Area.USERS, Action.CHANGE)
def remove_role(ports: Ports, by: Operator, name: str) -> None:
    """Take a role away that nobody has. Conflict where somebody has it."""
    old = _own_role(ports, name)
    having = [user.login for user in ports.staff.all() if user.role == name]
    if having:
        raise Conflict(f"{', '.join(having[:5])} have the role {name}: give them another one first")
    if ports.staff.remove_role(name):
        log(ports, by, "remove", f"role {name}", changes_between(old, None))


def _check_gives(by: Operator, *roles: Role) -> None:
    """Whoever could make a user who may do more than they could do it themselves."""
    for role in roles:
        more = ", ".join(sorted(map(str, role.rights - by.role.rights)))
        if by.role.hides_costs and not role.hides_costs:
            more = more or "to see costs"
        if by.role.own_accounts_only and not role.own_accounts_only:
            more = more or "to all accounts"
        if more:
            raise NotAllowed(f"the role {role.name} has rights that you do not have: {more}")


def _own_role(ports: Ports, name: str) -> Role:
    if name in READY_MADE:
        raise NotAllowed(f"the role {name} is ready-made: make one of your own")
    return role_of(ports, name)
