"""The tables of a large company: items as the adapters write them, without a use case for each."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ringback.embedded.log import Change, line
from switchboard.aws.account_lists import profile_values
from switchboard.aws.balances import balance_values, entry_values
from switchboard.aws.callbacks import DynamoCallbacks
from switchboard.aws.cdrs import cdr_key
from switchboard.aws.forms import pack, to_text, to_us
from switchboard.aws.models.accounts import AccountItem, EntryItem, IdentityItem
from switchboard.aws.models.calls import CallbackItem, CdrItem, TraceItem
from switchboard.aws.models.database import Database, TableItem
from switchboard.aws.models.sales import BatchItem, VoucherItem
from switchboard.aws.models.system import AuditItem, TrunkItem
from switchboard.aws.opening import AwsSettings, create_tables, open_ports
from switchboard.aws.pins import batch_values
from switchboard.billing.account import AccountType, Profile
from switchboard.billing.batches import Batch, BatchKind, BatchState
from switchboard.billing.service_number import ServiceMode, ServiceNumber
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr, write_cdr
from switchboard.calls.ending import Party
from switchboard.calls.leg import LegRecord
from switchboard.calls.tracing import TraceTitle
from switchboard.calls.trunk import Trunk
from switchboard.desk.accounts import Terms, opening_of
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.numbering import PhoneNumber
from switchboard.staff import audit
from tests.fakes.console import add_jane
from tests.fakes.history import HUNG_UP
from tests.fakes.passwords import PlainPasswords
from tests.fakes.traced import a_trace
from tests.fakes.world import ALICE, BOB, SERVICE, a_callback, open_alice

Form = dict[str, Any]
Items = Iterator[tuple[type[TableItem], Form]]
NEWEST = f"{7:032x}"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many there are of what; `own` calls, callbacks and entries are Alice's."""

    accounts: int
    calls: int
    own_calls: int
    own_entries: int
    numbers: int
    trunks: int
    audit: int
    batches: int
    vouchers: int
    traces: int


def open_office(settings: AwsSettings) -> None:
    """Empty tables with Alice, Jane, who may do everything, and the newest call of Alice, which was
    traced: once under an id of ours, once as `c1`."""
    create_tables(settings)
    ports = open_ports(settings)
    open_alice(ports, passwords=PlainPasswords())
    add_jane(ports)
    now = ports.clock.now()
    for name in (NEWEST, "c1"):
        callback = a_callback(id=name, requested_at=now, state=State.ENDED, worker="w1")
        ports.callbacks.place(callback)
        ports.books.close(_cdr(callback))
        ports.traces.keep(a_trace(callback), now + timedelta(days=7))


def all_items(sizes: Sizes, now: datetime) -> Items:
    """Everything but what is Alice's own of old, up to an instant."""
    yield from _accounts(sizes, now)
    yield from _own_calls(sizes, now)
    yield from _other_calls(sizes, now)
    yield from _entries(sizes, now)
    yield from _numbers(sizes)
    yield from _audit(sizes, now)
    yield from _sales(sizes, now)
    for number in range(sizes.trunks):
        trunk = Trunk(f"trunk-{number:03}", "192.0.2.1", 5060)
        yield TrunkItem, form(name=trunk.name, trunk=to_text(trunk))
    for number in range(sizes.traces):
        began_at = now - timedelta(seconds=number)
        account = f"customer-{number % sizes.accounts:05}"
        title = TraceTitle(f"{number:032x}", account, "w1", began_at, (ALICE, BOB), ("carrier",))
        part = f"{to_us(began_at):020d}#{title.callback}#w1"
        gone_at = int((now + timedelta(days=7)).timestamp())
        day = f"day#{began_at:%Y-%m-%d}"
        yield TraceItem, form(callback=day, part=part, pieces=1, piece=pack(title), gone_at=gone_at)


def form(**values: object) -> Form:
    """An item as DynamoDB is sent it; what is None is left out."""
    return {name: _value(value) for name, value in values.items() if value is not None}


def _value(value: object) -> Form:
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, bytes):
        return {"B": base64.b64encode(value).decode()}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, Mapping):
        return {"M": form(**value)}
    if isinstance(value, (set, frozenset)):
        return {"SS": sorted(value)}
    return {"N": str(value)}


def _accounts(sizes: Sizes, now: datetime) -> Items:
    for number in range(sizes.accounts):
        account = f"customer-{number:05}"
        profile = Profile(
            account=account,
            name=f"Customer {number:05} & Sons",
            currency="EUR",
            sheet="retail",
            type=AccountType.POSTPAID if number % 7 == 0 else AccountType.PREPAID,
            country="GB",
            numbers=(PhoneNumber(f"+4420800{number:05}"),),
            login=account,
            owner="jane" if number % 3 == 0 else None,
        )
        opening = opening_of(profile, Terms(5_000_000, active=number % 500 != 0), now)
        yield AccountItem, form(**profile_values(profile))
        yield AccountItem, form(**balance_values(opening.balance))
        for identity in (f"number#{profile.numbers[0]}", f"login#{account}"):
            yield IdentityItem, form(identity=identity, account=account)


