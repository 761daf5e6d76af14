"""PINs, vouchers and settings: a batch is whole or good for nothing, a voucher is used once."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.classes import DEFAULT_CLASSES, DestinationClass
from switchboard.billing.pins import PinKey
from switchboard.billing.vouchers import Redemption
from switchboard.calls.velocity import Limit, Velocity
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.check_books import check_books
from switchboard.desk.pins import (
    Mint,
    account_by_pin,
    block_batch,
    discard_batch,
    make_batch,
)
from switchboard.desk.vouchers import find_voucher, redeem
from switchboard.errors import (
    AccountBlocked,
    AlreadyExists,
    Conflict,
    NotFound,
    UnknownSender,
    VoucherRefused,
)
from switchboard.ports import Opening, Pins
from tests.fakes.plans import offer_plan
from tests.fakes.world import NOON, open_alice

KEY = PinKey("a key of some length")
VOUCHERS = Batch("spring", BatchKind.VOUCHERS, 3, 10, "EUR", NOON, value_micros=2_000_000, run="r1")
CARDS = replace(VOUCHERS, name="cards", kind=BatchKind.ACCOUNTS, sheet="retail", count=30)


class BrokeOff(Exception):
    """The process ends while a batch is made."""


class Interrupted:
    """Pins, at the first of whose redemptions something else happens before."""

    def __init__(self, pins: Pins, before: Callable[[], None]) -> None:
        self._pins = pins
        self._before = [before]

    def __getattr__(self, name: str):
        return getattr(self._pins, name)

    def redeem(self, redemption: Redemption) -> bool:
        while self._before:
            self._before.pop()()
        return self._pins.redeem(redemption)


def mint(seed: int = 1) -> Mint:
    """One transaction at a time: moto bears no more."""
    return Mint(KEY, random.Random(seed).randrange, threads=1)


def make(ports, batch: Batch, *, seed: int = 1) -> list[str]:
    handed_out: list[str] = []
    make_batch(
        ports, mint(seed), batch, lambda issued: handed_out.extend(one.pin for one in issued)
    )
    return handed_out


def break_off(ports, batch: Batch) -> list[str]:
    """What was to be handed out when the making broke off."""
    lost: list[str] = []

    def fail(issued) -> None:
        lost.extend(one.pin for one in issued)
        raise BrokeOff

    with pytest.raises(BrokeOff):
        make_batch(ports, mint(), batch, fail)
    return lost


def test_accounts_of_a_batch_are_found_by_their_pins_and_have_its_value(ports):
    open_alice(ports)
    offer_plan(ports)

    pins = make(ports, replace(CARDS, plan="world", valid_days=90))

    accounts = [account_by_pin(ports, KEY, pin) for pin in pins]
    assert [one.profile.account for one in accounts] == [f"cards-{n:06d}" for n in range(1, 31)]
    assert {one.balance.posted_micros for one in accounts} == {2_000_000}
    assert accounts[0].profile.first_plan == "world"
    assert accounts[0].profile.valid_days == 90
    assert list(check_books(ports)) == []


def test_a_batch_comes_back_as_it_was_made(ports):
    offer_plan(ports)
    batch = replace(VOUCHERS, valid_until=NOON + timedelta(days=9), valid_days=5, plan="world")

    make(ports, batch)

    assert ports.pins.batches() == [replace(batch, state=BatchState.READY)]


def test_a_name_is_used_once(ports):
    make(ports, VOUCHERS)

    with pytest.raises(AlreadyExists, match="spring"):
        make(ports, replace(VOUCHERS, run="r2"))


def test_pins_that_are_taken_are_drawn_again(ports):
    first = make(ports, VOUCHERS, seed=1)
    second = make(ports, replace(VOUCHERS, name="summer"), seed=1)

    assert not {*first} & {*second}
    assert [ports.pins.voucher(KEY.hash(pin)).batch for pin in second] == ["summer"] * 3


def test_accounts_of_that_name_are_left_alone(ports):
    alice = open_alice(ports)
    profile = replace(alice.profile, account="cards-000002", login=None, numbers=())
    ports.accounts.open(Opening(profile, replace(alice.balance, account="cards-000002"), None))

    with pytest.raises(AlreadyExists, match="cards"):
        make(ports, replace(CARDS, count=3))

    assert ports.accounts.get("cards-000002").profile == profile


def test_a_batch_that_broke_off_is_good_for_nothing(ports):
    open_alice(ports)
    voucher, card = break_off(ports, VOUCHERS)[0], break_off(ports, CARDS)[0]

    with pytest.raises(VoucherRefused):
        redeem(ports, KEY, "alice", voucher)
    with pytest.raises(AccountBlocked):
        account_by_pin(ports, KEY, card)
    with pytest.raises(Conflict):
        block_batch(ports, "spring", blocked=False)


def test_what_broke_off_is_cleared_away_but_its_name_stays_used(ports):
    alice = open_alice(ports)
    voucher, card = break_off(ports, VOUCHERS)[0], break_off(ports, CARDS)[0]

    discard_batch(ports, "spring")
    discard_batch(ports, "cards")

    assert ports.pins.voucher(KEY.hash(voucher)) is None
    assert list(ports.accounts.all()) == [alice]
    assert [entry.account for entry in ports.books.entries("cards-000001")] == []
    with pytest.raises(UnknownSender):
        account_by_pin(ports, KEY, card)
    with pytest.raises(AlreadyExists):
        make(ports, replace(CARDS, run="r2"))


def test_a_batch_that_is_discarded_while_it_is_made_is_never_ready(ports):
    with pytest.raises(Conflict, match="discarded"):
        make_batch(
            ports,
            mint(),
            VOUCHERS,
            lambda _: discard_batch(ports, "spring"),
        )

    assert ports.pins.batch("spring").state is BatchState.DISCARDED


def test_what_was_handed_out_is_not_discarded(ports):
    make(ports, VOUCHERS)

    with pytest.raises(Conflict, match="ready"):
        discard_batch(ports, "spring")


def test_a_blocked_batch_is_blocked_until_it_is_unblocked(ports):
    open_alice(ports)
    voucher, card = make(ports, VOUCHERS)[0], make(ports, CARDS)[0]

    for name in ("spring", "cards"):
        block_batch(ports, name, blocked=True)
    with pytest.raises(VoucherRefused):
        redeem(ports, KEY, "alice", voucher)
    with pytest.raises(AccountBlocked):
        account_by_pin(ports, KEY, card)

    for name in ("spring", "cards"):
        block_batch(ports, name, blocked=False)
    redeem(ports, KEY, "alice", voucher)
    account_by_pin(ports, KEY, card)


def test_a_voucher_is_redeemed_once(ports):
    open_alice(ports)
    pin = make(ports, VOUCHERS)[0]

    topped_up = redeem(ports, KEY, "alice", f"{pin[:4]} {pin[4:]}")

    assert topped_up.balance.posted_micros == 7_000_000
    entries = {entry.identity: entry.amount_micros for entry in ports.books.entries("alice")}
    assert entries["voucher#spring-000001"] == 2_000_000
    assert ports.pins.voucher(KEY.hash(pin)).redeemed_by == "alice"
    with pytest.raises(VoucherRefused, match="this account redeemed that voucher before"):
        redeem(ports, KEY, "alice", pin)


def test_a_refusal_does_not_tell_whether_there_is_such_a_voucher(ports):
    alice = open_alice(ports)
    open_account(ports, replace(alice.profile, account="bob", login=None, numbers=()), Terms())
    used, *_ = make(ports, VOUCHERS)
    foreign, *_ = make(ports, replace(VOUCHERS, name="abroad", currency="USD"))
    long_ago = {"made_at": NOON - timedelta(days=2), "valid_until": NOON - timedelta(days=1)}
    old, *_ = make(ports, replace(VOUCHERS, name="old", **long_ago))
    blocked, *_ = make(ports, replace(VOUCHERS, name="blocked"))
    block_batch(ports, "blocked", blocked=True)
    redeem(ports, KEY, "bob", used)

    said = set()
    for pin in (used, foreign, old, blocked, "583917042"):
        with pytest.raises(VoucherRefused) as caught:
            redeem(ports, KEY, "alice", pin)
        said.add(caught.value.message)

    assert said == {"no voucher that can be redeemed has this PIN"}
    assert find_voucher(ports, KEY, used)[0].redeemed_by == "bob"


def test_a_voucher_that_there_is_not_is_refused(ports):
    open_alice(ports)

    with pytest.raises(VoucherRefused, match="no voucher"):
        redeem(ports, KEY, "alice", "583917042")
    with pytest.raises(NotFound):
        block_batch(ports, "winter", blocked=True)


def test_a_voucher_moves_the_account_to_its_sheet_and_lengthens_its_time(ports):
    profile = open_alice(ports).profile
    limited = replace(profile, valid_until=ports.clock.now() + timedelta(days=1))
    ports.accounts.change(profile, limited)
    offer_plan(ports)
    pin = make(ports, replace(VOUCHERS, valid_days=30, plan="world"))[0]

    after = redeem(ports, KEY, "alice", pin).profile

    assert after.valid_until > ports.clock.now() + timedelta(days=29)
    assert after.plan_at(ports.clock.now()) == "world"


def test_a_profile_that_was_changed_meanwhile_is_not_overwritten(ports):
    profile = open_alice(ports).profile
    offer_plan(ports)
    pin = make(ports, replace(VOUCHERS, plan="world"))[0]
    renamed = replace(profile, name="Alice L.")
    pins = Interrupted(ports.pins, lambda: ports.accounts.change(profile, renamed))

    after = redeem(replace(ports, pins=pins), KEY, "alice", pin)

    assert (after.profile.name, after.balance.posted_micros) == ("Alice L.", 7_000_000)


def test_one_of_many_redeems_a_voucher(busy_ports):
    open_alice(busy_ports)
    pin = make(busy_ports, VOUCHERS)[0]

    def redeemed(_: int) -> bool:
        try:
            redeem(busy_ports, KEY, "alice", pin)
        except VoucherRefused:
            return False
        return True

    with ThreadPoolExecutor(16) as crowd:
        done = list(crowd.map(redeemed, range(16)))

    assert sum(done) == 1
    assert busy_ports.books.balance("alice").posted_micros == 7_000_000


def test_classes_are_the_built_in_ones_until_they_are_changed(ports):
    assert ports.settings.classes() == DEFAULT_CLASSES
    changed = DEFAULT_CLASSES.with_class(DestinationClass("islands", ("682", "683"), blocked=True))

    ports.settings.save_classes(changed)

    assert ports.settings.classes() == changed


def test_a_write_whose_reply_was_lost_is_ours(ports):
    open_alice(ports)
    pin = make(ports, VOUCHERS)[0]

    class Forgetful(Interrupted):
        """As after a lost reply: made, repeated by the client, and so refused."""

        def redeem(self, redemption: Redemption) -> bool:
            assert self._pins.redeem(redemption)
            return self._pins.redeem(redemption)

    pins = Forgetful(ports.pins, lambda: None)

    after = redeem(replace(ports, pins=pins), KEY, "alice", pin)

    assert after.balance.posted_micros == 7_000_000


def test_limits_are_the_built_in_ones_until_they_are_changed(ports):
    assert ports.settings.velocity() == Velocity()

    changed = Velocity(rings_of_phone=Limit(3, timedelta(days=1)))
    ports.settings.save_velocity(changed)

    assert ports.settings.velocity() == ports.settings.velocity(fresh=True) == changed
