"""Users, roles and visits in DynamoDB."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import StaffItem, StaffVisitItem
from switchboard.staff.rights import Role
from switchboard.staff.users import User
from switchboard.staff.visits import LONGEST, Visit

USER, ROLE = "user", "role"
# An end that nobody reads can be late.
GRACE = timedelta(days=1)
Value = TypeVar("Value")


class DynamoStaff:
    """`Staff` over one small table."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(StaffItem)

    def add(self, user: User) -> bool:
        """Add a user, if the login is new."""
        return self._add(USER, user.login, user)

    def find(self, login: str) -> User | None:
        """A user, strongly consistent."""
        return self._find(USER, login, User)

    def all(self) -> Sequence[User]:
        """Every user, by login."""
        return self._all(USER, User)

    def replace(self, old: User, new: User) -> bool:
        """Replace a user, if they are still `old`."""
        return self._replace(USER, new.login, old, new)

    def add_role(self, role: Role) -> bool:
        """Add a role, if its name is new."""
        return self._add(ROLE, role.name, role)

    def role(self, name: str) -> Role | None:
        """A role, strongly consistent."""
        return self._find(ROLE, name, Role)

    def roles(self) -> Sequence[Role]:
        """Every role, by name."""
        return self._all(ROLE, Role)

    def replace_role(self, old: Role, new: Role) -> bool:
        """Replace a role, if it is still `old`."""
        return self._replace(ROLE, new.name, old, new)

    def remove_role(self, name: str) -> bool:
        """Take a role away."""
        item = self._items(ROLE, name)
        return made(lambda: item.delete(self._items.kind.exists()))

    def _add(self, kind: str, name: str, value: object) -> bool:
        item = self._items(kind, name, value=to_text(value))
        # Where a reply was lost, it is there already, and is what was to be added.
        new = self._items.kind.does_not_exist() | (self._items.value == item.value)
        return made(lambda: item.save(new))

    def _replace(self, kind: str, name: str, old: object, new: object) -> bool:
        item = self._items(kind, name, value=to_text(new))
        unchanged = self._items.value.is_in(to_text(old), to_text(new))
        return made(lambda: item.save(unchanged))

    def _find(self, kind: str, name: str, of: type[Value]) -> Value | None:
        try:
            return from_text(self._items.get(kind, name, consistent_read=True).value, of)
        except self._items.DoesNotExist:
            return None

    def _all(self, kind: str, of: type[Value]) -> list[Value]:
        found = self._items.query(kind, consistent_read=True)
        return [from_text(item.value, of) for item in found]


class DynamoStaffVisits:
    """`StaffVisits` over one table."""

    def __init__(self, database: Database) -> None:
        self._items: Any = database.table(StaffVisitItem)

    def begin(self, visit: Visit) -> None:
        """Keep a new visit."""
        self._item(visit).save()

    def find(self, user: str, visit: str) -> Visit | None:
        """A visit, strongly consistent."""
        try:
            return from_text(self._items.get(user, visit, consistent_read=True).value, Visit)
        except self._items.DoesNotExist:
            return None

    def see(self, visit: Visit, at: datetime) -> bool:
        """Note that a visit goes on, if it was not ended."""
        item = self._item(replace(visit, seen_at=at))
        return made(lambda: item.save(self._items.user.exists()))

    def end(self, user: str, visit: str) -> None:
        """End a visit."""
        self._items(user, visit).delete()

    def of(self, user: str) -> Sequence[Visit]:
        """The visits of a user, the latest first."""
        found = self._items.query(user, consistent_read=True)
        visits = [from_text(item.value, Visit) for item in found]
        return sorted(visits, key=lambda visit: visit.seen_at, reverse=True)

    def _item(self, visit: Visit) -> Any:
        gone_at = visit.began_at + LONGEST + GRACE
        return self._items(visit.user, visit.id, value=to_text(visit), gone_at=gone_at)