def _own_calls(sizes: Sizes, now: datetime) -> Items:
    callback = a_callback(state=State.ENDED, verdict=HUNG_UP)
    cdr, template = _cdr(callback), _callback_values(callback)
    for number in range(sizes.own_calls):
        name, at = f"{number + 100:032x}", now - timedelta(minutes=number + 1)
        yield CallbackItem, form(**{**template, "id": name, "requested_at": to_us(at)})
        own = replace(cdr, callback=name, requested_at=at, ended_at=at + timedelta(minutes=2))
        yield CdrItem, form(account="alice", call=cdr_key(at, name), record=pack(own))


def _other_calls(sizes: Sizes, now: datetime) -> Items:
    record = _value(pack(_cdr(a_callback())))
    for number in range(sizes.calls - sizes.own_calls):
        key = cdr_key(now - timedelta(seconds=number), f"{number:032x}")
        account = {"S": f"customer-{number % sizes.accounts:05}"}
        yield CdrItem, {"account": account, "call": {"S": key}, "record": record}


def _entries(sizes: Sizes, now: datetime) -> Items:
    for number in range(sizes.own_entries):
        at, kind = now - timedelta(days=number), EntryKind.TOP_UP
        identity = f"{kind.value}#{number:06}"
        entry = JournalEntry("alice", identity, kind, "EUR", 10_000, at, f"Receipt {number}")
        yield EntryItem, form(**entry_values(entry))


def _numbers(sizes: Sizes) -> Items:
    numbers = [PhoneNumber(f"+44207900{number:04}") for number in range(sizes.numbers)]
    for at, number in enumerate(numbers):
        service = ServiceNumber(number)
        if at % 2:
            account = f"customer-{at % sizes.accounts:05}"
            service = ServiceNumber(number, ServiceMode.DID, account=account, rings=ALICE)
        yield IdentityItem, form(identity=f"service#{number}", service=to_text(service))
    names = {str(number) for number in (SERVICE, *numbers)}
    yield IdentityItem, form(identity="services", services=names)


def _audit(sizes: Sizes, now: datetime) -> Items:
    for number in range(sizes.audit):
        at, account = now - timedelta(seconds=number), f"customer-{number % sizes.accounts:05}"
        by, about = f"user-{number % 9}", f"account {'alice' if number % 2 else account}"
        changes = (
            audit.Change("name", "Old & Co", f"New {number}"),
            audit.Change("country", "GB", "US"),
        )
        entry = audit.AuditEntry(
            f"{number:032x}", at, by, "support", "console", "192.0.2.1", "change", about, changes
        )
        place, text = f"{to_us(at):020d}#{entry.id}", to_text(entry)
        for name in ("all", f"by#{by}", f"about#{about}"):
            yield AuditItem, form(list=name, place=place, entry=text)


def _sales(sizes: Sizes, now: datetime) -> Items:
    batch = Batch(
        "summer", BatchKind.VOUCHERS, 5, 12, "EUR", now, 1_000_000, state=BatchState.READY
    )
    for number in range(sizes.batches):
        made = replace(batch, name=f"batch-{number:04}", made_at=now - timedelta(days=number))
        yield BatchItem, form(**batch_values(made))
    yield BatchItem, form(**batch_values(batch))
    for number in range(sizes.vouchers):
        name = f"summer-{number:06}"
        yield VoucherItem, form(pin_hash=f"{number:064x}", voucher=name, batch="summer")


def _cdr(callback: Callback) -> Cdr:
    legs = [
        LegRecord(Party.CUSTOMER, ALICE, "carrier", HUNG_UP, seconds=65, billed_s=65),
        LegRecord(Party.DESTINATION, BOB, "carrier", HUNG_UP, seconds=60, billed_s=60),
    ]
    return write_cdr(callback, legs, HUNG_UP, nonce="n", ended_at=callback.requested_at)


def _callback_values(callback: Callback) -> dict[str, Any]:
    """As the adapter writes it."""
    item = DynamoCallbacks(Database.open("", "eu-central-1"))._item(callback)
    values: dict[str, Any] = item.attribute_values
    return {**values, "reached": item.reached.as_dict()}


def keep(state: Path, settings: AwsSettings, items: Items) -> None:
    """Add items to what an embedded AWS has kept there, while it does not run: it takes minutes to
    write a hundred thousand."""
    arn = f"arn:aws:dynamodb:{settings.region}:000000000000:table/{settings.prefix}"
    with (state / "aws.log").open("ab") as log:
        for model, item in items:
            table = ("table", f"{arn}{model.table_name}")
            hash_key, range_key = model._hash_keyname, model._range_keyname
            part = (_text(item[hash_key]), _text(item[range_key]) if range_key else "__no_sort__")
            log.write(line([Change(table, part, item).encode()]))


def _text(value: Form) -> str:
    [text] = value.values()
    return str(text)
