"""What the audit log tells of each deed of operators, also of one that breaks off."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import State
from switchboard.calls.tracing import Traced
from switchboard.desk.accounts import Terms, enter, open_account
from switchboard.desk.office import accounts, monitor, numbers, own, pins, tracing, trunks, users
from switchboard.desk.office.accounts import NewLimits
from switchboard.desk.office.audit import read_log
from switchboard.desk.office.rights import right_of
from switchboard.desk.office.users import NewUser, UserChanges
from switchboard.desk.pins import Issued, Mint, make_batch
from switchboard.desk.profiles import Changes
from switchboard.desk.tracing import switch_on
from switchboard.desk.trunks import TrunkChanges
from switchboard.errors import NotAllowed, NotFound
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.staff.audit import OTHER_SECRET, SECRET, AuditEntry, Change
from switchboard.staff.codes import new_secret
from switchboard.staff.rights import ADMINISTRATOR, Action, Role, rights_of
from switchboard.staff.users import Operator, SecondFactor
from switchboard.staff.visits import Visit
from tests.fakes.console import PASSWORD, add_jane, answers_at_once
from tests.fakes.on_air import on_air, running
from tests.fakes.passwords import PlainPasswords
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY
from tests.fakes.weather import Outage, OutOfReach
from tests.fakes.world import NOON, SERVICE, open_alice
from tests.unit.test_office_entrance import SAFE, code

JANE = Operator("jane", ADMINISTRATOR, "console", "192.0.2.7")
PASSWORDS = PlainPasswords()
CALLBACK = on_air(1)
NUMBER = PhoneNumber("+442079460990")
FIVE = Money("EUR", 5_000_000)
HOUR = timedelta(hours=1)
DESK = Role("desk", rights_of("calls:see"))
BATCH = Batch("spring", BatchKind.VOUCHERS, 2, 12, "EUR", NOON, 1_000_000)
BOB = Profile("bob", "Bob", "EUR", "retail")
MINT = Mint(PIN_KEY, secrets.randbelow, threads=1)


class Crash(BaseException):
    """The process is gone."""


class Crashing:
    """An audit log where the process is gone before an entry is added."""

    def __init__(self, audit) -> None:
        self._audit = audit

    def __getattr__(self, name: str):
        return getattr(self._audit, name)

    def add(self, _entry: AuditEntry) -> None:
        raise Crash


def new_factor(ports: Ports, by: Operator) -> object:
    secret = new_secret()
    return own.add_second_factor(ports, by, SAFE, secret, code(ports, secret))


def no_factor(ports: Ports, by: Operator) -> object:
    factor = SecondFactor(new_secret(), 0)
    jane = ports.staff.find("jane")
    ports.staff.replace(jane, replace(jane, second_factor=factor))
    return own.remove_second_factor(ports, by, PASSWORDS, PASSWORD)


def redeemed(ports: Ports, by: Operator) -> object:
    made: list[Issued] = []
    make_batch(ports, MINT, replace(BATCH, name="handed-out"), made.extend)
    return pins.redeem_voucher(ports, by, PIN_KEY, "alice", made[0].pin)


def a_visit(ports: Ports) -> Visit:
    return Visit("jane", "0f", ports.clock.now(), ports.clock.now(), "::1", "a browser")


def became(what: str, value: str) -> Change:
    return Change(what, "", value)


# What is done; what the log calls it, about what, and one of the changes that it tells.
DEEDS = [
    (
        lambda ports, by: accounts.block_account(ports, by, "alice"),
        *("block", "account alice", Change("status", "active", "blocked")),
    ),
    (
        lambda ports, by: accounts.unblock_account(ports, by, "blocked"),
        *("unblock", "account blocked", Change("status", "blocked", "active")),
    ),
    (
        lambda ports, by: accounts.open_account(ports, by, BOB, Terms()),
        *("open", "account bob", became("name", "Bob")),
    ),
    (redeemed, "redeem voucher", "account alice", Change("balance", "5.00 EUR", "6.00 EUR")),
    (
        lambda ports, by: accounts.top_up(ports, by, "alice", FIVE, reference="r1"),
        *("top up", "account alice", Change("balance", "5.00 EUR", "10.00 EUR")),
    ),
    (
        lambda ports, by: accounts.correct(ports, by, "alice", -FIVE, reference="r1", note="x"),
        *("correct", "account alice", Change("balance", "5.00 EUR", "0.00 EUR")),
    ),
    (
        lambda ports, by: accounts.change_profile(ports, by, "alice", Changes(name="Al")),
        *("change", "account alice", Change("name", "Alice", "Al")),
    ),
    (
        lambda ports, by: accounts.change_account(
            ports, by, "alice", Changes(), NewLimits(max_callbacks=2)
        ),
        *("change", "account alice", Change("max_callbacks", "5", "2")),
    ),
    (
        lambda ports, by: monitor.hang_up(ports, by, CALLBACK),
        *("hang up", f"callback {CALLBACK}", Change("state", "connected", "cancelled")),
    ),
    (
        lambda ports, by: numbers.add_number(ports, by, ServiceNumber(NUMBER)),
        *("add", f"number {NUMBER}", became("number", str(NUMBER))),
    ),
    (
        lambda ports, by: numbers.change_number(
            ports, by, ServiceNumber(SERVICE), ServiceNumber(SERVICE, language="fr")
        ),
        *("change", f"number {SERVICE}", became("language", "fr")),
    ),
    (
        lambda ports, by: numbers.remove_number(ports, by, SERVICE),
        *("remove", f"number {SERVICE}", Change("number", str(SERVICE), "")),
    ),
    (
        lambda ports, by: pins.make_batch(ports, by, MINT, BATCH, list),
        *("make", "batch spring", became("count", "2")),
    ),
    (
        lambda ports, by: pins.block_batch(ports, by, "ready"),
        *("block", "batch ready", Change("state", "ready", "blocked")),
    ),
    (
        lambda ports, by: pins.unblock_batch(ports, by, "held"),
        *("unblock", "batch held", Change("state", "blocked", "ready")),
    ),
    (
        lambda ports, by: pins.discard_batch(ports, by, "half"),
        *("discard", "batch half", Change("state", "making", "discarded")),
    ),
    (
        lambda ports, by: tracing.switch_on(ports, by, Traced.ACCOUNT, "alice", HOUR),
        *("switch on", "tracing of account alice", became("until", "2026-01-02T04:04:05+00:00")),
    ),
    (
        lambda ports, by: tracing.switch_off(ports, by, Traced.TRUNK, "carrier"),
        *("switch off", "tracing of trunk carrier", None),
    ),
    (
        lambda ports, by: trunks.add_trunk(ports, by, "new", "sip.example.net", TrunkChanges()),
        *("add", "trunk new", became("host", "sip.example.net")),
    ),
    (
        lambda ports, by: trunks.change_trunk(ports, by, "carrier", TrunkChanges(capacity=9)),
        *("change", "trunk carrier", became("capacity", "9")),
    ),
    (
        lambda ports, by: trunks.remove_trunk(ports, by, "carrier"),
        *("remove", "trunk carrier", Change("host", "127.0.0.1", "")),
    ),
    (
        lambda ports, by: trunks.ask_trunk(ports, by, answers_at_once, "carrier"),
        *("test", "trunk carrier", became("answer", "200 OK")),
    ),
    (
        lambda ports, by: users.add_user(
            ports, by, PASSWORDS, NewUser("joe", "Joe", "support", PASSWORD)
        ),
        *("add", "user joe", became("role", "support")),
    ),
    (
        lambda ports, by: users.change_user(ports, by, PASSWORDS, "rita", UserChanges(name="R")),
        *("change", "user rita", Change("name", "Jane Roe", "R")),
    ),
    (
        lambda ports, by: users.add_role(ports, by, Role("new", rights_of("calls:see"))),
        *("add", "role new", became("rights", "calls:see")),
    ),
    (
        lambda ports, by: users.change_role(ports, by, replace(DESK, hides_costs=True)),
        *("change", "role desk", Change("hides_costs", "no", "yes")),
    ),
    (
        lambda ports, by: users.remove_role(ports, by, "desk"),
        *("remove", "role desk", Change("name", "desk", "")),
    ),
    (
        lambda ports, by: own.change_own_password(
            ports, by, PASSWORDS, PASSWORD, "a new long one", visit=a_visit(ports)
        ),
        *("change", "user jane", Change("password_hash", SECRET, OTHER_SECRET)),
    ),
    (
        lambda ports, by: own.choose_language(ports, by, "es"),
        *("change", "user jane", became("language", "es")),
    ),
    (new_factor, "change", "user jane", became("second_factor", OTHER_SECRET)),
    (no_factor, "change", "user jane", Change("second_factor", SECRET, "")),
    (
        lambda ports, by: own.end_other_visits(ports, by, a_visit(ports)),
        *("sign out elsewhere", "user jane", None),
    ),
]
EACH = pytest.mark.parametrize(
    ("act", "deed", "about", "change"), DEEDS, ids=[f"{deed[1]} {deed[2]}" for deed in DEEDS]
)


@pytest.fixture
def ports():
    ports = memory_ports()
    open_alice(ports)
    blocked = Profile("blocked", "Blocked", "EUR", "retail")
    open_account(ports, blocked, Terms(active=False))
    running(ports, 1, State.CONNECTED, 5)
    for name, state in (("ready", "ready"), ("held", "blocked"), ("half", "making")):
        ports.pins.start(replace(BATCH, name=name, state=BatchState(state)))
    switch_on(ports, Traced.TRUNK, "carrier", HOUR)
    ports.staff.add_role(DESK)
    add_jane(ports)
    add_jane(ports, login="rita")
    ports.audit.kept.clear()
    return ports


def test_every_use_case_that_changes_something_is_among_these():
    tried = {name for act, *_ in DEEDS for name in act.__code__.co_names}
    changing = {
        name
        for module in (accounts, monitor, numbers, pins, tracing, trunks, users)
        for name, found in vars(module).items()
        if getattr(found, "right", None) and right_of(found).action is Action.CHANGE
    }

    assert changing - tried == {
        "plans_for_pins",
        "sheets_for_costs",
        "sheets_for_pins",
        "choices_for_accounts",
    }


@EACH
def test_a_deed_is_told_with_who_when_from_where_and_what_became(ports, act, deed, about, change):
    began_at = ports.clock.now()

    act(ports, JANE)

    [entry] = ports.audit.kept.values()
    assert (entry.by, entry.role, entry.door) == ("jane", "administrator", "console")
    assert (entry.address, entry.at, entry.begun) == ("192.0.2.7", began_at, False)
    assert (entry.deed, entry.about) == (deed, about)
    assert change is None or change in entry.changes


@EACH
def test_a_deed_that_breaks_off_before_its_entry_is_in_the_log_all_the_same(
    ports, act, deed, about, change
):
    with pytest.raises(Crash):
        act(replace(ports, audit=Crashing(ports.audit)), JANE)

    [entry] = read_log(ports, JANE, broken_off=True, limit=5).items
    assert (entry.by, entry.address, entry.begun) == ("jane", "192.0.2.7", True)
    assert read_log(ports, JANE, login="jane", limit=5).items == [entry]


def test_what_broke_off_tells_what_was_asked_and_no_secret(ports):
    crashing = replace(ports, audit=Crashing(ports.audit))
    changes = TrunkChanges(credentials=("us", "hidden"))
    for act in (
        lambda: trunks.change_trunk(crashing, JANE, "carrier", changes),
        lambda: users.add_user(crashing, JANE, PASSWORDS, NewUser("joe", "J", "desk", PASSWORD)),
        lambda: accounts.top_up(crashing, JANE, "alice", FIVE, reference="r1"),
    ):
        with pytest.raises(Crash):
            act()

    told = {entry.deed: entry.changes for entry in ports.audit.kept.values()}
    assert told == {
        "change trunk": (became("name", "carrier"),),
        "add user": (became("login", "joe"), became("name", "J")),
        "top up": (
            *(became("account", "alice"), became("amount", "5.00 EUR"), became("reference", "r1")),
        ),
    }


def test_what_was_refused_or_changed_nothing_leaves_nothing(ports):
    with pytest.raises(NotFound):
        trunks.remove_trunk(ports, JANE, "nowhere")
    with pytest.raises(NotAllowed):
        users.remove_role(ports, JANE, "support")
    accounts.unblock_account(ports, JANE, "alice")

    assert ports.audit.kept == {}


def test_a_fault_leaves_what_was_begun(ports):
    failing = replace(ports, trunks=Outage(ports.trunks, remove=1))

    with pytest.raises(OutOfReach):
        trunks.remove_trunk(failing, JANE, "carrier")

    [entry] = ports.audit.kept.values()
    assert (entry.deed, entry.begun) == ("remove trunk", True)


def test_what_is_only_looked_up_writes_nothing(ports):
    readonly = replace(ports, audit=Outage(ports.audit, begin=9, add=9, forget=9))

    assert trunks.sheets_for_costs(readonly, JANE) == ["retail"]
    assert pins.plans_for_pins(readonly, JANE) == []


def test_a_payment_that_is_sent_again_is_logged_once_though_another_charge_came_between(ports):
    accounts.top_up(ports, JANE, "alice", FIVE, reference="r1")
    enter(ports, "alice", Money("EUR", -1_000_000), EntryKind.RECURRING, reference="plan")

    accounts.top_up(ports, JANE, "alice", FIVE, reference="r1")

    assert [entry.deed for entry in ports.audit.kept.values()] == ["top up"]
