"""A customer who is known by PIN pays from then on; a crash at any point loses no money."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord
from switchboard.calls.ring import Ring
from switchboard.desk.accounts import Terms, enter, open_account
from switchboard.desk.check_books import check_books
from switchboard.desk.identification import Identified, identify
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse
from switchboard.desk.rings import ring_service_number
from switchboard.desk.sweep import sweep
from switchboard.desk.till import Till
from switchboard.errors import AccountBlocked, Conflict, NotAllowed, NotEnoughCredit
from switchboard.ledger.entries import EntryKind, SettlementKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from tests.fakes.claims import HUNG_UP, LEASE, beat, held, later
from tests.fakes.ports import memory_ports
from tests.fakes.world import BOB, open_alice

PIN_NUMBER = PhoneNumber("+442079460009")
PHONE_BOX = PhoneNumber("+447700900123")
# A cent for three seconds: the rate is 0.02 a minute, billed by the second.
A_MINUTE_MICROS = 20_000


@pytest.fixture
def ports() -> Ports:
    ports = memory_ports()
    open_alice(ports)
    house = Profile("house", "The house", "EUR", "retail")
    open_account(ports, house, Terms(opening_micros=1_000_000))
    service = ServiceNumber(PIN_NUMBER, ServiceMode.PIN, "house")
    ports.accounts.add_service_number(service)
    return ports


def answered(ports: Ports) -> tuple[Callback, Purse]:
    """A callback to a phone box, whose customer answered at this moment."""
    now = ports.clock.now()
    ordered = ring_service_number(ports, Ring(Trigger("test", "1"), PHONE_BOX, PIN_NUMBER, now))
    later(ports, seconds=2)
    now = ports.clock.now()
    callback = ports.callbacks.claim(ordered.id, "w1", now=now, lease=LEASE)
    purse = held(ports, callback)
    for state in (State.CALLING_CUSTOMER, State.CUSTOMER_ANSWERED):
        ports.callbacks.advance(callback.id, "w1", state, now)
    purse.begin(Party.CUSTOMER, now)
    return callback, purse


def as_alice(ports: Ports, callback: Callback, purse: Purse, customer_s: int = 30) -> Identified:
    return identify(ports, callback, ports.accounts.get("alice"), purse, customer_s)


def hung_up(ports: Ports, callback: Callback, purse: Purse, seconds: int = 60):
    leg = LegRecord(Party.CUSTOMER, PHONE_BOX, "carrier", HUNG_UP, seconds=seconds)
    now = ports.clock.now()
    return Till(ports.books).settle(
        write_cdr(callback, [leg], HUNG_UP, nonce=purse.nonce, ended_at=now)
    )


def holds(ports: Ports) -> dict[str, list[str]]:
    return {name: list(ports.books.balance(name).holds) for name in ("house", "alice")}


def posted(ports: Ports) -> tuple[int, int]:
    """What the house and Alice have spent."""
    house, alice = (ports.books.balance(name).posted_micros for name in ("house", "alice"))
    return 1_000_000 - house, 5_000_000 - alice


def test_the_customer_pays_for_the_whole_leg_once_known(ports):
    callback, purse = answered(ports)
    assert holds(ports) == {"house": [callback.id], "alice": []}

    known = as_alice(ports, callback, purse)
    assert holds(ports) == {"house": [], "alice": [callback.id]}
    cdr = hung_up(ports, known.callback, known.purse)

    assert (cdr.account, cdr.settlement.kind) == ("alice", SettlementKind.POST)
    assert posted(ports) == (0, A_MINUTE_MICROS)
    assert holds(ports) == {"house": [], "alice": []}
    assert list(check_books(ports)) == []
    assert list(ports.books.cdrs("house")) == []


def test_the_callback_is_the_customer_s_then_and_destinations_are_called(ports):
    callback, purse = answered(ports)
    with pytest.raises(NotAllowed):
        dialled(ports, callback, "0014155550100")

    known = as_alice(ports, callback, purse)

    kept = ports.callbacks.find(callback.id)
    assert (kept.account, kept.asks_pin) == ("alice", False)
    assert known.callback.quote == kept.quote
    found = dialled(ports, known.callback, "0014155550100")
    known.purse.add_destination(found, 30)
    assert (found.account, found.destination) == ("alice", BOB)


def test_the_house_pays_where_nobody_was_known(ports):
    callback, purse = answered(ports)

    cdr = hung_up(ports, callback, purse)

    assert cdr.account == "house"
    assert posted(ports) == (A_MINUTE_MICROS, 0)
    assert list(check_books(ports)) == []


def test_the_pin_of_the_paying_account_itself_moves_nothing(ports):
    callback, purse = answered(ports)

    known = identify(ports, callback, ports.accounts.get("house"), purse, 30)

    assert (known.callback.account, known.callback.asks_pin) == ("house", False)
    assert known.purse is purse
    assert holds(ports) == {"house": [callback.id], "alice": []}


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda ports: ports.books.set_active("alice", active=False), AccountBlocked),
        (lambda ports: spend_all_but(ports, 300), NotEnoughCredit),
        (lambda ports: spend_all_but(ports, 5_000), NotEnoughCredit),
    ],
    ids=["blocked", "not a second", "not what has run"],
)
def test_a_customer_who_cannot_pay_changes_nothing(ports, change, refusal):
    callback, purse = answered(ports)
    before = ports.books.balance("house"), ports.callbacks.find(callback.id)
    change(ports)

    with pytest.raises(refusal):
        as_alice(ports, callback, purse, customer_s=30)

    assert (ports.books.balance("house"), ports.callbacks.find(callback.id)) == before
    assert holds(ports)["alice"] == []
    assert list(check_books(ports)) == []


def spend_all_but(ports: Ports, micros: int) -> None:
    spent = Money("EUR", micros - ports.books.balance("alice").avail_micros)
    enter(ports, "alice", spent, EntryKind.CORRECTION, reference="spent")


def test_a_customer_is_known_once(ports):
    callback, purse = answered(ports)
    known = as_alice(ports, callback, purse)

    with pytest.raises(Conflict):
        as_alice(ports, known.callback, known.purse)


def test_a_callback_that_was_swept_meanwhile_is_not_moved(ports):
    callback, purse = answered(ports)
    ports.callbacks.finish(
        callback.id, State.ENDED, HUNG_UP, ports.clock.now(), worker=callback.worker
    )

    with pytest.raises(Conflict):
        as_alice(ports, callback, purse)

    assert holds(ports)["alice"] == []


class Died(Exception):
    """The worker is gone."""


class Dying:
    """A store whose n-th call is the last, made or not made."""

    def __init__(self, store: object, count: Callable[[], bool], *, made: bool) -> None:
        self._store, self._count, self._made = store, count, made

    def __getattr__(self, name: str):
        method = getattr(self._store, name)

        def call(*arguments, **named):
            last = self._count()
            if last and not self._made:
                raise Died
            answer = method(*arguments, **named)
            if last:
                raise Died
            return answer

        return call


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("last_call", range(1, 8))
def test_a_worker_that_dies_while_it_moves_a_callback_loses_no_money(ports, last_call, made):
    callback, purse = answered(ports)
    beat(ports, "w1", **{callback.id: LiveCall("carrier", 30, None)})
    calls = iter(range(1, 1000))
    dying = replace(
        ports,
        books=Dying(ports.books, lambda: next(calls) == last_call, made=made),
        callbacks=Dying(ports.callbacks, lambda: next(calls) == last_call, made=made),
    )
    purse._ports, purse._till = dying, Till(dying.books)
    try:
        as_alice(dying, callback, purse)
    except Died:
        died = True
    else:
        died = False

    later(ports, seconds=30)
    sweep(ports)
    later(ports, minutes=20)
    sweep(ports)

    cdrs = [*ports.books.cdrs("house"), *ports.books.cdrs("alice")]
    assert died is (last_call <= 4)
    assert holds(ports) == {"house": [], "alice": []}
    assert [cdr.settlement.charge_micros for cdr in cdrs] == [A_MINUTE_MICROS // 2]
    assert sum(posted(ports)) == A_MINUTE_MICROS // 2
    assert cdrs[0].account == ports.callbacks.find(callback.id).account
    assert list(check_books(ports)) == []


def test_the_hold_of_a_broken_move_waits_until_the_callback_is_over(ports):
    callback, _ = answered(ports)
    known = replace(callback, account="alice")
    held(ports, known)
    assert holds(ports) == {"house": [callback.id], "alice": [callback.id]}

    later(ports, minutes=20)
    beat(ports, "w2", **{callback.id: LiveCall("carrier", 30, None)})
    sweep(ports)
    assert holds(ports)["alice"] == [callback.id]
    later(ports, minutes=1)
    sweep(ports)
    sweep(ports)

    assert holds(ports) == {"house": [], "alice": []}
