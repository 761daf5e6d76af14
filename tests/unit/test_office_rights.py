"""Every use case of operators, asked by every role: the right is checked where the deed is done."""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator

import pytest

from switchboard.desk import office
from switchboard.desk.office.rights import right_of
from switchboard.errors import Malformed, NoRight
from switchboard.staff.rights import ALL_RIGHTS, READY_MADE, Right, Role, rights_of
from switchboard.staff.users import Operator
from tests.fakes.ports import memory_ports

# What guards others, what they look up and log, what only calls them, what is asked before anybody
# is known, and what everybody may do for themselves.
UNGUARDED = {"rights", "known", "entrance", "own", "rate_log", "rate_deeds", "jobs", "uploads"}


def use_cases() -> Iterator[Callable[..., object]]:
    for module in pkgutil.iter_modules(office.__path__):
        if module.name not in UNGUARDED:
            found = importlib.import_module(f"{office.__name__}.{module.name}")
            for name, function in inspect.getmembers(found, inspect.isfunction):
                if function.__module__ == found.__name__ and not name.startswith("_"):
                    yield function


def test_every_use_case_of_operators_says_which_right_it_needs():
    bare = [function.__qualname__ for function in use_cases() if "right" not in vars(function)]

    assert bare == []
    assert len(list(use_cases())) > 15


@pytest.mark.parametrize("role", [*READY_MADE.values(), Role("nobody")], ids=lambda one: one.name)
@pytest.mark.parametrize("use_case", list(use_cases()), ids=lambda one: one.__name__)
def test_a_use_case_refuses_every_role_without_its_right(use_case, role):
    ports, by = memory_ports(), Operator("jane", role, "console")

    if right_of(use_case) in role.rights:
        by.check(right_of(use_case))
    else:
        with pytest.raises(NoRight, match=str(right_of(use_case))):
            use_case(ports, by)


def test_the_ready_made_roles_differ_as_their_names_say():
    administrator, operator, finance, support = READY_MADE.values()

    assert administrator.rights == set(ALL_RIGHTS)
    assert administrator.rights > operator.rights
    for role in (operator, finance, support):
        assert Right.parse("users:see") not in role.rights
        assert Right.parse("accounts:see") in role.rights
    assert Right.parse("money:change") not in support.rights
    assert Right.parse("trunks:change") not in finance.rights
    assert support.hides_costs


def test_rights_are_read_as_they_are_written():
    for right in ALL_RIGHTS:
        assert Right.parse(str(right)) == right
    assert rights_of("accounts:see,change", "rates:*") == {
        Right.parse(text)
        for text in ("accounts:see", "accounts:change", "rates:see", "rates:change", "rates:export")
    }


@pytest.mark.parametrize("text", ["", "accounts", "accounts:", "accounts:fly", "moon:see", ":"])
def test_what_is_no_right_is_named(text):
    with pytest.raises(Malformed, match="is no right"):
        Right.parse(text)
