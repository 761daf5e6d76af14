"""What a callback costs in DynamoDB: counted by the engine, call by call, in simulated time."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from ringback.embedded.process import EmbeddedAws
from switchboard.aws import AwsSettings, create_tables, open_ports
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback, State, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.calls.ring import Ring
from switchboard.desk.rings import ring_service_number
from switchboard.desk.text_senders import Incoming
from switchboard.desk.triggers import take_text
from switchboard.numbering import PhoneNumber
from switchboard.rating.row import Charges
from switchboard.rating.sheet import RateSheet
from tests.dynamodb_local.server import dynamodb_local
from tests.fakes.exchange import TERMS
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.texts import text_keys
from tests.fakes.trunks import add_trunk
from tests.fakes.world import ALICE, BOB, NOON, SERVICE, open_alice, retail_sheet
from tests.meters import Meter, metered
from workers.channels import Channels
from workers.pace import Pace
from workers.session import Desk, Session
from workers.trunk_watch import TrunkWatch

pytestmark = pytest.mark.dynamodb_local

MOST_WRITE_UNITS = 12
# That it is asked, what was dialled, and the money for it.
UNITS_OF_A_QUESTION = 3
# Which ring came first, and how often this phone was rung back.
UNITS_OF_A_RING = 2
RUNG = PhoneNumber("+442079460077")
MOST_CALLS_OF_A_WEBHOOK = 3
# As long as names in real decks are.
LONG_NAME = "United Kingdom - Mobile - Hutchison 3G (Three), special services"
REGION = "eu-central-1"

KEYS = text_keys()
logger = logging.getLogger(__name__)


class MeteredSystem:
    """A system whose every call of DynamoDB is counted, and a worker with a telephone in memory."""

    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        settings = AwsSettings(REGION, prefix=f"t{uuid4().hex[:8]}-")
        create_tables(settings)
        ports = open_ports(settings)
        open_alice(ports, opening_micros=100_000_000)
        self.ports = replace(ports, clock=SimulatedClock())
        self.publish("v2")
        ports.settings.classes()
        ports.settings.routing()
        ports.trunks.all()
        ports.accounts.add_service_number(ServiceNumber(RUNG, delay=timedelta()))
        ports.accounts.is_service_number(BOB)

    def publish(self, version: str, **terms) -> None:
        """A sheet with long names. It is warm afterwards, as it is for all calls but the first."""
        sheet = retail_sheet(**terms)
        rows = [replace(row, destination=LONG_NAME) for row in sheet.rows]
        self.ports.sheets.publish(RateSheet.of(sheet.name, version, sheet.terms, rows))
        self.ports.sheets.current(sheet.name).quote(ALICE, BOB, NOON)

    def connect(self, text: str, customer: FarEnd, destination: FarEnd) -> Cdr:
        """A callback from the SMS on; the meter begins with the SMS."""
        return self._connect(lambda: self.ask(text), customer, destination)

    def ring(self, customer: FarEnd, destination: FarEnd) -> Cdr:
        """A callback from the ring on."""

        def rung() -> Callback:
            trigger = Trigger("twilio-voice", f"CA{uuid4().hex}")
            now = self.ports.clock.now()
            return ring_service_number(self.ports, Ring(trigger, ALICE, RUNG, now))

        return self._connect(rung, customer, destination)

    def _connect(self, ask: Callable[[], Callback], customer: FarEnd, destination: FarEnd) -> Cdr:
        phone = FakePhone(self.ports.clock, {ALICE: customer, BOB: destination})
        name = _worker_name()
        channels = Channels(self.ports.workers, self.ports.clock, name)
        watch = TrunkWatch(self.ports.clock)
        pace = Pace(channels, self.ports.throttle, self.ports.clock)
        desk = Desk(self.ports, phone, name, TERMS, channels, watch, pace)

        async def story() -> Cdr | None:
            self.meter.asked.clear()
            callback = ask()
            return await Session(desk, callback.id).serve()

        cdr = run_simulated(story())
        assert cdr is not None
        return cdr

    def states(self, cdr: Cdr) -> list[State]:
        """What its callback went through; this is counted too."""
        return list(self.ports.callbacks.find(cdr.callback).reached)

    def ask(self, text: str) -> Callback:
        """What the webhook does with an SMS; a message id of Twilio's has 34 characters."""
        callback = self.ports.callbacks.find(self.text(text))
        assert callback is not None
        return callback

    def text(self, text: str) -> str:
        """The same, and no more than that; the id of the callback."""
        incoming = Incoming(Trigger("twilio-sms", f"SM{uuid4().hex}"), ALICE, SERVICE)
        take_text(self.ports, KEYS, incoming, text)
        return incoming.trigger.callback_id


