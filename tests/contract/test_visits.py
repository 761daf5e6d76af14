"""Visits over each engine: replaced by whoever saw what there was, and by nobody else."""

from datetime import UTC, datetime, timedelta

from switchboard.ports import Visit

# To come: DynamoDB Local takes away what is over.
NOW = datetime(2099, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
HOME = Visit("v1", NOW, NOW + timedelta(hours=12), "Firefox “x”", "192.0.2.1")
WORK = Visit("v2", NOW, NOW + timedelta(hours=13))


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
