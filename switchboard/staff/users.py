"""Users of the console, and who acts: one of them, or whoever is at the command line."""

from dataclasses import dataclass, field
from datetime import datetime

from switchboard.billing.account import Profile, check_id
from switchboard.errors import Malformed, NoRight
from switchboard.staff.rights import ADMINISTRATOR, Right, Role

LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What the user's phone computes codes by, the time step of the last code that was taken, and
    the hashes of the recovery codes that are left."""

    secret: str = field(repr=False)
    last_step: int
    recovery_hashes: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who signs in to the console by `login`."""

    login: str
    name: str
    role: str
    made_at: datetime
    password_hash: str = field(repr=False)
    active: bool = True
    second_factor: SecondFactor | None = field(default=None, repr=False)

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

    def check(self, right: Right) -> None:
        """NoRight where the role does not have this right."""
        if not self.may(right):
            raise NoRight(f"your role “{self.role.name}” does not have the right {right}")

    def has(self, profile: Profile) -> bool:
        """Whether there is such an account for this operator."""
        return not self.role.own_accounts_only or profile.owner == self.login


def at_command_line(user: str) -> Operator:
    """Who uses the command on the machine: its administrator, named as the machine knows them."""
    return Operator(user, ADMINISTRATOR, "command line")
