"""Visits over each engine: replaced by whoever saw what there was, and by nobody else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from switchboard.ports import Dialer, Visit, VisitKind

# To come: DynamoDB Local takes away what is over.
NOW = datetime(2099, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
HOME = Visit("v1", NOW, NOW + timedelta(hours=12), "Firefox “x”", "192.0.2.1")
WORK = Visit("v2", NOW, NOW + timedelta(hours=13), kind=VisitKind.APP)


def test_visits_are_kept_by_account(ports):
    assert list(ports.visits.of("alice")) == []

    assert ports.visits.save("alice", (), (HOME, WORK))

    assert list(ports.visits.of("alice")) == [HOME, WORK]
    assert list(ports.visits.of("bob")) == []


def test_visits_are_replaced_only_by_who_saw_them_as_they_are(ports):
    ports.visits.save("alice", (), (HOME,))

    assert not ports.visits.save("alice", (), (WORK,))
    assert not ports.visits.save("alice", (WORK,), ())
    assert ports.visits.save("alice", (HOME,), (HOME, WORK))
    assert ports.visits.save("alice", (HOME, WORK), ())
    assert list(ports.visits.of("alice")) == []


def test_a_change_whose_reply_was_lost_may_be_made_again(ports):
    assert all(ports.visits.save("alice", (), (HOME,)) for _ in range(2))
    assert all(ports.visits.save("alice", (HOME,), ()) for _ in range(2))


def dialer_of(account: str, minutes: int, owner: str | None = None) -> Dialer:
    """One that is signed in for so long from now."""
    ends_at = NOW + timedelta(minutes=minutes)
    agent = "CallbackDialer/1.4 (“Läptop”)"
    return Dialer(
        account, Visit(f"{account}-{minutes}", NOW, ends_at, agent, "::1", WORK.kind), owner
    )


def test_dialers_are_listed_until_their_visits_are_over_the_last_one_first(ports):
    first, second, third = (dialer_of("alice", 10), dialer_of("bob", 20), dialer_of("alice", 30))
    for dialer in (second, third, first, second):
        ports.visits.list_dialer(dialer)

    assert list(ports.visits.dialers(NOW, limit=9)) == [third, second, first]
    assert list(ports.visits.dialers(NOW, limit=2)) == [third, second]
    ends_at = first.visit.expires_at
    assert list(ports.visits.dialers(ends_at, limit=9)) == [third, second]
    moment = timedelta.resolution
    assert list(ports.visits.dialers(ends_at - moment, limit=9)) == [third, second, first]


def test_a_dialer_is_listed_for_its_owner_of_now_until_it_is_taken_away(ports):
    janes, joes = dialer_of("alice", 10, "jane"), dialer_of("bob", 20, "joe")
    for dialer in (janes, joes, dialer_of("carol", 30)):
        ports.visits.list_dialer(dialer)
    assert list(ports.visits.dialers(NOW, owner="jane", limit=9)) == [janes]
    assert list(ports.visits.dialers(NOW, owner="nobody", limit=9)) == []

    ports.visits.list_dialer(replace(janes, owner="joe"))
    for _ in range(2):
        ports.visits.unlist_dialer(joes.visit)

    assert list(ports.visits.dialers(NOW, owner="jane", limit=9)) == []
    assert list(ports.visits.dialers(NOW, owner="joe", limit=9)) == [replace(janes, owner="joe")]
    assert [one.account for one in ports.visits.dialers(NOW, limit=9)] == ["carol", "alice"]
