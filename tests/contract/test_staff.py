"""Users, roles, their visits and the audit log: kept, listed, and replaced only as they were."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.errors import Malformed
from switchboard.staff.audit import AuditEntry, Change
from switchboard.staff.rights import READY_MADE, Role, rights_of
from switchboard.staff.users import SecondFactor, User
from switchboard.staff.visits import Visit
from tests.fakes.world import NOON

JANE = User("jane", "Jane", "support", NOON, "hash", second_factor=SecondFactor("s", 5, ("a", "b")))
DESK = Role("desk", rights_of("accounts:see,change", "calls:*"), own_accounts_only=True)
VISIT = Visit("jane", "0f", NOON, NOON, "10.0.0.1", "a browser")
LATER = NOON + timedelta(minutes=5)


def test_a_user_is_added_once_and_replaced_only_as_known(ports):
    other = replace(JANE, name="Janet")

    assert ports.staff.add(JANE)
    assert not ports.staff.add(other)
    assert ports.staff.find("jane") == JANE
    assert ports.staff.replace(JANE, other)
    assert not ports.staff.replace(JANE, replace(JANE, active=False))
    assert ports.staff.all() == [other]
    assert ports.staff.find("joe") is None


def test_a_write_whose_reply_was_lost_may_be_repeated(ports):
    other = replace(JANE, name="Janet")
    ports.staff.add(JANE)
    ports.staff.replace(JANE, other)

    assert ports.staff.replace(JANE, other)
    assert ports.staff.add(other)


def test_roles_are_kept_apart_from_users_of_the_same_name(ports):
    ports.staff.add(replace(JANE, login="desk"))

    assert ports.staff.add_role(DESK)
    assert ports.staff.role("desk") == DESK
    assert ports.staff.roles() == [DESK]
    assert ports.staff.replace_role(DESK, replace(DESK, hides_costs=True))
    assert not ports.staff.replace_role(DESK, replace(DESK, own_accounts_only=False))
    assert ports.staff.remove_role("desk")
    assert not ports.staff.remove_role("desk")
    assert ports.staff.role("desk") is None
    assert ports.staff.find("desk") is not None


@pytest.mark.parametrize("role", READY_MADE.values(), ids=str)
def test_a_role_with_all_its_rights_is_read_as_it_was_written(ports, role):
    ports.staff.add_role(role)

    assert ports.staff.role(role.name) == role


def test_a_visit_goes_on_until_it_is_ended(ports):
    ports.staff_visits.begin(VISIT)
    later = replace(VISIT, id="1f", seen_at=LATER)
    ports.staff_visits.begin(later)

    assert ports.staff_visits.find("jane", "0f") == VISIT
    assert ports.staff_visits.find("joe", "0f") is None
    assert ports.staff_visits.of("jane") == [later, VISIT]
    assert ports.staff_visits.see(VISIT, LATER + timedelta(minutes=1))
    assert ports.staff_visits.of("jane")[0].id == "0f"
    ports.staff_visits.end("jane", "0f")
    assert not ports.staff_visits.see(VISIT, LATER)
    assert ports.staff_visits.find("jane", "0f") is None


def test_the_log_is_read_by_user_by_thing_and_whole_newest_first(ports):
    blocked = (Change("status", "active", "blocked"),)
    entries = [
        AuditEntry(
            f"{number:02x}",
            NOON + timedelta(seconds=number),
            by,
            "support",
            "console",
            "::1",
            "block",
            f"account {about}",
            blocked,
        )
        for number, (by, about) in enumerate([("jane", "a"), ("joe", "b"), ("jane", "b")])
    ]
    for entry in [*entries, entries[0]]:
        ports.audit.add(entry)

    def read(limit: int = 10, cursor: str | None = None, **about: str):
        return ports.audit.page(limit=limit, cursor=cursor, **about)

    assert read().items == entries[::-1]
    assert read(by="jane").items == [entries[2], entries[0]]
    assert read(about="account b").items == [entries[2], entries[1]]
    first = read(limit=2)
    assert first.items == entries[:0:-1]
    assert read(limit=2, cursor=first.cursor).items == [entries[0]]
    with pytest.raises(Malformed):
        read(cursor="bm90IG91cnM=")


def test_an_entry_that_is_begun_is_completed_in_its_place_or_forgotten(ports):
    begun = AuditEntry("0a", NOON, "jane", "support", "console", "::1", "block account", "")
    begun = replace(begun, begun=True)
    done = replace(begun, deed="block", about="account a", begun=False)
    forgotten = replace(begun, id="0b")

    def read(**about):
        return ports.audit.page(**about, limit=9, cursor=None).items

    for entry in (begun, forgotten, begun):
        ports.audit.begin(entry)
    assert read() == read(by="jane") == read(begun=True) == [forgotten, begun]
    for _ in range(2):
        ports.audit.forget(forgotten)
        ports.audit.add(done)

    assert read() == read(by="jane") == read(about="account a") == [done]
    assert read(begun=True) == []
