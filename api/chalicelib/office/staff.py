"""Users, their roles, and the log of what they did."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.bodies import Model
from chalicelib.office.bodies import Name, Part, Patch, Title, Version, page_of
from chalicelib.office.request import OfficeRequest, versioned, whole
from chalicelib.office.route import Route
from switchboard.desk.office import audit
from switchboard.desk.office import users as office
from switchboard.desk.office.known import LEAST_PASSWORD, LONGEST_PASSWORD
from switchboard.desk.office.users import UserChanges
from switchboard.staff import rights, users
from switchboard.staff.rights import ALL_RIGHTS, Action, Area, Right
from switchboard.wire import Body, audit_body, role_body, user_body

Password = Annotated[str, Field(min_length=LEAST_PASSWORD, max_length=LONGEST_PASSWORD)]
RIGHT = f"^({'|'.join(area.value for area in Area)}):({'|'.join(one.value for one in Action)})$"
Rights = Annotated[
    list[Annotated[str, Field(pattern=RIGHT, examples=["accounts:see"])]],
    Field(max_length=len(ALL_RIGHTS)),
]
STATUSES = {"active": True, "blocked": False, None: None}


class User(Model):
    """Somebody who signs in to the console and to this API."""

    user: str
    name: str
    role: str
    status: Literal["active", "blocked"]
    second_factor: bool
    made_at: datetime
    version: Version


class UserPatch(Patch):
    """What to change of a user. Another password, or a block, ends every visit and token."""

    name: Title | None = None
    role: Name | None = None
    status: Literal["active", "blocked"] | None = None
    password: Password | None = None


class NewUser(Model):
    """A user to be added."""

    user: Name
    name: Title
    role: Name
    password: Password


class RoleTerms(Model):
    """What the users of a role may do: what is left out, they may not."""

    rights: Rights
    own_accounts_only: bool = False
    """There are no accounts for them but those that they own."""
    hides_costs: bool = False
    """Neither what carriers are paid nor what is earned is shown."""


class NewRole(RoleTerms):
    """A role to be added."""

    role: Name


class OfficeRole(Model):
    """A role: ready-made, or made here."""

    role: str
    rights: list[str]
    own_accounts_only: bool
    hides_costs: bool
    version: Version


class Change(Model):
    """One thing that changed; empty: nothing was, or became of it."""

    what: str
    was: str
    became: str


class AuditEntry(Model):
    """What somebody did."""

    id: str
    at: datetime
    by: str
    role: str
    door: str
    """console, API or command line."""
    address: str
    deed: str
    about: str
    changes: list[Change]


class AuditSearch(Part):
    """Whose deeds, about what."""

    by: Annotated[str, Field(max_length=64)] = ""
    about: Annotated[str, Field(max_length=128, examples=["account alice"])] = ""


def user_shown(user: users.User) -> Body:
    """A user with their version."""
    return versioned(user_body(user))


def role_shown(role: rights.Role) -> Body:
    """A role with its version."""
    return versioned(role_body(role))


def list_users(request: OfficeRequest) -> Body:
    return whole(map(user_shown, office.list_users(request.ports, request.by)))


def add_user(request: OfficeRequest) -> Body:
    asked: NewUser = request.body
    new = office.NewUser(asked.user, asked.name, asked.role, asked.password)
    passwords = request.wiring.passwords
    return user_shown(office.add_user(request.ports, request.by, passwords, new))


def show_user(request: OfficeRequest) -> Body:
    return user_shown(_user(request))


def change_user(request: OfficeRequest) -> Body:
    asked: UserPatch = request.body
    active = STATUSES[asked.status]
    return _changed(request, UserChanges(asked.name, asked.role, active, asked.password))


def remove_second_factor(request: OfficeRequest) -> Body:
    return _changed(request, UserChanges(no_second_factor=True))


def list_roles(request: OfficeRequest) -> Body:
    return whole(map(role_shown, office.list_roles(request.ports, request.by)))


def add_role(request: OfficeRequest) -> Body:
    role = _role(request.body.role, request.body)
    office.add_role(request.ports, request.by, role)
    return role_shown(role)


def show_role(request: OfficeRequest) -> Body:
    return role_shown(_known_role(request))


def replace_role(request: OfficeRequest) -> Body:
    role = _role(_known_role(request).name, request.body)
    office.change_role(request.ports, request.by, role)
    return role_shown(role)


def remove_role(request: OfficeRequest) -> None:
    office.remove_role(request.ports, request.by, _known_role(request).name)


def read_log(request: OfficeRequest) -> Body:
    asked: AuditSearch = request.query
    page = audit.read_log(
        request.ports, request.by, login=asked.by, about=asked.about, **request.part_of_list
    )
    return request.listed(page, audit_body)


def _user(request: OfficeRequest) -> users.User:
    user = office.find_user(request.ports, request.by, request.part("user"))
    request.check_version(user_shown(user))
    return user


def _changed(request: OfficeRequest, changes: UserChanges) -> Body:
    login, passwords = _user(request).login, request.wiring.passwords
    return user_shown(office.change_user(request.ports, request.by, passwords, login, changes))


def _known_role(request: OfficeRequest) -> rights.Role:
    role = office.find_role(request.ports, request.by, request.part("role"))
    request.check_version(role_shown(role))
    return role


def _role(name: str, terms: RoleTerms) -> rights.Role:
    return rights.Role(
        name,
        frozenset(map(Right.parse, terms.rights)),
        hides_costs=terms.hides_costs,
        own_accounts_only=terms.own_accounts_only,
    )


ROUTES = (
    Route("GET", "/users", list_users, (office.list_users,), "List every user", page_of(User)),
    Route(
        "POST",
        "/users",
        add_user,
        (office.add_user,),
        "Add a user",
        User,
        status=201,
        body=NewUser,
        example={
            "user": "joe",
            "name": "Joe Bloggs",
            "role": "support",
            "password": "correct horse battery",
        },
        refused_with=(404, 409),
    ),
    Route("GET", "/users/{user}", show_user, (office.find_user,), "Show a user", User),
    Route(
        "PATCH",
        "/users/{user}",
        change_user,
        (office.find_user, office.change_user),
        "Change what is named of a user",
        User,
        body=UserPatch,
        example={"name": "Jane Doe", "password": "a better horse battery"},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "DELETE",
        "/users/{user}/second-factor",
        remove_second_factor,
        (office.find_user, office.change_user),
        "Take the second factor away from a user who lost it",
        User,
        refused_with=(409,),
        versioned=True,
    ),
    Route(
        "GET",
        "/roles",
        list_roles,
        (office.list_roles,),
        "List every role: the ready-made ones first",
        page_of(OfficeRole),
    ),
    Route(
        "POST",
        "/roles",
        add_role,
        (office.add_role,),
        "Make a role",
        OfficeRole,
        status=201,
        body=NewRole,
        example={"role": "desk", "rights": ["accounts:see", "calls:see"], "hides_costs": True},
        refused_with=(409,),
    ),
    Route("GET", "/roles/{role}", show_role, (office.find_role,), "Show a role", OfficeRole),
    Route(
        "PUT",
        "/roles/{role}",
        replace_role,
        (office.find_role, office.change_role),
        "Replace what a role may do; its users may at once",
        OfficeRole,
        body=RoleTerms,
        example={"rights": ["accounts:see"], "own_accounts_only": True},
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "DELETE",
        "/roles/{role}",
        remove_role,
        (office.find_role, office.remove_role),
        "Take a role away that nobody has",
        None,
        refused_with=(409, 422),
        versioned=True,
    ),
    Route(
        "GET",
        "/audit",
        read_log,
        (audit.read_log,),
        "List what was done, newest first",
        page_of(AuditEntry),
        query=AuditSearch,
    ),
)
