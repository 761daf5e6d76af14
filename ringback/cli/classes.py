"""`ringback classes`: which numbers are premium, satellite and so on."""

from typing import Annotated

import typer

from ringback.cli.common import AsJson, State, operator, ports_for, show_list, show_one

app = typer.Typer(help="Classes of destinations, by prefix.", no_args_is_help=True)

Prefixes = list[str] | None


@app.command("list")
def list_classes(state: State = None, as_json: AsJson = False) -> None:
    """Every class with its prefixes; a blocked one is called only by accounts that may."""
    from switchboard.wire import class_body

    rows = [class_body(one) for one in ports_for(state).settings.classes().classes]
    show_list(rows, ("class", "blocked", "prefixes"), as_json=as_json)


@app.command("set")
def change(
    name: Annotated[str, typer.Argument(metavar="CLASS")],
    add: Annotated[Prefixes, typer.Option("--prefix", help="In it; repeatable.")] = None,
    remove: Annotated[
        Prefixes, typer.Option("--remove-prefix", help="No longer in it; repeatable.")
    ] = None,
    blocked: Annotated[
        bool | None,
        typer.Option("--blocked/--open", help="Whether accounts need to be allowed to call it."),
    ] = None,
    state: State = None,
    as_json: AsJson = False,
) -> None:
    """Change a class, or make one. It counts within seconds."""
    from switchboard.billing.classes import check_prefix
    from switchboard.desk.office.settings import change_class
    from switchboard.wire import class_body

    changed = change_class(
        ports_for(state),
        operator(),
        name,
        add=tuple(map(check_prefix, add or ())),
        remove=tuple(map(check_prefix, remove or ())),
        blocked=blocked,
    )
    show_one(class_body(changed), as_json=as_json)


@app.command()
def reset(name: Annotated[str, typer.Argument(metavar="CLASS")], state: State = None) -> None:
    """Make a class as it is built in; one that is not goes."""
    from switchboard.desk.office.settings import reset_class

    left = reset_class(ports_for(state), operator(), name)
    typer.echo(f"{name} is gone" if left is None else f"{name} is as it is built in")