def _worker_name() -> str:
    """As long as a container's host name and the worker's own mark make it."""
    return f"ip-10-0-123-234.eu-central-1.compute.internal-{uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def system(aws: EmbeddedAws) -> Iterator[MeteredSystem]:
    """Its queue is the embedded one's."""
    with (
        dynamodb_local() as engine,
        metered(engine) as meter,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in aws.environment.items():
            patch.setenv(name, value)
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", meter.url)
        yield MeteredSystem(meter)


@pytest.fixture(autouse=True)
def tables_are_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Where pytest is asked to: -rA, or --log-cli-level=INFO."""
    caplog.set_level(logging.INFO, logger.name)


def test_a_webhook_asks_the_database_three_times(system):
    async def story() -> None:
        system.meter.asked.clear()
        incoming = Incoming(Trigger("twilio-sms", f"SM{uuid4().hex}"), ALICE, SERVICE)
        take_text(system.ports, KEYS, incoming, str(BOB))

    run_simulated(story())

    logger.info("\n%s", system.meter.table())
    assert len(system.meter.asked) <= MOST_CALLS_OF_A_WEBHOOK


def test_a_webhook_that_looks_at_the_costs_of_trunks_asks_no_more(system):
    for name in ("cheap", "dear"):
        add_trunk(system.ports, name, "0.001", capacity=30)

    async def story() -> None:
        system.ask(str(BOB))
        system.meter.asked.clear()
        system.text(str(BOB))

    run_simulated(story())
    asked, cdr = len(system.meter.asked), system.connect(str(BOB), FarEnd(), FarEnd(hangs_up_s=60))

    logger.info("\n%s", system.meter.table())
    assert asked <= MOST_CALLS_OF_A_WEBHOOK
    assert system.meter.write_units <= MOST_WRITE_UNITS
    assert cdr.margin_micros is not None
    for name in ("cheap", "dear"):
        system.ports.trunks.remove(name)


@pytest.mark.parametrize("talk_s", [60, 299])
def test_a_callback_of_up_to_five_minutes_keeps_to_its_write_units(system, talk_s):
    cdr = system.connect(str(BOB), FarEnd(), FarEnd(hangs_up_s=talk_s))

    logger.info("\n%s", system.meter.table())
    assert cdr.talked_s == talk_s
    assert system.meter.write_units <= MOST_WRITE_UNITS
    assert len(system.states(cdr)) == 7


def test_a_callback_that_asks_for_the_destination_keeps_to_its_write_units(system):
    keys = tuple((0.5 + at / 10, key) for at, key in enumerate("0014155550100#"))

    cdr = system.connect("CB", FarEnd(presses=keys), FarEnd(hangs_up_s=60))

    logger.info("\n%s", system.meter.table())
    assert cdr.talked_s == 60
    assert system.meter.write_units <= MOST_WRITE_UNITS + UNITS_OF_A_QUESTION
    assert State.COLLECTING in system.states(cdr)


def test_a_ring_costs_its_own_marks_and_the_question(system):
    keys = tuple((0.5 + at / 10, key) for at, key in enumerate("0014155550100#"))

    cdr = system.ring(FarEnd(presses=keys), FarEnd(hangs_up_s=60))

    logger.info("\n%s", system.meter.table())
    assert cdr.talked_s == 60
    extra = UNITS_OF_A_QUESTION + UNITS_OF_A_RING
    assert system.meter.write_units <= MOST_WRITE_UNITS + extra


def test_daily_limits_and_a_sheet_with_every_charge_keep_to_the_write_units(system):
    rich = Charges(
        connection_fee_picos=10_000_000_000,
        initial_s=30,
        increment_s=6,
        free_s=5,
        grace_s=3,
        minimum_picos=50_000_000_000,
        maximum_picos=90_000_000_000_000,
        multiplier_millionths=1_250_000,
        surcharge_after_s=3600,
        surcharge_picos=250_000_000_000,
        disconnect_fee_picos=25_000_000_000,
        post_call_percent_millionths=12_500_000,
    )
    system.publish("v3", defaults=rich)
    balance = system.ports.books.balance("alice")
    limits = {"all": 90_000_000, "international": 80_000_000, "mobile": 70_000_000}
    assert system.ports.books.set_spend_limits(balance, limits)

    cdr = system.connect(str(BOB), FarEnd(), FarEnd(hangs_up_s=60))

    logger.info("\n%s", system.meter.table())
    assert cdr.version == "v3"
    spent = system.ports.books.balance("alice").spent
    assert {*spent.values()} == {cdr.settlement.charge_micros}
    assert system.meter.write_units <= MOST_WRITE_UNITS


def test_included_minutes_beside_all_that_keep_to_the_write_units(system):
    for name, prefix in (("united-kingdom", "44"), ("worldwide", "1")):
        grant(system.ports, a_bucket(6_000, prefix, name=name, per_day_s=1_000))

    cdr = system.connect(str(BOB), FarEnd(), FarEnd(hangs_up_s=299))

    logger.info("\n%s", system.meter.table())
    assert [leg.billed_s for leg in cdr.legs] == [0, 0]
    assert all(leg.covered_s for leg in cdr.legs)
    assert system.meter.write_units <= MOST_WRITE_UNITS
