"""A group of options: declared once, asked for by several commands."""

from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from ringback.cli.grouped import grouped

Size = typer.Option(help="In inches.")


@dataclass(frozen=True, slots=True)
class Looks:
    size: Annotated[int | None, Size] = None
    colours: Annotated[list[str] | None, typer.Option("--colour")] = None


@dataclass(frozen=True, slots=True)
class NewLooks(Looks):
    size: Annotated[int, Size] = 7


app = typer.Typer()


@app.command()
@grouped
def add(name: str, *, price: str, looks: NewLooks) -> None:
    """Add one."""
    typer.echo(f"{name} {price} {looks}")


@app.command("set")
@grouped
def change(name: str, looks: Looks, note: str = "") -> None:
    """Change one."""
    typer.echo(f"{name} {looks} {note}")


def said(*words: str) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 0, done.output
    return done.output.strip()


def test_a_command_gets_the_options_of_a_group_as_one_value():
    looks = Looks(9, ["red", "blue"])

    words = ("set", "lamp", "--size", "9", "--colour", "red", "--colour", "blue", "--note", "big")

    assert said(*words) == f"lamp {looks} big"


def test_what_is_not_said_is_as_the_group_has_it():
    assert said("set", "lamp") == f"lamp {Looks()}"
    assert said("add", "lamp", "5") == f"lamp 5 {NewLooks(7)}"


def test_the_help_lists_the_options_of_a_group_where_it_stands():
    told = said("set", "--help")

    assert told.index("--size") < told.index("--colour") < told.index("--note")
