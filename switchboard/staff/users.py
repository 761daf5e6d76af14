"""Users of the console, and who acts: one of them, or whoever is at the command line."""

from dataclasses import dataclass, field
from datetime import datetime

from switchboard.billing.account import Profile, check_id
from switchboard.errors import Malformed, NoRight
from switchboard.staff.rights import ADMINISTRATOR, Action, Area, Right, Role

LONGEST_NAME = 80
SEE_MONEY = Right(Area.MONEY, Action.SEE)


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What the user's phone computes codes by, locked in the safe (at first it was kept in clear),
    the time step of the last code that was taken, and the hashes of the recovery codes that are
    left."""

    secret: str = field(repr=False)
    last_step: int
    recovery_hashes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in to the console by `login`, and reads it in their `language`, or where
    that is empty in that of their browser."""

    login: str
    name: str
    role: str
    made_at: datetime
    password_hash: str = field(repr=False)
    active: bool = True
    second_factor: SecondFactor | None = field(default=None, repr=False)
    language: str = ""

    def __post_init__(self) -> None:
        check_id("login", self.login)
        if not (self.name.strip() and self.name.isprintable() and len(self.name) <= LONGEST_NAME):
            raise Malformed(f"a user's name has 1 to {LONGEST_NAME} characters")


@dataclass(frozen=True, slots=True)
class Operator:
    """Who does something, with which role, by which door and from where."""

    login: str
    role: Role
    door: str
    address: str = ""

    def may(self, right: Right) -> bool:
        """Whether the role has this right."""
        return right in self.role.rights

    @property
    def sees_money(self) -> bool:
        """Whether they are shown balances, and what customers pay."""
        return self.may(SEE_MONEY)

    @property
    def sees_costs(self) -> bool:
        """Whether they are shown what carriers are paid, and what is earned."""
        return self.sees_money and not self.role.hides_costs

    @property
    def is_shown(self) -> tuple[str, ...]:
        """What not everybody is shown, and they are."""
        costs, others = not self.role.hides_costs, not self.role.own_accounts_only
        shown = {"money": self.sees_money, "costs": costs, "accounts of others": others}
        return tuple(name for name, is_so in shown.items() if is_so)

    def check(self, right: Right) -> None:
        """NoRight where the role does not have this right."""
        if not self.may(right):
            raise NoRight(f"your role “{self.role.name}” does not have the right {right}")

    def has(self, profile: Profile) -> bool:
        """Whether there is such an account for this operator."""
        return not self.role.own_accounts_only or profile.owner == self.login


def at_command_line(user: str, machine: str = "") -> Operator:
    """Who uses the command on the machine: its administrator, named as the machine knows them."""
    return Operator(user, ADMINISTRATOR, "command line", machine)
