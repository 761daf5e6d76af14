"""`ringback users`: who signs in to the console."""

import os
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.staff.users import User

app = typer.Typer(help="Users of the console at /admin.", no_args_is_help=True)
Login = Annotated[str, typer.Argument(metavar="LOGIN")]
COLUMNS = ("user", "name", "role", "status", "second_factor", "made_at")


@app.command()
def add(
    login: Login,
    role: Annotated[str, typer.Option(help="One of `ringback roles list`.")],
    name: Annotated[str | None, typer.Option(help="The person's name; else the login.")] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Add a user. The password is asked for, or taken from $RINGBACK_PASSWORD."""
    from ringback.wiring import passwords
    from switchboard.desk.office.users import NewUser, add_user

    ports = ports_for(state)
    new = NewUser(login, name or login, role, _password())
    show_one(_row(add_user(ports, operator(), passwords(), new)), as_json=as_json)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every user."""
    from switchboard.desk.office.users import list_users

    rows = [_row(user) for user in list_users(ports_for(state), operator())]
    show_list(rows, COLUMNS, as_json=as_json)


@app.command("set")
def change(
    login: Login,
    *,
    name: Annotated[str | None, typer.Option(help="The person's name.")] = None,
    role: Annotated[str | None, typer.Option(help="One of `ringback roles list`.")] = None,
    active: Annotated[
        bool | None, typer.Option("--active/--blocked", help="Whether they may sign in.")
    ] = None,
    password: Annotated[
        bool,
        typer.Option("--password", help="Another one, asked for or taken from $RINGBACK_PASSWORD."),
    ] = False,
    no_second_factor: Annotated[
        bool, typer.Option("--no-second-factor", help="For who lost phone and recovery codes.")
    ] = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change what is given. Another password signs the user out everywhere."""
    from ringback.wiring import passwords
    from switchboard.desk.office.users import UserChanges, change_user

    ports = ports_for(state)
    given = _password() if password else None
    changes = UserChanges(name, role, active, given, no_second_factor)
    show_one(_row(change_user(ports, operator(), passwords(), login, changes)), as_json=as_json)


def _password() -> str:
    given: str = os.environ.get("RINGBACK_PASSWORD") or typer.prompt(
        "Password", hide_input=True, confirmation_prompt=True
    )
    return given


def _row(user: "User") -> dict[str, Any]:
    from switchboard.wire import user_body

    return user_body(user)
