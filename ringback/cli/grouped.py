"""Options that several commands have are declared once, as the fields of a dataclass."""

import inspect
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from functools import wraps
from inspect import Parameter
from typing import Any

Command = Callable[..., None]


def grouped(command: Command) -> Command:
    """The command as Typer reads it: a parameter whose type is a dataclass stands for the fields
    of that, each an option or argument of its own."""
    signature = inspect.signature(command, eval_str=True)
    groups = {
        name: _parameters(parameter.annotation)
        for name, parameter in signature.parameters.items()
        if isinstance(parameter.annotation, type) and is_dataclass(parameter.annotation)
    }

    @wraps(command)
    def with_groups(**given: Any) -> None:
        for name, fields in groups.items():
            group = signature.parameters[name].annotation
            given[name] = group(**{field.name: given.pop(field.name) for field in fields})
        command(**given)

    flat = [
        option
        for name, parameter in signature.parameters.items()
        for option in groups.get(name, [parameter.replace(kind=Parameter.KEYWORD_ONLY)])
    ]
    vars(with_groups)["__signature__"] = signature.replace(parameters=flat)
    return with_groups


def _parameters(group: type) -> Iterable[Parameter]:
    fields = inspect.signature(group, eval_str=True).parameters.values()
    return [field.replace(kind=Parameter.KEYWORD_ONLY) for field in fields]
