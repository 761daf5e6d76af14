"""Users and roles: nobody gives or changes rights that they do not have."""

from dataclasses import replace
from functools import partial

import pytest

from switchboard.desk.office import users
from switchboard.desk.office.users import NewUser, UserChanges
from switchboard.errors import NotAllowed
from switchboard.staff.rights import Role, rights_of
from switchboard.staff.users import Operator
from tests.fakes.console import PASSWORD, add_jane
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports

PASSWORDS = PlainPasswords()
LESS = Role("less", rights_of("calls:see"), hides_costs=True, own_accounts_only=True)
DESK = replace(LESS, name="desk", rights=rights_of("users:*", "calls:see"))
MORE = [
    replace(DESK, rights=rights_of("users:*", "calls:see", "money:see")),
    replace(DESK, hides_costs=False),
    replace(DESK, own_accounts_only=False),
]


@pytest.mark.parametrize("more", MORE)
def test_nobody_makes_or_changes_who_may_do_more_than_they(more):
    ports, more, less = memory_ports(), replace(more, name="more"), LESS
    for role in (more, less):
        add_jane(ports, role, login=role.name)
    chief = Operator("chief", DESK, "console")
    before = ports.staff.all(), ports.staff.roles()
    deeds = [
        lambda: users.add_user(ports, chief, PASSWORDS, NewUser("eve", "E", "more", PASSWORD)),
        lambda: users.add_role(ports, chief, replace(more, name="most")),
        lambda: users.change_role(ports, chief, replace(more, name="less")),
        lambda: users.change_role(ports, chief, replace(less, name="more")),
        *(
            partial(users.change_user, ports, chief, PASSWORDS, login, changes)
            for login, changes in (
                ("less", UserChanges(role="more")),
                ("more", UserChanges(role="less")),
                ("more", UserChanges(password="a new long one")),
                ("more", UserChanges(no_second_factor=True)),
            )
        ),
    ]

    for deed in deeds:
        with pytest.raises(NotAllowed, match="that you do not have"):
            deed()

    assert (ports.staff.all(), ports.staff.roles()) == before
    users.change_user(ports, chief, PASSWORDS, "less", UserChanges(password="a new long one"))
    users.add_user(ports, chief, PASSWORDS, NewUser("eve", "E", "less", PASSWORD))
