"""Lists that grow: entries of a journal, batches, service numbers, part by part."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.service_number import ServiceNumber
from switchboard.errors import Malformed
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.numbering import PhoneNumber
from switchboard.ports import Page
from tests.fakes.world import NOON, SERVICE, open_alice

HOUR = timedelta(hours=1)
STRANGE = ["", "x", "bm9uc2Vuc2U=", "MjAyNiNjMSM=", "/" * 40]


def whole(ask, limit: int) -> list:
    found, cursor = [], None
    while True:
        page = ask(limit=limit, cursor=cursor)
        assert len(page.items) <= limit
        found += page.items
        cursor = page.cursor
        if cursor is None:
            return found


@pytest.fixture
def entries(ports) -> list[JournalEntry]:
    """Three of one instant, and two more."""
    open_alice(ports, opening_micros=0)
    made = [
        JournalEntry("alice", f"topup#{name}", EntryKind.TOP_UP, "EUR", 1, NOON + at * HOUR)
        for name, at in (("b", 0), ("é/~", 1), ("c", 1), ("a#1", 1), ("a", 2))
    ]
    for entry in made:
        assert ports.books.enter(entry)
    return sorted(made, key=lambda entry: (entry.entered_at, entry.identity), reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_a_journal_is_read_newest_first(ports, entries, limit):
    def before(end):
        return lambda **part: ports.books.entry_page("alice", until=end, **part)

    assert whole(before(None), limit) == entries
    assert whole(before(NOON + 2 * HOUR), limit) == entries[1:]
    assert whole(before(NOON), limit) == []


@pytest.mark.parametrize("cursor", STRANGE)
def test_a_strange_cursor_of_a_journal_is_refused(ports, entries, cursor):
    with pytest.raises(Malformed):
        ports.books.entry_page("alice", limit=2, cursor=cursor)


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_batches_are_listed_newest_first_as_they_stand(ports, limit):
    batch = Batch("a_b.c", BatchKind.VOUCHERS, 5, 12, "EUR", NOON, 1_000_000)
    batches = [
        replace(batch, name=f"a_b.{days}", made_at=NOON + timedelta(days=days)) for days in range(5)
    ]
    for one in batches:
        ports.pins.start(one)
    ports.pins.move("a_b.3", BatchState.MAKING, BatchState.READY)
    batches[3] = replace(batches[3], state=BatchState.READY)

    assert whole(ports.pins.batch_page, limit) == batches[::-1]


@pytest.mark.parametrize("cursor", STRANGE)
def test_a_strange_cursor_of_batches_is_refused(ports, cursor):
    with pytest.raises(Malformed):
        ports.pins.batch_page(limit=2, cursor=cursor)


@pytest.mark.parametrize("limit", [1, 2, 10])
def test_service_numbers_are_listed_in_their_order(ports, limit):
    open_alice(ports)
    numbers = [PhoneNumber(f"+1415555010{digit}") for digit in (3, 1, 2)]
    for number in numbers:
        ports.accounts.add_service_number(ServiceNumber(number))

    def having(digits):
        return lambda **part: ports.accounts.service_page(digits=digits, **part)

    in_order = [ServiceNumber(number) for number in (*sorted(numbers), SERVICE)]
    assert whole(having(""), limit) == in_order
    assert whole(having("55501"), limit) == in_order[:3]
    assert whole(having("99999"), limit) == []


def test_a_number_that_is_gone_is_no_end_of_a_list(ports):
    open_alice(ports)

    assert ports.accounts.service_page(limit=2, cursor="+1") == Page([ServiceNumber(SERVICE)], None)
