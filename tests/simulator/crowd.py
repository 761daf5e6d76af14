"""Everybody but the workers: customers who ask again, clerks, and sweeps that overlap."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from random import Random

from switchboard.billing.classes import INTERNATIONAL
from switchboard.calls.callback import Trigger
from switchboard.desk.accounts import enter, set_limits, set_spend_limits
from switchboard.desk.orders import Order, cancel_callback, order_callback
from switchboard.desk.sweep import sweep
from switchboard.errors import Refusal
from switchboard.ledger.entries import EntryKind
from switchboard.ledger.spend import ALL
from switchboard.money import Money
from switchboard.ports import Ports
from tests.fakes.world import ALICE, BOB
from tests.simulator.trouble import OUT_OF_REACH

ACCOUNT = "alice"
# Long enough for several claims to lapse, one after the other.
PATIENCE = timedelta(minutes=4)


@dataclass(eq=False)
class Invocation:
    """Something that is done again and again, each time by another process: a crash ends it, and
    no more than that."""

    deed: Callable[[Ports, Random], object]
    ports: Ports
    random: Random
    alive: bool = True

    def step(self) -> None:
        try:
            self.deed(self.ports, self.random)
        except (Refusal, *OUT_OF_REACH):
            return

    def crash(self) -> None:
        return


def order(callbacks: int) -> Callable[[Ports, Random], None]:
    """One of so many triggers, as often as its provider likes."""

    def ask(ports: Ports, random: Random) -> None:
        number = random.randrange(callbacks)
        destination = BOB if number % 3 else None
        wanted = Order(ALICE, destination, Trigger("test", str(number)), PATIENCE)
        order_callback(ports, ports.accounts.get(ACCOUNT), wanted)

    return ask


def cancel(callbacks: int) -> Callable[[Ports, Random], None]:
    def ask(ports: Ports, random: Random) -> None:
        number = random.randrange(callbacks)
        cancel_callback(ports, ACCOUNT, Trigger("test", str(number)).callback_id)

    return ask


def clear_up(ports: Ports, random: Random) -> None:
    sweep(ports)


def pay(ports: Ports, random: Random) -> None:
    number = random.randrange(4)
    amount = Money("EUR", 50_000 * (number + 1))
    enter(ports, ACCOUNT, amount, EntryKind.TOP_UP, reference=str(number))


def correct(ports: Ports, random: Random) -> None:
    number = random.randrange(2)
    amount = Money("EUR", -30_000 * (number + 1))
    enter(ports, ACCOUNT, amount, EntryKind.CORRECTION, reference=str(number))


def block(ports: Ports, random: Random) -> None:
    ports.books.set_active(ACCOUNT, active=random.random() < 0.9)


def limit(ports: Ports, random: Random) -> None:
    set_limits(ports, ACCOUNT, credit_limit_micros=None, max_callbacks=random.randint(1, 4))


def ration(ports: Ports, random: Random) -> None:
    limit_micros = random.choice([None, 60_000, 120_000, 200_000])
    set_spend_limits(ports, ACCOUNT, {random.choice([ALL, INTERNATIONAL]): limit_micros})
