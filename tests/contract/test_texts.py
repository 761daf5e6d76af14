"""What texts need of the world, over each engine."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from switchboard.calls.callback import Trigger
from switchboard.calls.phonebook import PhoneBook
from switchboard.calls.planned import Planned, PlanState
from switchboard.errors import NotFound
from switchboard.ports import Confirmation, Limit
from switchboard.texts.provider import Method, SmsProvider
from tests.fakes.world import ALICE, BOB

# To come: DynamoDB Local takes away what is over.
NOW = datetime(2099, 1, 2, 3, 4, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
TWICE = Limit(2, HOUR)


def test_no_more_is_taken_than_the_window_has_room_for(ports):
    throttle = ports.throttle

    assert [throttle.take("a", TWICE, NOW) for _ in range(4)] == [True, True, False, False]
    assert throttle.take("b", TWICE, NOW)
    assert throttle.take("a", replace(TWICE, window=2 * HOUR), NOW)
    assert throttle.take("a", TWICE, NOW + HOUR)


def test_what_is_given_back_can_be_taken_again_and_no_more(ports):
    for _ in range(2):
        ports.throttle.take("a", TWICE, NOW)

    ports.throttle.give_back("a", TWICE, NOW)
    taken = [ports.throttle.take("a", TWICE, NOW) for _ in range(2)]
    ports.throttle.give_back("b", TWICE, NOW)

    assert taken == [True, False]
    assert [ports.throttle.take("b", TWICE, NOW) for _ in range(3)] == [True, True, False]


def test_two_writers_never_both_take_the_last_place(busy_ports):
    with ThreadPoolExecutor(8) as crowd:
        taken = crowd.map(lambda _: busy_ports.throttle.take("a", TWICE, NOW), range(16))

    assert sum(taken) == 2


def test_the_first_answer_to_a_trigger_is_kept(ports):
    assert ports.answers.find("t") is None

    ports.answers.keep("t", "", NOW)
    ports.answers.keep("t", "another", NOW)

    assert ports.answers.find("t") == ""


def test_a_code_has_its_tries_and_its_time(ports):
    code = Confirmation(ALICE, "alice", "hash", NOW + HOUR, 2)
    ports.confirmations.put(code)

    tried = [ports.confirmations.try_once(ALICE, NOW) for _ in range(3)]

    assert tried == [replace(code, tries=1), replace(code, tries=0), None]
    ports.confirmations.put(code)
    assert ports.confirmations.try_once(ALICE, NOW + HOUR) is None
    assert ports.confirmations.try_once(BOB, NOW) is None


def test_a_code_that_is_removed_is_not_waited_for(ports):
    ports.confirmations.put(Confirmation(ALICE, "alice", "hash", NOW + HOUR, 2))

    ports.confirmations.remove(ALICE)

    assert ports.confirmations.try_once(ALICE, NOW) is None


def test_a_phone_book_is_replaced_by_who_has_read_it(ports):
    empty = PhoneBook("alice")
    book = PhoneBook("alice", {"Home": ALICE, "n\u00e4chster": BOB}, {1: BOB, 99: ALICE})

    assert ports.phone_books.get("alice") == empty
    assert ports.phone_books.save(empty, book)
    assert ports.phone_books.get("alice") == book
    assert not ports.phone_books.save(empty, PhoneBook("alice", {"mum": BOB}))
    assert ports.phone_books.save(empty, book)
    assert ports.phone_books.save(book, empty)
    assert ports.phone_books.save(empty, book)


def test_a_provider_is_kept_until_it_is_removed(ports):
    provider = SmsProvider("acme", "s" * 16, method=Method.GET, networks=("10.0.0.0/8",))

    ports.sms_providers.save(replace(provider, answer="OK"))
    ports.sms_providers.save(provider)
    ports.sms_providers.save(replace(provider, name="aaa"))

    assert ports.sms_providers.get("acme") == provider
    assert [one.name for one in ports.sms_providers.all()] == ["aaa", "acme"]
    assert [ports.sms_providers.remove("acme") for _ in range(2)] == [True, False]
    with pytest.raises(NotFound):
        ports.sms_providers.get("acme")


def planned(identity: str, minutes: int, account: str = "alice") -> Planned:
    at = NOW + timedelta(minutes=minutes)
    return Planned(account, ALICE, BOB, Trigger("sms", identity), at, NOW)


def test_a_planned_callback_is_written_once(ports):
    one = planned("1", 5)

    assert [ports.schedule.put(one), ports.schedule.put(planned("1", 9))] == [True, False]
    assert ports.schedule.find(one.id) == one
    assert ports.schedule.find("0" * 32) is None


def test_what_is_due_and_not_done_with_is_found_in_its_order(ports):
    later, sooner, future = planned("1", 5), planned("2", -5), planned("3", 6)
    for one in (later, sooner, future, planned("4", 1, "bob")):
        ports.schedule.put(one)

    now = NOW + timedelta(minutes=5)
    assert [one.trigger.identity for one in ports.schedule.due(now, limit=9)] == ["2", "4", "1"]
    assert ports.schedule.due(now, limit=1) == [sooner]
    assert ports.schedule.of("alice") == [sooner, later, future]
    ports.schedule.move(sooner.id, PlanState.PLANNED, PlanState.STARTED)
    ports.schedule.move(later.id, PlanState.PLANNED, PlanState.CANCELLED)
    assert ports.schedule.of("alice") == [replace(sooner, state=PlanState.STARTED), future]


def test_a_planned_callback_leaves_its_state_once(ports):
    one = planned("1", 5)
    ports.schedule.put(one)

    moves = [
        ports.schedule.move(one.id, PlanState.PLANNED, PlanState.CANCELLED),
        ports.schedule.move(one.id, PlanState.PLANNED, PlanState.CANCELLED),
        ports.schedule.move(one.id, PlanState.PLANNED, PlanState.STARTED),
        ports.schedule.move("0" * 32, PlanState.PLANNED, PlanState.STARTED),
    ]

    assert moves == [True, True, False, False]
    assert ports.schedule.find(one.id) == replace(one, state=PlanState.CANCELLED)
