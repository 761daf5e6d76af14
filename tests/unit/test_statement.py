"""Statements: every movement once, with the balance after it, in parts of any size."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.cdr import write_cdr
from switchboard.desk.accounts import correct, top_up
from switchboard.desk.history import MoreCalls, Sought, all_calls, find_calls
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.statement import MOST_LOOKED_AT, balance_by_day, statement
from switchboard.errors import Malformed
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from switchboard.ports import Ports
from tests.fakes.history import HUNG_UP, past_call
from tests.fakes.ports import memory_ports
from tests.fakes.world import BOB, CAROL, NOON, a_callback, open_alice

HOUR = timedelta(hours=1)


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    return ports


def whole(ports: Ports, limit: int):
    account, cursor, found = ports.accounts.get("alice"), None, []
    while True:
        page = statement(ports, account, limit=limit, cursor=cursor)
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


def test_a_statement_tells_every_movement_and_the_balance_after_it(ports):
    ports.clock.pass_by(HOUR)
    called = past_call(ports, "c1", 1_000_000)
    ports.clock.pass_by(HOUR)
    top_up(ports, "alice", Money("EUR", 2_000_000), reference="r1", note="thanks")

    [paid, talked, opened] = whole(ports, 10)

    assert (paid.micros, paid.after_micros, paid.entry.note) == (2_000_000, 6_000_000, "thanks")
    assert (talked.micros, talked.after_micros, talked.call) == (-1_000_000, 4_000_000, called)
    assert (opened.micros, opened.after_micros) == (5_000_000, 5_000_000)
    assert opened.entry.kind is EntryKind.OPENING


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 2)), max_size=14),
    st.integers(1, 5),
)
def test_a_statement_is_the_same_in_parts_of_any_size(story, limit):
    ports = memory_ports()
    open_alice(ports)
    for number, (calls, amount, hours) in enumerate(story):
        ports.clock.pass_by(hours * HOUR)
        if calls:
            past_call(ports, f"c{number}", amount)
        elif amount:
            top_up(ports, "alice", Money("EUR", amount), reference=str(number))

    found = whole(ports, limit)

    assert found == whole(ports, 100)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)
    assert sum(one.micros for one in found) == ports.books.balance("alice").posted_micros
    assert all(
        newer.after_micros - newer.micros == older.after_micros for newer, older in pairwise(found)
    )
    assert found[-1].after_micros - found[-1].micros == 0


def test_what_comes_while_a_statement_is_read_does_not_move_it(ports):
    for number in range(4):
        ports.clock.pass_by(HOUR)
        past_call(ports, f"c{number}", 1_000)
    before = whole(ports, 10)
    first = statement(ports, ports.accounts.get("alice"), limit=2, cursor=None)

    top_up(ports, "alice", Money("EUR", 1), reference="late")
    rest = statement(ports, ports.accounts.get("alice"), limit=9, cursor=first.cursor)

    assert [*first.items, *rest.items] == before


def test_calls_that_cost_nothing_do_not_keep_a_statement_for_ever(ports):
    ports.clock.pass_by(HOUR)
    for number in range(MOST_LOOKED_AT + 1):
        cdr = a_callback(id=f"c{number:05d}", requested_at=ports.clock.now())
        ports.books.close(write_cdr(cdr, [], HUNG_UP, nonce="n", ended_at=NOON))

    page = statement(ports, ports.accounts.get("alice"), limit=5, cursor=None)
    rest = statement(ports, ports.accounts.get("alice"), limit=5, cursor=page.cursor)

    assert page.items == []
    assert [one.entry.kind for one in rest.items] == [EntryKind.OPENING]
    assert rest.cursor is None


@pytest.mark.parametrize("cursor", ["", "x", "1_2", "1_2_3_#", "9" * 20 + "_0_0_", "1_2_3_\n"])
def test_a_strange_cursor_of_a_statement_is_refused(ports, cursor):
    with pytest.raises(Malformed):
        statement(ports, ports.accounts.get("alice"), limit=5, cursor=cursor)


def test_the_balance_of_each_day_is_that_at_its_end_by_the_accounts_clocks(ports):
    change_profile(ports, "alice", Changes(time_zone="Europe/Paris"))
    ports.clock.at = NOON.replace(hour=23)  # the next day in Paris
    correct(ports, "alice", Money("EUR", -1_000_000), reference="r")
    ports.clock.pass_by(2 * timedelta(days=1))
    past_call(ports, "c1", 500_000)

    days = balance_by_day(ports, ports.accounts.get("alice"), 5)

    assert days == [
        (date(2026, 1, 1), 0),
        (date(2026, 1, 2), 5_000_000),
        (date(2026, 1, 3), 4_000_000),
        (date(2026, 1, 4), 4_000_000),
        (date(2026, 1, 5), 3_500_000),
    ]


def test_the_balance_of_days_is_told_as_far_as_calls_are_looked_at(ports):
    ports.clock.pass_by(timedelta(days=2))
    for number in range(MOST_LOOKED_AT + 1):
        past_call(ports, f"c{number}", 0)

    assert balance_by_day(ports, ports.accounts.get("alice"), 5) == [(date(2026, 1, 4), 5_000_000)]


def test_calls_are_found_by_time_and_by_digits_of_their_numbers(ports):
    calls = [
        past_call(ports, f"c{number}", 1, at=NOON + number * HOUR, to=CAROL if number % 2 else BOB)
        for number in range(6)
    ]
    sought = Sought(NOON + HOUR, NOON + 4 * HOUR, "5550199")

    page = find_calls(ports, "alice", sought, limit=10, cursor=None)

    assert (list(page.items), page.cursor) == ([calls[3], calls[1]], None)
    assert list(all_calls(ports, "alice", sought, among=1_000)) == [calls[3], calls[1]]
    assert list(all_calls(ports, "alice", Sought(), among=1_000)) == calls[::-1]


def test_a_search_looks_at_so_many_calls_and_goes_on_when_it_is_asked_to(ports):
    for number in range(MOST_LOOKED_AT + 5):
        past_call(ports, f"c{number:05d}", 0, at=NOON + number * timedelta(seconds=1))
    wanted = past_call(ports, "old", 0, at=NOON - HOUR, to=CAROL)
    sought = Sought(digits="5550199")

    first = find_calls(ports, "alice", sought, limit=50, cursor=None)
    rest = find_calls(ports, "alice", sought, limit=50, cursor=first.cursor)

    assert first.items == []
    assert (list(rest.items), rest.cursor) == ([wanted], None)


def test_more_calls_than_a_file_may_have_are_refused_and_never_left_out(ports):
    for number in range(201):
        past_call(ports, f"c{number:05d}", 0, at=NOON + number * timedelta(seconds=1))
    but_the_first = Sought(NOON + timedelta(seconds=1))

    assert len(list(all_calls(ports, "alice", but_the_first, among=200))) == 200
    with pytest.raises(MoreCalls, match="more than 200 calls"):
        list(all_calls(ports, "alice", Sought(), among=200))
