"""What a caller of DynamoDB meets where the wire or the service fails: a fault, never an answer."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from pynamodb.exceptions import GetError, PynamoDBException, UpdateError

from switchboard.billing.account import Account, Profile
from switchboard.desk.accounts import Terms, opening_of
from switchboard.ledger.balance import Hold
from switchboard.ports import Books
from tests.fakes.ports import memory_ports
from tests.fakes.world import NOON, open_alice
from tests.simulator.trouble import CALM, Fate
from tests.simulator.wire import EmbeddedStores, tame

HOLD = Hold(1, "n1", NOON + timedelta(minutes=5))


@pytest.fixture
def stores(monkeypatch) -> EmbeddedStores:
    tame(monkeypatch)
    stores = EmbeddedStores()
    open_alice(replace(memory_ports(), **stores.calm()), max_callbacks=100)
    return stores


def books(stores: EmbeddedStores, **odds: float) -> Books:
    fate = Fate(Random(1), replace(CALM, **odds), lambda: None, lambda: None)
    return stores.troubled(fate)["books"]


@pytest.mark.parametrize("trouble", ["unsent", "lost", "throttled", "crowded"])
def test_what_fails_however_often_it_is_tried_is_a_fault(stores, trouble):
    failing = books(stores, **{trouble: 100})

    with pytest.raises(UpdateError):
        failing.reserve("alice", "c1", HOLD)


@pytest.mark.parametrize("trouble", ["unsent", "lost", "throttled"])
def test_a_read_that_fails_is_not_an_account_that_is_not_there(stores, trouble):
    with pytest.raises(GetError):
        books(stores, **{trouble: 100}).balance("alice")


@pytest.mark.parametrize("trouble", ["unsent", "throttled", "crowded"])
def test_what_fails_now_and_then_is_made(stores, trouble):
    failing = books(stores, **{trouble: 20})

    made = [failing.reserve("alice", f"c{n}", HOLD) for n in range(20)]

    assert made == [True] * 20


def test_an_account_is_opened_with_its_money_and_its_names_or_not_at_all(stores):
    calm, odds = stores.calm(), replace(CALM, unsent=30, lost=30, throttled=10, crowded=10)
    ports = replace(memory_ports(), **calm)
    seen = set()
    for seed in range(60):
        name = f"a{seed}"
        profile = Profile(name, name, "EUR", "retail", login=name, pin_hash=name)
        opening = opening_of(profile, Terms(opening_micros=7), NOON)
        failing = stores.troubled(Fate(Random(seed), odds, lambda: None, lambda: None))["accounts"]

        try:
            failing.open(opening)
            told = True
        except PynamoDBException:
            told = False

        known = [one.profile.account for one in ports.accounts.all()]
        is_there = name in known
        assert is_there or not told
        assert list(ports.books.entries(name)) == ([opening.entry] if is_there else [])
        owners = {ports.accounts.by_login(name), ports.accounts.by_pin(name)}
        assert owners == ({name} if is_there else {None})
        if is_there:
            assert ports.accounts.get(name) == Account(profile, opening.balance)
        seen.add((told, is_there))

    assert seen == {(True, True), (False, True), (False, False)}
