"""Users, roles, visits and the audit log in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from switchboard.ports import Page
from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Role
from switchboard.staff.users import User
from switchboard.staff.visits import Visit
from tests.fakes.pages import page_of


@dataclass
class MemoryStaff:
    users: dict[str, User] = field(default_factory=dict)
    own_roles: dict[str, Role] = field(default_factory=dict)

    def add(self, user: User) -> bool:
        return self.users.setdefault(user.login, user) == user

    def find(self, login: str) -> User | None:
        return self.users.get(login)

    def all(self) -> Sequence[User]:
        return [self.users[login] for login in sorted(self.users)]

    def replace(self, old: User, new: User) -> bool:
        if self.users.get(old.login) not in (old, new):
            return False
        self.users[new.login] = new
        return True

    def add_role(self, role: Role) -> bool:
        return self.own_roles.setdefault(role.name, role) == role

    def role(self, name: str) -> Role | None:
        return self.own_roles.get(name)

    def roles(self) -> Sequence[Role]:
        return [self.own_roles[name] for name in sorted(self.own_roles)]

    def replace_role(self, old: Role, new: Role) -> bool:
        if self.own_roles.get(old.name) not in (old, new):
            return False
        self.own_roles[new.name] = new
        return True

    def remove_role(self, name: str) -> bool:
        return self.own_roles.pop(name, None) is not None


@dataclass
class MemoryStaffVisits:
    kept: dict[tuple[str, str], Visit] = field(default_factory=dict)

    def begin(self, visit: Visit) -> None:
        self.kept[visit.user, visit.id] = visit

    def find(self, user: str, visit: str) -> Visit | None:
        return self.kept.get((user, visit))

    def see(self, visit: Visit, at: datetime) -> bool:
        key = visit.user, visit.id
        if key not in self.kept:
            return False
        self.kept[key] = replace(visit, seen_at=at)
        return True

    def end(self, user: str, visit: str) -> None:
        self.kept.pop((user, visit), None)

    def of(self, user: str) -> Sequence[Visit]:
        own = [visit for visit in self.kept.values() if visit.user == user]
        return sorted(own, key=lambda visit: visit.seen_at, reverse=True)


@dataclass
class MemoryAudit:
    kept: dict[str, AuditEntry] = field(default_factory=dict)

    def begin(self, entry: AuditEntry) -> None:
        self.kept[entry.id] = entry

    def add(self, entry: AuditEntry) -> None:
        self.kept[entry.id] = entry

    def forget(self, entry: AuditEntry) -> None:
        self.kept.pop(entry.id, None)

    def page(
        self,
        *,
        by: str | None = None,
        about: str | None = None,
        begun: bool = False,
        limit: int,
        cursor: str | None,
    ) -> Page[AuditEntry]:
        found = [
            entry
            for entry in sorted(self.kept.values(), key=lambda one: (one.at, one.id), reverse=True)
            if by in (None, entry.by) and about in (None, entry.about)
            if entry.begun or not begun
        ]
        return page_of(found, [entry.id for entry in found], limit=limit, cursor=cursor)
