"""`ringback roles`: what users of the console may do."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one
from ringback.cli.grouped import grouped

if TYPE_CHECKING:
    from switchboard.staff.rights import Role

app = typer.Typer(help="Roles: what users may do.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="ROLE")]


@dataclass(frozen=True, slots=True)
class RoleOptions:
    """What a role may do."""

    right: Annotated[
        list[str],
        typer.Option("--right", help="Like accounts:see,change or rates:*; repeatable."),
    ]
    own_accounts_only: Annotated[
        bool, typer.Option("--own-accounts-only", help="No accounts but those that the user owns.")
    ] = False
    hides_costs: Annotated[
        bool,
        typer.Option("--hides-costs", help="Neither what carriers are paid nor what is earned."),
    ] = False

    def role(self, name: str) -> "Role":
        """The role of this name."""
        from switchboard.staff.rights import Role, rights_of

        return Role(name, rights_of(*self.right), self.hides_costs, self.own_accounts_only)


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every role: the ready-made ones, then those that were made here."""
    from switchboard.desk.office.users import list_roles

    rows = [_row(role) for role in list_roles(ports_for(state), operator())]
    show_list(rows, ("role", "own_accounts_only", "hides_costs", "rights"), as_json=as_json)


@app.command()
@grouped
def add(name: Name, options: RoleOptions, state: State = None, as_json: AsJson = False) -> None:
    """Make a role."""
    from switchboard.desk.office.users import add_role

    role = options.role(name)
    add_role(ports_for(state), operator(), role)
    show_one(_row(role), as_json=as_json)


@app.command("set")
@grouped
def change(name: Name, options: RoleOptions, state: State = None, as_json: AsJson = False) -> None:
    """Make a role anew: it has what is given and nothing else."""
    from switchboard.desk.office.users import change_role

    role = options.role(name)
    change_role(ports_for(state), operator(), role)
    show_one(_row(role), as_json=as_json)


@app.command()
def remove(name: Name, state: State = None) -> None:
    """Take a role away that nobody has."""
    from switchboard.desk.office.users import remove_role

    remove_role(ports_for(state), operator(), name)
    typer.echo(f"{name} is gone")


def _row(role: "Role") -> dict[str, Any]:
    from switchboard.wire import role_body

    return role_body(role)
