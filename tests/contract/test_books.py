"""The books: each conditional write is made whole, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.calls.cdr import Cdr
from switchboard.calls.cdr_file import COLUMNS
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.errors import Malformed, NotFound
from switchboard.ledger.balance import Hold
from switchboard.ledger.entries import EntryKind, JournalEntry, Settlement, SettlementKind
from switchboard.ports import Page
from tests.fakes.world import ALICE, BOB, CAROL, NOON, open_alice

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)


def hold(micros: int = 1_000_000, nonce: str = "n1") -> Hold:
    return Hold(micros, nonce, NOON + timedelta(minutes=7))


def cdr(callback: str = "c1", *, charge: int = 300_000, **changes) -> Cdr:
    leg = LegRecord(
        Party.CUSTOMER,
        ALICE,
        "carrier",
        HUNG_UP,
        "44",
        invited_at=NOON,
        ringing_at=NOON + timedelta(microseconds=123_456),
        answered_at=NOON + timedelta(seconds=3),
        ended_at=NOON + timedelta(seconds=63),
        seconds=60,
        billed_s=60,
        cost_micros=charge,
        sip_code=200,
        hung_up_by_far_end=True,
        rtp=RtpQuality(3000, 2, 1.25),
    )
    record = Cdr(
        account="alice",
        callback=callback,
        requested_at=NOON,
        ended_at=NOON + timedelta(seconds=64),
        trigger="twilio-sms",
        verdict=HUNG_UP,
        currency="EUR",
        sheet="retail",
        version="v1",
        settlement=Settlement(SettlementKind.POST, "n1", charge),
        worker="w1",
        claimed_at=NOON,
        customer=leg,
        destination=replace(leg, party=Party.DESTINATION, number=BOB, cost_micros=0, rtp=None),
    )
    return replace(record, **changes)


def test_a_hold_takes_from_what_is_available(ports):
    before = open_alice(ports).balance

    assert ports.books.reserve("alice", "c1", hold())

    after = ports.books.balance("alice")
    assert after == replace(
        before, held_micros=1_000_000, avail_micros=4_000_000, holds={"c1": hold()}
    )


def test_a_callback_has_one_hold(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold())

    assert not ports.books.reserve("alice", "c1", hold())
    assert not ports.books.reserve("alice", "c1", hold(nonce="n2"))


def test_a_hold_is_not_larger_than_what_is_available(ports):
    open_alice(ports)

    assert not ports.books.reserve("alice", "c1", hold(5_000_001))
    assert ports.books.reserve("alice", "c1", hold(5_000_000))


def test_a_blocked_account_gets_no_hold(ports):
    open_alice(ports)
    ports.books.set_active("alice", active=False)

    assert not ports.books.reserve("alice", "c1", hold())

    ports.books.set_active("alice", active=True)
    assert ports.books.reserve("alice", "c1", hold())


def test_the_number_of_callbacks_is_limited_in_the_same_write(ports):
    open_alice(ports, max_callbacks=2)

    made = [ports.books.reserve("alice", f"c{n}", hold()) for n in range(3)]

    assert made == [True, True, False]


def test_a_hold_grows_by_the_next_request_only(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold())
    grown = replace(hold(), amount_micros=1_500_000, request=1)

    assert ports.books.extend("alice", "c1", hold(), grown)
    assert not ports.books.extend("alice", "c1", hold(), grown)

    balance = ports.books.balance("alice")
    assert (balance.held_micros, balance.avail_micros) == (1_500_000, 3_500_000)


def test_a_hold_does_not_grow_beyond_the_money(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold())

    grown = replace(hold(), amount_micros=5_000_001, request=1)

    assert not ports.books.extend("alice", "c1", hold(), grown)


def test_a_hold_of_another_attempt_is_left_alone(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold(nonce="n2"))

    grown = replace(hold(), amount_micros=2_000_000, request=1)

    assert not ports.books.extend("alice", "c1", hold(), grown)
    assert not ports.books.release("alice", "c1", hold(), 300_000)
    assert ports.books.balance("alice").holds == {"c1": hold(nonce="n2")}


def test_an_adopted_hold_answers_to_its_new_nonce(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold())

    assert ports.books.adopt("alice", "c1", hold(), "n2")

    assert not ports.books.adopt("alice", "c1", hold(), "n3")
    assert ports.books.balance("alice").holds == {"c1": hold(nonce="n2")}


def test_a_release_gives_back_and_charges_once(ports):
    open_alice(ports)
    ports.books.reserve("alice", "c1", hold())

    assert ports.books.release("alice", "c1", hold(), 300_000)
    assert not ports.books.release("alice", "c1", hold(), 300_000)

    balance = ports.books.balance("alice")
    assert (balance.posted_micros, balance.held_micros, balance.avail_micros) == (
        4_700_000,
        0,
        4_700_000,
    )
    assert balance.holds == {}


def test_the_first_cdr_of_a_callback_stays(ports):
    open_alice(ports)

    assert ports.books.close(cdr())
    assert not ports.books.close(cdr(charge=1))

    assert ports.books.cdr("alice", "c1", NOON) == cdr()
    assert ports.books.cdr("alice", "c2", NOON) is None


def test_a_cdr_is_kept_with_its_earlier_destinations(ports):
    open_alice(ports)
    busy = replace(cdr().destination, number=CAROL, burned_s={"b1": 60}, covered_s=60)

    ports.books.close(cdr(earlier=(busy, busy)))

    assert ports.books.cdr("alice", "c1", NOON) == cdr(earlier=(busy, busy))


def test_cdrs_are_listed_newest_request_first(ports):
    open_alice(ports)
    older, newer = cdr("c1"), cdr("c2", requested_at=NOON + timedelta(microseconds=1))
    ports.books.close(older)
    ports.books.close(newer)

    assert list(ports.books.cdrs("alice")) == [newer, older]


def test_rows_of_cdrs_are_those_of_the_cdrs_of_the_span(ports):
    made = [cdr(f"c{n}", requested_at=NOON + timedelta(seconds=n)) for n in range(4)]
    for one in [*made, cdr("other", account="bob")]:
        ports.books.close(one)
    since, until = NOON + timedelta(seconds=1), NOON + timedelta(seconds=3)

    rows = ports.books.cdr_rows("alice", since=since, until=until)

    found = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    assert [row["callback"] for row in found] == ["c2", "c1"]
    assert [row["requested_at"] for row in found] == [
        "2026-01-02T12:00:02Z",
        "2026-01-02T12:00:01Z",
    ]
    assert list(ports.books.cdr_rows("carol")) == []


def test_cdrs_are_read_part_by_part(ports):
    open_alice(ports)
    made = [cdr(f"c{n}", requested_at=NOON + timedelta(seconds=n)) for n in range(5)]
    for one in [*made, cdr("other", account="bob")]:
        ports.books.close(one)

    first = ports.books.cdr_page("alice", limit=3, cursor=None)
    rest = ports.books.cdr_page("alice", limit=3, cursor=first.cursor)

    assert [*first.items, *rest.items] == made[::-1]
    assert rest.cursor is None
    assert ports.books.cdr_page("carol", limit=3, cursor=None) == Page([], None)


def test_cdrs_of_a_span_of_time_are_read_part_by_part(ports):
    made = [cdr(f"c{n}", requested_at=NOON + timedelta(seconds=n)) for n in range(6)]
    for one in made:
        ports.books.close(one)
    span = {"since": NOON + timedelta(seconds=1), "until": NOON + timedelta(seconds=5)}

    assert list(ports.books.cdrs("alice", **span)) == made[4:0:-1]
    assert list(ports.books.cdrs("alice", since=NOON, until=NOON)) == []
    first = ports.books.cdr_page("alice", limit=3, cursor=None, **span)
    rest = ports.books.cdr_page("alice", limit=3, cursor=first.cursor, **span)
    newest = ports.books.cdr_page("alice", limit=3, cursor=None)

    assert [*first.items, *rest.items] == made[4:0:-1]
    assert rest.cursor is None
    assert ports.books.cdr_page("alice", limit=3, cursor=None, since=NOON, until=NOON).items == []
    with pytest.raises(Malformed):
        ports.books.cdr_page("alice", limit=3, cursor=newest.cursor, until=NOON)


@pytest.mark.parametrize("cursor", ["", "x", "bm9uc2Vuc2U=", "MjAyNiNjMSM="])
def test_a_strange_cursor_of_cdrs_is_refused(ports, cursor):
    with pytest.raises(Malformed):
        ports.books.cdr_page("alice", limit=3, cursor=cursor)


def test_a_late_cdr_is_posted_once_even_below_zero(ports):
    open_alice(ports)
    ports.books.close(cdr(charge=0, settlement=Settlement(SettlementKind.EXPIRE, "n1", 0)))
    late = cdr(settlement=Settlement(SettlementKind.EXPIRE, "n1", 0, late_micros=5_500_000))

    assert ports.books.post_late(late)
    assert not ports.books.post_late(late)

    assert ports.books.balance("alice").posted_micros == -500_000
    assert ports.books.cdr("alice", "c1", NOON) == late


def test_a_journal_entry_is_entered_once(ports):
    open_alice(ports)
    entry = JournalEntry("alice", "topup#7", EntryKind.TOP_UP, "EUR", 2_000_000, NOON, "cash")

    assert ports.books.enter(entry)
    assert not ports.books.enter(entry)

    assert ports.books.balance("alice").avail_micros == 7_000_000
    assert [kept.identity for kept in ports.books.entries("alice")] == [
        "opening#balance",
        "topup#7",
    ]
    assert entry in ports.books.entries("alice")


def test_limits_change_only_what_they_were_read_from(ports):
    before = open_alice(ports).balance

    assert ports.books.set_limits(before, credit_limit_micros=1_000_000, max_callbacks=9)
    assert not ports.books.set_limits(before, credit_limit_micros=2_000_000, max_callbacks=9)

    after = ports.books.balance("alice")
    assert (after.avail_micros, after.max_callbacks) == (6_000_000, 9)


def test_limits_change_only_while_the_money_stays(ports):
    before = open_alice(ports).balance
    ports.books.reserve("alice", "c1", hold())

    assert not ports.books.set_limits(before, credit_limit_micros=1_000_000, max_callbacks=9)


def test_what_is_in_use_of_a_limit_that_is_lowered_is_kept(ports):
    open_alice(ports, opening_micros=100_000)
    ports.books.set_limits(
        ports.books.balance("alice"), credit_limit_micros=1_000_000, max_callbacks=9
    )
    ports.books.reserve("alice", "c1", hold(700_000))

    ports.books.set_limits(ports.books.balance("alice"), credit_limit_micros=0, max_callbacks=9)

    after = ports.books.balance("alice")
    assert (after.avail_micros, after.lowered_micros) == (-600_000, 600_000)


def test_nobody_has_a_balance_without_an_account(ports):
    with pytest.raises(NotFound, match="nobody"):
        ports.books.balance("nobody")
    with pytest.raises(NotFound, match="nobody"):
        ports.books.set_active("nobody", active=False)


def test_money_is_held_once_by_however_many_at_the_same_time(busy_ports):
    open_alice(busy_ports, max_callbacks=100)

    with ThreadPoolExecutor(8) as crowd:
        made = list(
            crowd.map(
                lambda n: busy_ports.books.reserve("alice", f"c{n}", hold(700_000)), range(24)
            )
        )

    balance = busy_ports.books.balance("alice")
    assert sum(made) == 7
    assert (balance.held_micros, balance.avail_micros) == (4_900_000, 100_000)


def test_places_are_given_once_by_however_many_at_the_same_time(busy_ports):
    open_alice(busy_ports, max_callbacks=3)

    with ThreadPoolExecutor(8) as crowd:
        made = list(
            crowd.map(lambda n: busy_ports.books.reserve("alice", f"c{n}", hold(1)), range(16))
        )

    assert sum(made) == 3


def test_an_entry_is_entered_once_by_however_many_at_the_same_time(busy_ports):
    open_alice(busy_ports)
    entry = JournalEntry("alice", "topup#7", EntryKind.TOP_UP, "EUR", 2_000_000, NOON)

    with ThreadPoolExecutor(8) as crowd:
        made = list(crowd.map(lambda _: _entered(busy_ports, entry), range(8)))

    assert sum(made) == 1
    assert busy_ports.books.balance("alice").posted_micros == 7_000_000


def _entered(ports, entry: JournalEntry) -> bool:
    return ports.books.enter(entry)
