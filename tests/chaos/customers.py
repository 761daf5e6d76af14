"""Those who order: through a door that stands behind the same faults, and again until answered."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import TypeVar

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from ringback.embedded.process import EmbeddedAws
from switchboard.aws import AwsSettings, open_ports
from switchboard.billing.account import Profile
from switchboard.desk.accounts import Terms, open_account
from switchboard.desk.orders import Order, cancel_callback, order_callback
from switchboard.ports import Ports
from tests.chaos.plan import ACCOUNT_NAMES, PATIENCE, Errand
from tests.fakes.exchange import CENT

OPENING_CENTS = 1_000_000
AGAIN_AFTER_S = 1.0
# What a door lets through where AWS fails: its caller gets a 500, and asks again.
AWS_FAILED = (PynamoDBException, BotoCoreError, ClientError)
Answer = TypeVar("Answer")


def open_accounts(ports: Ports) -> None:
    """Prepaid ones, which have enough for all that may happen."""
    for name in ACCOUNT_NAMES:
        profile = Profile(account=name, name=name, currency="EUR", sheet="cents", country="GB")
        open_account(ports, profile, Terms(OPENING_CENTS * CENT, max_callbacks=1000))


def ports_through(url: str, aws: EmbeddedAws, prefix: str) -> Ports:
    """The ports of a system whose AWS is at this URL."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**aws.environment, "AWS_ENDPOINT_URL": url}.items():
            patch.setenv(name, value)
        ports = open_ports(AwsSettings(aws.environment["AWS_DEFAULT_REGION"], prefix))
        # Its client looks for the endpoint at its first use.
        ports.trunks.all()
    return ports


class Customers:
    """They know what they ordered, and do not give up. `broken_off` counts what they asked in
    vain."""

    def __init__(self, ports: Ports, broken_off: Counter[str]) -> None:
        self._ports = ports
        self._broken_off = broken_off

    async def order(self, errand: Errand) -> None:
        """Have it placed, by as many askings at once as are planned."""
        await asyncio.gather(*(self._order(errand) for _ in range(errand.asked)))

    async def cancel(self, errand: Errand) -> None:
        """Have it ended, if it is under way."""
        ports, callback = self._ports, errand.trigger.callback_id
        await self._ask(lambda: cancel_callback(ports, errand.account, callback))

    async def _order(self, errand: Errand) -> None:
        customer, destination = errand.phones
        order = Order(customer, destination, errand.trigger, patience=PATIENCE)
        await self._ask(
            lambda: order_callback(self._ports, self._ports.accounts.get(errand.account), order)
        )

    async def _ask(self, wish: Callable[[], Answer]) -> Answer:
        while True:
            try:
                return await asyncio.to_thread(wish)
            except AWS_FAILED:
                self._broken_off["orders and cancellations"] += 1
                await asyncio.sleep(AGAIN_AFTER_S)
