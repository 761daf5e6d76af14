"""One callback on the telephone, from the first ring to the last hang-up.

A destination may follow another: when its leg is over, `end_destination` takes it to the record and
to the purse, and the customer may be asked for the next number. The traces, the verdicts and the
money are those of the customer leg and of the destination leg that runs.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.routes import routes_of
from switchboard.errors import NotANumber, NotEnoughCredit, Refusal, SpendLimitReached
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from workers.dialling import Dialling
from workers.lengths import seconds_begun
from workers.phone import Leg, LegEnded, LegTrace, Phone
from workers.records import leg_records
from workers.threads import persist

WHY_NOT = {Ending.BUSY: "destination-busy", Ending.NO_ANSWER: "destination-no-answer"}
# How long a customer may take to dial, to the first key and from one key to the next.
FIRST_KEY_LIMIT = timedelta(seconds=8)
NEXT_KEY_LIMIT = timedelta(seconds=4)
TRIES = 3


@dataclass
class Conversation:
    """A claimed callback whose money is reserved. What happened to each leg is in its trace, also
    while it still happens; a leg that was not placed has none."""

    ports: Ports
    phone: Phone
    callback: Callback
    purse: Purse
    terms: PurseTerms
    dialling: Dialling
    report: Callable[[State], None]
    traces: dict[Party, LegTrace] = field(default_factory=dict)
    verdicts: dict[Party, Verdict] = field(default_factory=dict)
    money_ends: float | None = None

    async def hold(self) -> Verdict:
        """Connect both phones until somebody hangs up or the money ends; why it was over."""
        try:
            async with asyncio.timeout(None) as money:
                return await self._call_customer(money)
        except TimeoutError:
            connected = self._talking_since is not None
            ending = Ending.TALK_LIMIT if connected else Ending.NO_CREDIT
            return Verdict(ending, Culprit.CUSTOMER)
        except LegEnded as end:
            self.verdicts[end.party] = end.verdict
            # Who hangs up on hearing why the destination is not there has not ended the callback.
            return self.verdicts.get(Party.DESTINATION, end.verdict)

    def legs(self, verdict: Verdict) -> Iterator[LegRecord]:
        """The legs as they are charged by now, those of earlier destinations left out, which
        `callback.earlier` has; `verdict` is of those that have none of their own."""
        return leg_records(self.callback, self.traces, self.verdicts, verdict, self.money_ends)

    def end_destination(self, verdict: Verdict) -> None:
        """The destination leg is over, and the customer leg goes on: it may run until
        `_waits_until`, and another destination may be dialled."""
        legs = {leg.party: leg for leg in self.legs(verdict)}
        if Party.DESTINATION in legs:
            customer_s = legs[Party.CUSTOMER].seconds
            self.callback = self.purse.end_destination(legs[Party.DESTINATION], customer_s)
        self.traces.pop(Party.DESTINATION, None)
        self.verdicts.pop(Party.DESTINATION, None)

    async def _call_customer(self, money: asyncio.Timeout) -> Verdict:
        leg = self._leg(Party.CUSTOMER, self.callback.customer)
        async with self.dialling.dial(*leg) as customer:
            self._answered(Party.CUSTOMER, State.CUSTOMER_ANSWERED)
            self._pay_until(self._waits_until, money)
            if self.callback.destination is None:
                verdict = await self._ask_for_destination(customer)
                if verdict is not None:
                    return verdict
                self._pay_until(self._waits_until, money)
            else:
                await customer.play("one-moment")
            return await self._call_destination(customer, money)

    async def _call_destination(self, customer: Leg, money: asyncio.Timeout) -> Verdict:
        assert self.callback.destination is not None
        self.report(State.CALLING_DESTINATION)
        leg = self._leg(Party.DESTINATION, self.callback.destination)
        try:
            async with self.dialling.dial(*leg, heard_by=customer) as destination:
                await self.phone.join(customer, destination)
                self._answered(Party.DESTINATION, State.CONNECTED)
                return await self._talk(money)
        except LegEnded as end:
            if end.party is Party.DESTINATION and self._talking_since is None:
                self.verdicts[end.party] = end.verdict
                await customer.play(WHY_NOT.get(end.ending, "destination-unreachable"))
                return end.verdict
            raise

    async def _talk(self, money: asyncio.Timeout) -> Verdict:
        """Extend the hold, as long as there is money, a little before it is used up. Never returns:
        somebody hangs up, or the money ends."""
        loop = asyncio.get_running_loop()
        since = self._talking_since
        assert since is not None
        before_s = seconds_begun(self._trace(Party.CUSTOMER).answered, since)
        quantum_s = self.terms.quantum.total_seconds()
        while True:
            ends = since + self.purse.talk_s(before_s, 0)
            self._pay_until(ends, money)
            spare_s = ends - self.terms.margin.total_seconds() - loop.time()
            await asyncio.sleep(max(0.0, min(spare_s, quantum_s)))
            talked_s = seconds_begun(since, loop.time())
            await persist(self.purse.top_up, before_s + talked_s, talked_s)
            if spare_s <= quantum_s and ends == since + self.purse.talk_s(before_s, 0):
                await loop.create_future()  # that was all the money: the timeout ends the talk

    def _pay_until(self, instant: float, money: asyncio.Timeout) -> None:
        self.money_ends = instant
        money.reschedule(instant)

    async def _ask_for_destination(self, customer: Leg) -> Verdict | None:
        """Ask until a number is dialled that can be called; None where one was."""
        self.report(State.COLLECTING)
        for _ in range(TRIES):
            await customer.play_until_key("enter-destination")
            digits = await _collect(customer)
            try:
                await self._take_destination(digits)
            except (NotEnoughCredit, SpendLimitReached):
                await customer.play("no-credit")
                return Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
            except Refusal as refusal:
                unreadable = isinstance(refusal, NotANumber)
                await customer.play("invalid-number" if unreadable else "not-allowed")
            else:
                return None
        await customer.play("goodbye")
        return Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)

    async def _take_destination(self, digits: str) -> None:
        found = await asyncio.to_thread(dialled, self.ports, self.callback, digits)
        # From here on it is the destination, whether it can be paid for or not.
        self.callback = found
        answered = self._trace(Party.CUSTOMER).answered
        so_far_s = seconds_begun(answered, asyncio.get_running_loop().time())
        await asyncio.to_thread(self.purse.add_destination, found, so_far_s)
        self.dialling.routes = await asyncio.to_thread(routes_of, self.ports, found)

    def _leg(
        self, party: Party, number: PhoneNumber
    ) -> tuple[Party, PhoneNumber, PhoneNumber | None, LegTrace]:
        """Each party is shown the other's number."""
        shown = self.callback.destination if party is Party.CUSTOMER else self.callback.customer
        trace = self.traces[party] = LegTrace()
        return party, number, shown, trace

    def _answered(self, party: Party, state: State) -> None:
        answered_at = self._trace(party).answered_at
        assert answered_at is not None, "a block is entered when its leg was answered"
        self.purse.begin(party, answered_at)
        self.report(state)

    def _trace(self, party: Party) -> LegTrace:
        return self.traces.get(party) or LegTrace()

    @property
    def _talking_since(self) -> float | None:
        return self._trace(Party.DESTINATION).answered

    @property
    def _waits_until(self) -> float:
        answered = self._trace(Party.CUSTOMER).answered
        assert answered is not None
        return answered + self.purse.waiting_s()


async def _collect(leg: Leg) -> str:
    """What is dialled until `#` or a pause; `*` takes all of it back."""
    digits = ""
    limit = FIRST_KEY_LIMIT
    while (key := await leg.key(limit=limit)) not in (None, "#"):
        assert key is not None
        digits = "" if key == "*" else digits + key
        limit = NEXT_KEY_LIMIT
    return digits
