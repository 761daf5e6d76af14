"""What the desk refuses before a callback is written, by the rules of its account."""

from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.calls.callback import Trigger
from switchboard.desk.accounts import set_spend_limits
from switchboard.desk.orders import Order, dialled, order_callback
from switchboard.desk.permission import change_class
from switchboard.desk.pins import block_batch
from switchboard.desk.profiles import Changes, change_account, change_profile
from switchboard.errors import (
    AccountBlocked,
    AccountExpired,
    AlreadyExists,
    Conflict,
    Malformed,
    NotAllowed,
    NotFound,
    SpendLimitReached,
)
from switchboard.ledger.balance import Hold
from switchboard.numbering import PhoneNumber, has_trunk_prefix, parse_number
from switchboard.ports import Opening
from tests.fakes.claims import claimed
from tests.fakes.plans import offer_plan
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, NOON, open_alice, retail_sheet

PREMIUM = PhoneNumber("+449098790123")


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    return ports


def order(ports, destination=BOB, identity: str = "t1"):
    asked = Order(ALICE, destination, Trigger("test", identity))
    return order_callback(ports, ports.accounts.get("alice"), asked)


def refused(ports, kind, **asked) -> None:
    with pytest.raises(kind):
        order(ports, **asked)
    assert ports.callbacks.placed == {}
    assert ports.queue.sent == []


def test_a_forbidden_number_is_refused_before_anything_is_written(ports):
    change_profile(ports, "alice", Changes(forbid=("1415",)))

    refused(ports, NotAllowed)


def test_premium_numbers_are_refused_until_they_are_allowed(ports):
    refused(ports, NotAllowed, destination=PREMIUM)

    change_profile(ports, "alice", Changes(allow_classes=("premium",)))
    assert order(ports, PREMIUM).destination == PREMIUM


@pytest.mark.parametrize("dialled", ["+4400909123456", "+44 0 0 909 123 456", "0044 00 9098790"])
def test_a_zero_too_many_does_not_lead_past_what_is_premium(ports, dialled):
    with pytest.raises(NotAllowed):
        order(ports, parse_number(dialled, "GB"))
    with pytest.raises(NotAllowed):
        order_callback(
            ports,
            ports.accounts.get("alice"),
            Order(parse_number(dialled, "GB"), None, Trigger("test", "t1")),
        )


@pytest.mark.parametrize(
    "number", ["+390612345678", "+2250123456789", "+5215512345678", "+3780549886377"]
)
def test_a_zero_that_belongs_to_a_number_is_none_too_many(number):
    assert not has_trunk_prefix(PhoneNumber(number))


def test_a_premium_phone_is_not_rung_either(ports):
    asked = Order(PREMIUM, BOB, Trigger("test", "t1"))

    with pytest.raises(NotAllowed):
        order_callback(ports, ports.accounts.get("alice"), asked)


def test_accounts_of_a_blocked_batch_order_nothing(ports):
    ports.pins.start(Batch("shop", BatchKind.ACCOUNTS, 1, 10, "EUR", NOON, sheet="retail"))
    alice = ports.accounts.get("alice").profile
    ports.accounts.change(alice, replace(alice, batch="shop"))
    ports.pins.move("shop", BatchState.MAKING, BatchState.READY)
    block_batch(ports, "shop", blocked=True)

    refused(ports, AccountBlocked)
    block_batch(ports, "shop", blocked=False)
    assert order(ports).account == "alice"


def test_a_class_that_the_operator_made_counts_like_any_other(ports):
    change_class(ports, "valley", add=("1415",), blocked=True)
    refused(ports, NotAllowed)

    change_class(ports, "valley", remove=("1415",))
    assert order(ports)


def test_an_account_whose_time_is_over_is_refused(ports):
    change_profile(ports, "alice", Changes(valid_until=ports.clock.now()))

    refused(ports, AccountExpired)


def test_days_of_validity_begin_with_the_first_callback(ports):
    change_profile(ports, "alice", Changes(valid_days=2))

    order(ports)

    ports.clock.pass_by(timedelta(days=2))
    with pytest.raises(AccountExpired):
        order(ports, identity="t2")


