"""`ringback roles`: what users of the console may do."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

if TYPE_CHECKING:
    from switchboard.staff.rights import Role

app = typer.Typer(help="Roles: what users may do.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(metavar="ROLE")]
Rights = Annotated[
    list[str],
    typer.Option("--right", help="Like accounts:see,change or rates:*; repeatable."),
]
OwnOnly = Annotated[
    bool, typer.Option("--own-accounts-only", help="No accounts but those that the user owns.")
]
HidesCosts = Annotated[
    bool, typer.Option("--hides-costs", help="Neither what carriers are paid nor what is earned.")
]


@app.command("list")
def list_(state: State = None, as_json: AsJson = False) -> None:
    """Every role: the ready-made ones, then those that were made here."""
    from switchboard.desk.office.users import list_roles

    rows = [_row(role) for role in list_roles(ports_for(state), operator())]
    show_list(rows, ("role", "own_accounts_only", "hides_costs", "rights"), as_json=as_json)


@app.command()
def add(
    name: Name,
    *,
    right: Rights,
    own_accounts_only: OwnOnly = False,
    hides_costs: HidesCosts = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Make a role."""
    from switchboard.desk.office.users import add_role
    from switchboard.staff.rights import Role, rights_of

    role = Role(name, rights_of(*right), hides_costs, own_accounts_only)
    add_role(ports_for(state), operator(), role)
    show_one(_row(role), as_json=as_json)


@app.command("set")
def change(
    name: Name,
    *,
    right: Rights,
    own_accounts_only: OwnOnly = False,
    hides_costs: HidesCosts = False,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Make a role anew: it has what is given and nothing else."""
    from switchboard.desk.office.users import change_role
    from switchboard.staff.rights import Role, rights_of

    role = Role(name, rights_of(*right), hides_costs, own_accounts_only)
    change_role(ports_for(state), operator(), role)
    show_one(_row(role), as_json=as_json)


@app.command()
def remove(name: Name, state: State = None) -> None:
    """Take a role away that nobody has."""
    from switchboard.desk.office.users import remove_role

    remove_role(ports_for(state), operator(), name)
    typer.echo(f"{name} is gone")


def _row(role: "Role") -> dict[str, Any]:
    return {
        "role": role.name,
        "own_accounts_only": role.own_accounts_only,
        "hides_costs": role.hides_costs,
        "rights": sorted(map(str, role.rights)),
    }
