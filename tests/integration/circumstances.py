"""What is different for one conversation: how Alice's account is set, and what happened before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from switchboard.billing.batches import Batch, BatchKind
from switchboard.billing.opening_hours import OpeningHours, parse_opening
from switchboard.billing.service_number import WhenClosed
from switchboard.calls.manners import Manners
from switchboard.desk.accounts import set_limits, set_spend_limits
from switchboard.desk.lockout import BY_SENDER
from switchboard.desk.pins import Mint, make_batch
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.service_numbers import change_service_number, find_service_number
from switchboard.ledger.spend import ALL
from switchboard.ports import Ports
from tests.fakes.exchange import CENT
from tests.fakes.texts import PIN_KEY
from tests.integration.stage import Cast, Prepare

VOUCHER_CENTS = 200


def changed(**changes: object) -> Prepare:
    """Something is changed of the account."""

    def prepare(ports: Ports, cast: Cast) -> None:
        change_profile(ports, cast.alice.account, Changes(**changes))

    return prepare


def mannered(**manners: bool) -> Prepare:
    """The account is spoken to otherwise."""
    return changed(manners=Manners(**manners))


def given_a_voucher(ports: Ports, cast: Cast) -> Mapping[str, str]:
    """There is a {voucher}."""
    name, micros = f"batch-{cast.pin}", VOUCHER_CENTS * CENT
    batch = Batch(name, BatchKind.VOUCHERS, 1, 10, "EUR", ports.clock.now(), value_micros=micros)
    pins: list[str] = []
    mint = Mint(PIN_KEY, lambda most: most * 5 // 7, threads=1)
    make_batch(ports, mint, batch, lambda issued: pins.extend(one.pin for one in issued))
    return {"voucher": pins[0]}


def nearly_locked_out(ports: Ports, cast: Cast) -> None:
    """The phone box has three tries left today: no other limit outlasts a test for certain."""
    longest, now = BY_SENDER[-1], ports.clock.now()
    for _ in range(longest.most - 3):
        ports.throttle.take(f"try#from#{cast.phones['box']}", longest, now)


def blocked(ports: Ports, cast: Cast) -> None:
    """The account is blocked."""
    ports.books.set_active(cast.alice.account, active=False)


def with_a_second_phone(ports: Ports, cast: Cast) -> None:
    """The phone at home is Alice's, too; her first one stays her default."""
    change_profile(ports, cast.alice.account, Changes(add_numbers=(cast.phones["home"],)))


def limited_a_day(ports: Ports, cast: Cast) -> None:
    """The account may spend a fifth of what it has."""
    set_spend_limits(ports, cast.alice.account, {ALL: 100 * CENT})


def allowed_no_callback(ports: Ports, cast: Cast) -> None:
    """The account has as many callbacks as it may have."""
    set_limits(ports, cast.alice.account, credit_limit_micros=None, max_callbacks=0)


def open_from(ports: Ports, cast: Cast, opens_at: datetime, when: WhenClosed) -> None:
    """The service number is closed now, and open for an hour from then on."""
    old = find_service_number(ports, cast.service)
    window = parse_opening(f"{opens_at:%H:%M}-{opens_at + timedelta(hours=1):%H:%M}")
    hours = OpeningHours((window,))
    change_service_number(ports, old, replace(old, hours=hours, when_closed=when))


def opening_soon(ports: Ports, cast: Cast) -> None:
    """The service number opens at the next minute that does not begin at once."""
    soon = ports.clock.now() + timedelta(seconds=65)
    open_from(ports, cast, soon.replace(second=0, microsecond=0), WhenClosed.QUEUE)


def closed(ports: Ports, cast: Cast) -> None:
    """The service number is closed, and takes no rings meanwhile."""
    later = ports.clock.now() + timedelta(hours=2)
    open_from(ports, cast, later, WhenClosed.REFUSE)


def long_ago() -> datetime:
    """An instant in the past."""
    return datetime(2020, 1, 2, tzinfo=UTC)