def test_a_limit_that_is_spent_refuses_until_tomorrow_by_the_accounts_clock(ports):
    change_profile(ports, "alice", Changes(time_zone="Asia/Tokyo"))
    set_spend_limits(ports, "alice", {"all": 1_000_000})
    spend = order(ports).spend
    hold = Hold(1_000_000, "n1", ports.clock.now(), counts=spend.counters)
    ports.books.reserve("alice", "other", hold, spend.limits)

    with pytest.raises(SpendLimitReached, match=r"1\.00 EUR a day leaves 0\.00"):
        order(ports, identity="t2")

    # It is 03:04 UTC, 12:04 in Tokyo.
    assert spend.counters == ("2026-01-02 all",)
    ports.clock.pass_by(timedelta(hours=12))
    assert order(ports, identity="t3").spend.counters == ("2026-01-03 all",)


def test_what_is_dialled_is_checked_and_counts_for_the_day_of_the_order(ports):
    set_spend_limits(ports, "alice", {"all": 5_000_000, "international": 1_000_000})
    asked = claimed(ports, destination=None)
    ports.clock.pass_by(timedelta(days=1))

    found = dialled(ports, asked, "+14155550100")

    assert found.spend.counters == ("2026-01-02 all", "2026-01-02 international")
    with pytest.raises(NotAllowed):
        dialled(ports, asked, "+449098790123")


@pytest.mark.parametrize("limits", [{"cheap": 1}, {"all": -1}])
def test_a_limit_names_a_class_and_is_not_negative(ports, limits):
    with pytest.raises((NotFound, Malformed)):
        set_spend_limits(ports, "alice", limits)


def test_a_limit_is_added_and_taken_away(ports):
    set_spend_limits(ports, "alice", {"all": 5, "premium": 3})
    account = set_spend_limits(ports, "alice", {"premium": None})

    assert account.balance.limits == {"all": 5}


def test_a_sheet_is_changed_from_a_date_on_and_prices_from_there(ports):
    now = ports.clock.now()
    ports.sheets.publish(retail_sheet("winter", customer_leg_percent=0))
    later = now + timedelta(days=1)
    change_profile(ports, "alice", Changes(sheet="winter", from_at=later))

    before = order(ports).quote.sheet
    ports.clock.pass_by(timedelta(days=1))

    assert (before, order(ports, identity="t2").quote.sheet) == ("retail", "winter")


def test_a_sheet_that_is_not_there_is_refused(ports):
    with pytest.raises(NotFound, match="winter"):
        change_profile(ports, "alice", Changes(sheet="winter"))
    with pytest.raises(NotFound, match="cheap"):
        change_profile(ports, "alice", Changes(allow_classes=("cheap",)))


def test_an_empty_text_takes_away_and_none_leaves(ports):
    offer_plan(ports)
    given = Changes(email="a@example.org", tax_id="GB1", plan="world", pin_hash="h")
    change_profile(ports, "alice", given)

    kept = change_profile(ports, "alice", Changes(name="Alice L.")).profile
    gone = change_profile(ports, "alice", Changes(email="", tax_id="", plan="", pin_hash=""))

    now = ports.clock.now()
    assert (kept.email, kept.tax_id, kept.plan_at(now), kept.pin_hash) == (
        "a@example.org",
        "GB1",
        "world",
        "h",
    )
    after = gone.profile
    assert (after.email, after.tax_id, after.plan_at(now), after.pin_hash) == (None,) * 4


def test_what_is_allowed_is_no_longer_forbidden(ports):
    change_profile(ports, "alice", Changes(forbid=("1", "33")))
    changed = change_profile(ports, "alice", Changes(allow=("1",))).profile

    assert (changed.allowed_prefixes, changed.forbidden_prefixes) == (("1",), ("33",))
    forgotten = change_profile(ports, "alice", Changes(forget_prefixes=("1", "33"))).profile
    assert (forgotten.allowed_prefixes, forgotten.forbidden_prefixes) == ((), ())


def test_a_pin_belongs_to_one_account(ports):
    change_profile(ports, "alice", Changes(pin_hash="h"))
    bob = replace(ports.accounts.get("alice").profile, account="bob", login=None, numbers=())

    with pytest.raises(AlreadyExists, match="PIN"):
        ports.accounts.open(Opening(bob, ports.books.balance("alice"), None))


def test_a_type_and_its_limit_change_in_the_order_that_is_allowed(ports):
    def change(kind: str, limit: int):
        changes = Changes(type=type(ports.accounts.get("alice").profile.type)(kind))
        return change_account(
            ports, "alice", changes, credit_limit_micros=limit, max_callbacks=None
        )

    assert change("postpaid", 1_000).balance.credit_limit_micros == 1_000
    assert change("prepaid", 0).balance.credit_limit_micros == 0
    with pytest.raises((Conflict, Malformed)):
        change("prepaid", 5)
