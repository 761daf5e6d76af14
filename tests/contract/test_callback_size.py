"""A callback stays small whatever its sheet charges: a change of its state is one write unit."""

from dataclasses import replace
from datetime import timedelta

from switchboard.aws.callbacks import DynamoCallbacks
from switchboard.calls.callback import Callback, Retries, State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.numbering import PhoneNumber
from switchboard.rating.meter import Step
from switchboard.rating.price import Change, LegPrice
from switchboard.rating.quote import Quote
from switchboard.rating.rounding import Rounding
from tests.fakes.world import NOON

LEASE = timedelta(seconds=15)
PEAK = (Step(0, 6, 17_500_000), Step(600, 60, 12_250_000))
NIGHT = (Step(0, 6, 8_750_000),)
RICH = LegPrice(
    "4479112",
    "United Kingdom Mobile T-Mobile Virgin EE",
    9,
    PEAK,
    initial_s=30,
    percent=85,
    digits=5,
    rounding=Rounding.HALF_EVEN,
    connection_fee=100_000_000,
    disconnect_fee=25_000_000,
    free_s=10,
    grace_s=5,
    minimum=50_000_000,
    maximum=90_000_000_000,
    surcharge=250_000_000,
    surcharge_after_s=3600,
    post_call_percent_millionths=12_500_000,
    later=(Change(NOON + timedelta(hours=7), NIGHT), Change(NOON + timedelta(hours=20), PEAK)),
)
CALLBACK = Callback(
    id="0123456789abcdef0123456789abcdef",
    account="customer-4711",
    customer=PhoneNumber("+447911212345678"),
    destination=PhoneNumber("+447911287654321"),
    trigger="twilio-sms",
    language="en",
    requested_at=NOON,
    expires_at=NOON + timedelta(seconds=90),
    quote=Quote("retail-2026", "20260102T120000-0a1b2c", "EUR", RICH, RICH),
    reached={State.QUEUED: NOON},
    starts_at=NOON,
    retries=Retries(10, timedelta(hours=1)),
    manners=Manners(False, False, False, False),
    service=PhoneNumber("+447911212345678"),
)
A_WRITE_UNIT = 1024


def size(value: dict) -> int:
    """What an attribute counts for, by DynamoDB's own rules."""
    ((kind, content),) = value.items()
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + size(inner) for name, inner in content.items())
    if kind == "N":
        return len(content.strip("0")) // 2 + 2
    return len(content.encode())


def test_a_callback_with_a_rich_price_stays_under_a_write_unit(ports):
    ports.callbacks.place(CALLBACK)
    ports.callbacks.claim(CALLBACK.id, "worker-0a1b2c3d4e5f", now=NOON, lease=LEASE)
    for state in list(State)[2:7]:
        ports.callbacks.advance(CALLBACK.id, "worker-0a1b2c3d4e5f", state, NOON)
    hung_up = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    ports.callbacks.finish(CALLBACK.id, State.ENDED, hung_up, NOON, worker="worker-0a1b2c3d4e5f")

    found = ports.callbacks.find(CALLBACK.id)

    assert found == replace(
        CALLBACK,
        state=State.ENDED,
        reached=dict.fromkeys(list(State)[:8], NOON),
        starts_at=None,
        retries=None,
        manners=AS_USUAL,
        service=None,
        worker="worker-0a1b2c3d4e5f",
        lease_until=NOON + LEASE,
        verdict=hung_up,
    )
    if isinstance(ports.callbacks, DynamoCallbacks):
        table = ports.callbacks._items._get_connection()
        item = table.get_item(CALLBACK.id)["Item"]
        sizes = {name: len(name) + size(value) for name, value in item.items()}
        assert sum(sizes.values()) < A_WRITE_UNIT, sizes
