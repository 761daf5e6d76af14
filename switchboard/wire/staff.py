"""Users, roles and the audit log."""

from switchboard.staff.audit import AuditEntry
from switchboard.staff.rights import Role
from switchboard.staff.users import User
from switchboard.wire.forms import Body, instant


def user_body(user: User) -> Body:
    """A user, without what signs them in."""
    return {
        "user": user.login,
        "name": user.name,
        "role": user.role,
        "status": "active" if user.active else "blocked",
        "second_factor": user.second_factor is not None,
        "made_at": instant(user.made_at),
    }


def role_body(role: Role) -> Body:
    """A role with its rights, by name."""
    return {
        "role": role.name,
        "own_accounts_only": role.own_accounts_only,
        "hides_costs": role.hides_costs,
        "rights": [*sorted(map(str, role.rights))],
    }


def audit_body(entry: AuditEntry) -> Body:
    """What somebody did, and what changed by it."""
    return {
        "id": entry.id,
        "at": instant(entry.at),
        "by": entry.by,
        "role": entry.role,
        "door": entry.door,
        "address": entry.address,
        "deed": entry.deed,
        "about": entry.about,
        "changes": [
            {"what": one.what, "was": one.was, "became": one.became} for one in entry.changes
        ],
    }
