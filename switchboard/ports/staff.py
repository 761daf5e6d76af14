"""Where users, their visits and what they did are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from switchboard.ports.pages import Page
from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Role
from switchboard.staff.users import User
from switchboard.staff.visits import Visit


class Staff(Protocol):
    """Users of the console, and the roles that were made for them; the ready-made ones are not
    here."""

    def add(self, user: User) -> bool:
        """Add a user, if the login is new."""

    def find(self, login: str) -> User | None:
        """A user, strongly consistent."""

    def all(self) -> Sequence[User]:
        """Every user, by login."""

    def replace(self, old: User, new: User) -> bool:
        """Replace a user, if they are still `old`; the login stays."""

    def add_role(self, role: Role) -> bool:
        """Add a role, if its name is new."""

    def role(self, name: str) -> Role | None:
        """A role, strongly consistent."""

    def roles(self) -> Sequence[Role]:
        """Every role, by name."""

    def replace_role(self, old: Role, new: Role) -> bool:
        """Replace a role, if it is still `old`; the name stays."""

    def remove_role(self, name: str) -> bool:
        """Take a role away; whether there was one."""


class StaffVisits(Protocol):
    """Where users are signed in; what is over is gone within days."""

    def begin(self, visit: Visit) -> None:
        """Keep a new visit."""

    def find(self, user: str, visit: str) -> Visit | None:
        """A visit, strongly consistent; it may be over."""

    def see(self, visit: Visit, at: datetime) -> bool:
        """Note that a visit goes on, if it was not ended."""

    def end(self, user: str, visit: str) -> None:
        """End a visit. Nothing happens where there is none."""

    def of(self, user: str) -> Sequence[Visit]:
        """The visits of a user, the latest first; some may be over."""


class Audit(Protocol):
    """The log of what was done."""

    def begin(self, entry: AuditEntry) -> None:
        """Add an entry that is only begun, about nothing yet."""

    def add(self, entry: AuditEntry) -> None:
        """Add an entry, in the place of one that was begun of this id and instant. The same one is
        added once, however often it is sent."""

    def forget(self, entry: AuditEntry) -> None:
        """Take away an entry that is only begun: nothing came of it."""

    def page(
        self,
        *,
        by: str | None = None,
        about: str | None = None,
        begun: bool = False,
        limit: int,
        cursor: str | None,
    ) -> Page[AuditEntry]:
        """A part of the log, newest first: of what one user did, of what was done about one thing,
        of what is only begun (one of these at most), or all. Malformed where the cursor is not one
        of ours."""
