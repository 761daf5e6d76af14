"""A telephone exchange to test with: a worker, its stores and its telephone, all in memory."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta

from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.cdr import Cdr
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.desk.accounts import enter
from switchboard.desk.check_books import check_books
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.purse import PurseTerms
from switchboard.ledger.audit import Breach
from switchboard.ledger.balance import Balance
from switchboard.ledger.entries import EntryKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck
from tests.fakes.loop import SimulatedClock, run_simulated
from tests.fakes.phone import FakePhone, FarEnd
from tests.fakes.ports import MemoryClock, memory_ports
from tests.fakes.texts import PIN_KEY
from tests.fakes.world import ALICE, BOB, open_alice
from workers.channels import Channels
from workers.pace import Pace
from workers.session import Desk, Session
from workers.trunk_watch import TrunkWatch

# A cent a second for each leg: what a call costs can be counted on the fingers.
CENT_A_SECOND = "prefix,rate\n44,0.6\n1,0.6\n"
CENT = 10_000
TERMS = PurseTerms(
    quantum=timedelta(seconds=300),
    ring_limit=timedelta(seconds=60),
    margin=timedelta(seconds=15),
)

Events = Mapping[float, Callable[[Session], object]]


class Exchange:
    """Alice's account at a worker that is called w1. Phones that are not named answer after two
    seconds, as `FarEnd` says; a prompt lasts one."""

    def __init__(
        self,
        far_ends: Mapping[PhoneNumber, FarEnd] | None = None,
        *,
        opening_micros: int = 5_000_000,
        deck: str | None = None,
        terms: PurseTerms = TERMS,
        manners: Manners = AS_USUAL,
    ) -> None:
        ports = memory_ports()
        open_alice(ports, opening_micros=opening_micros)
        change_profile(ports, "alice", Changes(manners=manners))
        if deck is not None:
            ports.sheets.publish(RateSheet.of("retail", "v2", SheetTerms("EUR"), read_deck(deck)))
        self.ports = replace(ports, clock=SimulatedClock())
        self.phone = FakePhone(self.ports.clock, far_ends or {})
        channels = Channels(self.ports.workers, self.ports.clock, "w1")
        self.desk = Desk(
            self.ports,
            self.phone,
            "w1",
            terms,
            channels,
            TrunkWatch(self.ports.clock),
            Pace(channels, self.ports.throttle, self.ports.clock),
            pins=PIN_KEY,
        )

    @property
    def balance(self) -> Balance:
        return self.ports.books.balance("alice")

    @property
    def breaches(self) -> list[Breach]:
        """Asked for when the loop is over, and its clock with it."""
        return list(check_books(replace(self.ports, clock=MemoryClock())))

    @property
    def transcript(self) -> list[tuple[float, str]]:
        return self.phone.transcript

    def order(
        self,
        destination: PhoneNumber | None = BOB,
        *,
        customer: PhoneNumber = ALICE,
        identity: str = "1",
    ) -> Callback:
        order = Order(customer, destination, Trigger("test", identity))
        return order_callback(self.ports, self.ports.accounts.get("alice"), order)

    def connect(
        self, destination: PhoneNumber | None = BOB, events: Events | None = None
    ) -> Cdr | None:
        """Order a callback at second 0 and serve it; each event happens at its second."""

        async def story() -> Cdr | None:
            session = Session(self.desk, self.order(destination).id)
            for at_s, event in (events or {}).items():
                asyncio.get_running_loop().call_at(at_s, event, session)
            return await session.serve()

        return run_simulated(story())

    def top_up(self, micros: int) -> None:
        enter(self.ports, "alice", Money("EUR", micros), EntryKind.TOP_UP, reference="receipt-1")

    def callback(self, identity: str = "1") -> Callback:
        found = self.ports.callbacks.find(Trigger("test", identity).callback_id)
        assert found is not None
        return found
