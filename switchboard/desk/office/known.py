"""What several use cases of operators look up, check and replace."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from switchboard.billing.account import Account
from switchboard.errors import Conflict, Malformed, NotAllowed, NotFound
from switchboard.ports import Ports
from switchboard.staff.audit import said
from switchboard.staff.rights import READY_MADE, Action, Area, Right, Role
from switchboard.staff.users import Operator, User

SEE_MONEY = Right(Area.MONEY, Action.SEE)
LEAST_PASSWORD, LONGEST_PASSWORD = 12, 256


def own_account(ports: Ports, by: Operator, account: str) -> Account:
    """An account. NotFound where there is none, or none for this operator."""
    known = ports.accounts.get(account)
    if not by.has(known.profile):
        raise NotFound(f"there is no account {account}")
    return known


def check_sees_all(by: Operator) -> None:
    """NotAllowed for who has accounts of their own only, of what is about all."""
    if by.role.own_accounts_only:
        raise NotAllowed("this is about all accounts, and you have your own only")


@contextmanager
def untold_accounts(by: Operator) -> Iterator[None]:
    """Within it, whose account stands in the way is not told to who has own accounts only."""
    try:
        yield
    except Conflict:
        if by.role.own_accounts_only:
            raise Conflict("this is in use") from None
        raise


def hidden_sheets(ports: Ports, by: Operator) -> frozenset[str]:
    """The sheets that do not exist for who sees no costs: those that say what a trunk costs."""
    if not by.role.hides_costs:
        return frozenset()
    costs = (trunk.cost_sheet for trunk in ports.trunks.all(fresh=True))
    return frozenset(filter(None, costs))


def shown_sheets(ports: Ports, by: Operator) -> list[str]:
    """The names of the sheets that exist for this operator."""
    hidden = hidden_sheets(ports, by)
    return [name for name in ports.sheets.names() if name not in hidden]


def check_sheet_shown(ports: Ports, by: Operator, *names: str | None) -> None:
    """NotFound where one of these sheets does not exist for this operator."""
    hidden = hidden_sheets(ports, by)
    for name in names:
        if name in hidden:
            raise NotFound(f"there is no rate sheet {name}")


def tells_of_hidden(ports: Ports, by: Operator) -> Callable[[Any], bool]:
    """Tells whether what is said names a sheet that does not exist for this operator."""
    hidden = "|".join(map(re.escape, hidden_sheets(ports, by)))
    names = re.compile(rf"(?<![\w.-])({hidden})(?![\w.-])")
    return lambda value: bool(hidden and names.search(said(value)))


def sees_revenue(by: Operator) -> bool:
    """Whether they see what all accounts pay together, which is nothing for whoever has accounts of
    their own only."""
    return by.may(SEE_MONEY) and not by.role.own_accounts_only


def sees_costs(by: Operator) -> bool:
    """Whether they see what trunks take, and what is earned."""
    return sees_revenue(by) and not by.role.hides_costs


def role_of(ports: Ports, name: str) -> Role:
    """A role by its name. NotFound where there is none."""
    role = READY_MADE.get(name) or ports.staff.role(name)
    if role is None:
        raise NotFound(f"there is no role {name}")
    return role


def known_user(ports: Ports, login: str) -> User:
    """A user. NotFound where there is none."""
    user = ports.staff.find(login)
    if user is None:
        raise NotFound(f"there is no user {login}")
    return user


def operator_now(ports: Ports, login: str, address: str) -> Operator:
    """A user who asked for something that is done now, with the rights of this moment. NotAllowed
    where they may not sign in any more."""
    user = ports.staff.find(login)
    if user is None or not user.active:
        raise NotAllowed(f"the user {login} may not do this any more")
    return Operator(login, role_of(ports, user.role), "job", address)


def replace_user(ports: Ports, old: User, new: User) -> None:
    """Replace a user. Conflict where they are no longer the old one."""
    if not ports.staff.replace(old, new):
        raise Conflict("the user is being changed by somebody else")


def end_visits(ports: Ports, login: str, *, but: str = "") -> None:
    """Sign a user out everywhere, but for one visit."""
    for visit in ports.staff_visits.of(login):
        if visit.id != but:
            ports.staff_visits.end(login, visit.id)


def check_password(password: str) -> None:
    """Malformed where a user may not have this password."""
    if not LEAST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Malformed(f"a password has {LEAST_PASSWORD} to {LONGEST_PASSWORD} characters")
