"""A secret for a command: out of the environment, or typed unseen; never an argument, which every
process of the machine could read."""

import os
import sys

import typer


def ask_secret(name: str, variable: str, *, twice: bool = False) -> str:
    """What stands in `variable`, else what a person types, `twice` where it is a new one.

    Malformed where there is neither the variable nor a terminal.
    """
    from switchboard.errors import Malformed

    if secret := os.environ.get(variable):
        return secret
    if not sys.stdin.isatty():
        raise Malformed(f"no {name.lower()} is given: set ${variable}, or type it at a terminal")
    typed: str = typer.prompt(name, hide_input=True, confirmation_prompt=twice)
    return typed
