"""Alice with a system in memory, whose calendar is turned page by page."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import Deal, State, Subscription
from switchboard.desk.accounts import top_up
from switchboard.desk.catalogue import save_item
from switchboard.desk.recurring import Report, run_recurring
from switchboard.desk.subscriptions import subscribe
from switchboard.money import Money
from switchboard.ports import Ports
from tests.fakes.ports import memory_ports
from tests.fakes.world import open_alice

ITEM = Item("line", "EUR", 30_000_000, description="A line")


def alices_system(today: str, *, opening_micros: int = 1_000_000_000) -> Ports:
    ports = memory_ports()
    turn_to(ports, today)
    open_alice(ports, opening_micros=opening_micros)
    return ports


def turn_to(ports: Ports, today: str, zone: str = "UTC") -> None:
    """Noon of that day."""
    noon = datetime.combine(date.fromisoformat(today), time(12), ZoneInfo(zone))
    ports.clock.at = noon.astimezone(UTC)


def run_on(ports: Ports, today: str) -> Report:
    turn_to(ports, today)
    return run_recurring(ports)


def take(ports: Ports, **item) -> Subscription:
    """Offer an item, and let Alice subscribe to it."""
    offered = save_item(ports, replace(ITEM, **item), new=True)
    return subscribe(ports, "alice", Deal(offered.name))


def pay(ports: Ports, micros: int, reference: str = "1") -> None:
    top_up(ports, "alice", Money("EUR", micros), reference=reference)


def charges(ports: Ports) -> list[tuple[str, str]]:
    """The recurring entries of Alice's journal, with their amounts."""
    found = [one for one in ports.books.entries("alice") if one.identity.startswith("recurring")]
    return [
        (one.identity.removeprefix("recurring#"), Money("EUR", one.amount_micros).decimal)
        for one in found
    ]


def state(ports: Ports, name: str = "line") -> State:
    return ports.subscriptions.find("alice", name).state
