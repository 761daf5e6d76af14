"""Users of the console."""

from chalice.app import Response

from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import AskFor, Choices, Entered, Field, ask, switch
from chalicelib.translation import mark
from switchboard.desk.office import users as office
from switchboard.desk.office.known import LONGEST_PASSWORD
from switchboard.desk.office.users import NewUser, UserChanges
from switchboard.staff.users import LONGEST_NAME, User

USERS = (mark("Users"), "/admin/users")
PASSWORD_HINT = mark("12 characters or more; the user can change it.")


def add_to(pages: Pages) -> None:
    """The list of users, and their forms."""
    pages.show("/admin/users", show_users)
    pages.ask("/admin/new-user", add)
    pages.ask("/admin/users/{login}", edit)
    pages.ask("/admin/users/{login}/no-second-factor", remove_second_factor)


def show_users(console: Console) -> Response:
    users = office.list_users(console.ports, console.by)
    return console.show("admin/users.html", title=mark("Users"), users=users)


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        new = NewUser(**{name: entered[name] for name in ("login", "name", "role", "password")})
        office.add_user(console.ports, console.by, console.wiring.passwords, new)
        return console.go("/admin/users", console.say(mark("%(name)s was added."), name=new.name))

    login = Field("login", mark("Login"), required=True, longest=64)
    fields = (login, *_fields(_roles(console)), _password(PASSWORD_HINT, required=True))
    title, back, crumbs = mark("New user"), "/admin/users", [USERS]
    form = AskFor(title, mark("Add"), fields, back=back, crumbs=crumbs, use_case=office.add_user)
    return ask(console, form, act)


def edit(console: Console) -> Response:
    user = office.find_user(console.ports, console.by, console.part("login"))

    def act(entered: Entered) -> Response:
        changes = UserChanges(
            name=entered["name"],
            role=entered["role"],
            active=entered["active"],
            password=entered["password"] or None,
        )
        ports, passwords = console.ports, console.wiring.passwords
        office.change_user(ports, console.by, passwords, user.login, changes)
        return console.go(
            "/admin/users", console.say(mark("%(name)s was changed."), name=user.name)
        )

    active = switch("active", mark("May sign in"), user.active)
    hint = mark("Left empty, it stays as it is. Another one signs the user out everywhere.")
    fields = (*_fields(_roles(console), user), active, _password(hint, required=False))
    form = AskFor(user.login, mark("Save"), fields, back="/admin/users", crumbs=[USERS])
    return ask(console, form, act, template="admin/user.html", shown=user)


def remove_second_factor(console: Console) -> Response:
    user = office.find_user(console.ports, console.by, console.part("login"))
    back = f"/admin/users/{user.login}"

    def act(_entered: Entered) -> Response:
        ports, passwords = console.ports, console.wiring.passwords
        changes = UserChanges(no_second_factor=True)
        office.change_user(ports, console.by, passwords, user.login, changes)
        return console.go(back, console.say(mark("The second factor is gone.")))

    text = mark(
        "For a user whose phone and recovery codes are lost: the password alone signs in until the"
        " user sets up another phone. The user is signed out everywhere."
    )
    title, crumbs = mark("Take the second factor away"), [USERS, (user.login, back)]
    form = AskFor(
        title,
        mark("Take away"),
        text=text,
        danger=True,
        back=back,
        crumbs=crumbs,
        use_case=office.change_user,
    )
    return ask(console, form, act)


def _fields(roles: Choices, user: User | None = None) -> tuple[Field, ...]:
    name, role = (user.name, user.role) if user else ("", "support")
    return (
        Field("name", mark("Name"), value=name, required=True, longest=LONGEST_NAME),
        Field("role", mark("Role"), "select", value=role, choices=roles, required=True),
    )


def _roles(console: Console) -> Choices:
    return [(role.name, role.name) for role in office.list_roles(console.ports, console.by)]


def _password(hint: str, *, required: bool) -> Field:
    return Field(
        "password",
        mark("Password"),
        "password",
        required=required,
        hint=hint,
        longest=LONGEST_PASSWORD,
        autocomplete="new-password",
    )
