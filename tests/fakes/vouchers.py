"""A voucher to test with."""

from random import Random

from switchboard.billing.batches import Batch, BatchKind
from switchboard.desk.pins import Mint, make_batch
from switchboard.ports import Ports
from tests.fakes.texts import PIN_KEY
from tests.fakes.world import NOON


def a_voucher(ports: Ports, name: str = "promo", currency: str = "EUR") -> str:
    """The PIN of a voucher for 2.00."""
    batch = Batch(name, BatchKind.VOUCHERS, 1, 10, currency, NOON, value_micros=2_000_000)
    pins: list[str] = []
    make_batch(
        ports,
        Mint(PIN_KEY, Random(name).randrange, threads=1),
        batch,
        lambda issued: pins.extend(one.pin for one in issued),
    )
    return pins[0]
