"""One callback on the telephone, from the first ring to the last hang-up.

A destination may follow another: when its leg is over, `end_destination` takes it to the record and
to the purse, and the customer may be asked for the next number. The traces, the verdicts and the
money are those of the customer leg and of the destination leg that runs.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from switchboard.billing.account import Account
from switchboard.billing.pins import PinKey
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback, State
from switchboard.calls.caller_id import Caller
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.desk.identification import Identified, identify
from switchboard.desk.orders import dialled
from switchboard.desk.purse import Purse, PurseTerms
from switchboard.desk.routes import routes_of
from switchboard.errors import NotEnoughCredit, Refusal, SpendLimitReached
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from workers.dialling import Dialling
from workers.dialogue.announcements import FIRST_WARNING, tell_balance, warn, what_became
from workers.dialogue.asking import USUAL_ASKING, AskingTerms, asked_within
from workers.dialogue.confirm import CONFIRMED, NOT_CONFIRMED, confirmed, phone_confirmed
from workers.dialogue.destination import (
    BALANCE_CODE,
    PHONE_CODE,
    VOUCHER_CODE,
    NothingDialled,
    meant,
)
from workers.dialogue.keypad import TRIES, enter, forget
from workers.dialogue.language import choose_language
from workers.dialogue.numbers import register_phone
from workers.dialogue.passing import pass_keys, pass_keys_until_dropped
from workers.dialogue.pin import PinDoor, offer_to_remember
from workers.dialogue.refusals import cannot_serve, words_for
from workers.dialogue.vouchers import redeem_voucher
from workers.lengths import seconds_begun
from workers.phone import Leg, LegEnded, LegTrace, Phone
from workers.records import leg_records
from workers.threads import persist, to_the_end

REFUSED = Verdict(Ending.REFUSED, Culprit.CUSTOMER)
# The customer has dropped the destination, and goes on.
DROPPED = Verdict(Ending.HUNG_UP, Culprit.CUSTOMER)
# Whatever was dialled next could not be paid for either.
MONEY_ENDED = (NotEnoughCredit, SpendLimitReached)
# No talk lasts longer than a day; this is for all of them in one call.
SESSION_LIMIT = timedelta(hours=25)
# How long a customer whose money has ended waits to hear why.
ASKED_WITHIN = timedelta(seconds=2)


@dataclass
class Conversation:
    """A claimed callback whose money is reserved. What happened to each leg is in its trace, also
    while it still happens; a leg that was not placed has none. `became` is the end that the
    customer is being told of, or that the phone was confirmed: who hangs up then does not change
    that. Without `pins` no PIN can be read. Who `gave_pin` is known for sure, which a caller ID is
    not."""

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
    pins: PinKey | None = None
    asking: AskingTerms = USUAL_ASKING
    dials: bool = field(init=False)
    became: Verdict | None = None
    gave_pin: bool = False

    def __post_init__(self) -> None:
        # Who is asked for the destination is asked for the next one, too.
        self.dials = self.callback.destination is None

    async def hold(self) -> Verdict:
        """Connect both phones until somebody hangs up or the money ends; why it was over."""
        try:
            leg = self._leg(Party.CUSTOMER, self.callback.customer)
            async with self.dialling.dial(*leg) as customer:
                customer.language = self.callback.language
                self._answered(Party.CUSTOMER, State.CUSTOMER_ANSWERED)
                return await self._attend(customer)
        except LegEnded as end:
            self.verdicts[end.party] = end.verdict
            # Who hangs up on hearing why the destination is not there has not ended the callback.
            return self.verdicts.get(Party.DESTINATION, self.became or end.verdict)

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

    async def _attend(self, customer: Leg) -> Verdict:
        """All that the customer pays for; why it was over is told after that, at our expense."""
        try:
            session = asyncio.timeout(SESSION_LIMIT.total_seconds())
            async with session, asyncio.timeout(None) as money:
                self._pay_until(self._waits_until, money)
                return await self._connect(customer, money)
        except TimeoutError:
            connected = self._talking_since is not None
            ending = Ending.TALK_LIMIT if connected else Ending.NO_CREDIT
            self.became = Verdict(ending, Culprit.CUSTOMER)
            await customer.play(await self._why_over())
            return self.became

    async def _why_over(self) -> str:
        """The prompt that says why the customer cannot go on; what is likely where nobody knows."""
        legs = {leg.party: leg.seconds for leg in self.legs(REFUSED)}
        spent = legs[Party.CUSTOMER], legs.get(Party.DESTINATION, 0)
        try:
            async with asyncio.timeout(ASKED_WITHIN.total_seconds()):
                refusal = await persist(self.purse.why_no_more, *spent)
        except TimeoutError:
            return "credit-ended"
        if isinstance(refusal, NotEnoughCredit):
            return "credit-ended"
        return "time-limit" if refusal is None else words_for(refusal)

    async def _connect(self, customer: Leg, money: asyncio.Timeout) -> Verdict:
        if self.callback.confirms:
            return await self._confirm(customer)
        if self.callback.manners.confirm and not await confirmed(customer):
            return NOT_CONFIRMED
        if self.callback.destination is not None:
            await customer.play("one-moment")
            return await self._call_destinations(customer, money)
        self.report(State.COLLECTING)
        return await asked_within(
            self._may_be_asked, customer, self._collect(customer, money)
        ) or await self._call_destinations(customer, money)

    async def _collect(self, customer: Leg, money: asyncio.Timeout) -> Verdict | None:
        return await self._receive(customer, money) or await self._ask_for_destination(
            customer, money, "enter-destination"
        )

    async def _confirm(self, customer: Leg) -> Verdict:
        if self.pins is None:
            return await cannot_serve(customer)
        verdict = await phone_confirmed(customer, self.ports, self.pins, self.callback)
        if verdict == CONFIRMED:
            self.became = verdict
            await customer.play("number-added")
        return verdict

    async def _receive(self, customer: Leg, money: asyncio.Timeout) -> Verdict | None:
        """Learn how to speak to the customer and who pays; None where they may go on."""
        callback, service = self.callback, await asyncio.to_thread(self._service)
        chosen = await choose_language(customer, () if service is None else service.languages)
        tells = callback.manners.tell_balance
        if callback.asks_pin:
            if service is None or self.pins is None:
                return await cannot_serve(customer)
            door = PinDoor(
                self.ports, self.pins, callback.customer, service.number, service.asks_account
            )
            try:
                account = await door.ask(customer)
                if account is None:
                    return REFUSED
                await self._identify(account)
                self.gave_pin = True
            except Refusal as refusal:
                await customer.play(words_for(refusal))
                return REFUSED
            self._pay_until(self._waits_until, money)
            if not chosen:
                customer.language = account.profile.language
            await offer_to_remember(customer, self.ports, account, callback.customer)
            tells = self.callback.manners.tell_balance is not False
        if tells:
            await tell_balance(customer, self.ports, self.callback.account)
        return None

    def _service(self) -> ServiceNumber | None:
        number = self.callback.service
        return None if number is None else self.ports.accounts.look_up(None, number).service

    async def _identify(self, account: Account) -> None:
        """Whoever settles has to know who pays, so that this comes to its end."""

        def pays(found: Identified) -> None:
            self.callback, self.purse = found.callback, found.purse

        known = self.ports, self.callback, account, self.purse, self._customer_s
        await to_the_end(pays, identify, *known)

    async def _call_destinations(self, customer: Leg, money: asyncio.Timeout) -> Verdict:
        """Call the destination, and the next ones, where the customer is asked for them."""
        while True:
            await self._tell_limit(customer)
            self.became = None
            verdict = await self._call_destination(customer, money)
            if not self._wants(self.callback.manners.ask_next):
                return verdict
            self.end_destination(verdict)
            self.became = verdict
            await persist(self.purse.top_up, self._customer_s, 0)
            self._pay_until(self._waits_until, money)
            await forget(customer)
            if verdict != DROPPED:
                await customer.play_until_key(what_became(verdict))
            asking = self._ask_for_destination(customer, money, "enter-next-destination")
            if await asked_within(self._may_be_asked, customer, asking):
                return verdict

    async def _tell_limit(self, customer: Leg) -> None:
        """Nothing where they cannot talk at all, should the other phone ring for long."""
        if self._wants(self.callback.manners.tell_limit):
            left_s = await asyncio.to_thread(self.purse.promised_s, self._customer_s)
            if left_s:
                await customer.play_until_key("you-can-talk-for", timedelta(seconds=left_s))

    async def _call_destination(self, customer: Leg, money: asyncio.Timeout) -> Verdict:
        assert self.callback.destination is not None
        self.report(State.CALLING_DESTINATION)
        leg = self._leg(Party.DESTINATION, self.callback.destination)
        try:
            async with self.dialling.dial(*leg, heard_by=customer) as destination:
                keys = self._wants(self.callback.manners.ask_next)
                await self.phone.join(customer, destination, keys=keys)
                self._answered(Party.DESTINATION, State.CONNECTED)
                return await self._talk(customer, destination, money)
        except LegEnded as end:
            if end.party is not Party.DESTINATION:
                raise
            self.verdicts[end.party] = end.verdict
            if self._talking_since is None and not self._wants(self.callback.manners.ask_next):
                await customer.play(what_became(end.verdict))
            return end.verdict

    async def _talk(self, customer: Leg, destination: Leg, money: asyncio.Timeout) -> Verdict:
        """Until the customer drops the destination; or somebody hangs up, or the money ends."""
        since, _ = self._talk_began()
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(self._pay_on(money)),
                group.create_task(warn(customer, self._left_s)),
                group.create_task(pass_keys(destination, customer, since)),
            ]
            if self._wants(self.callback.manners.ask_next):
                await pass_keys_until_dropped(customer, destination, since)
            else:
                await pass_keys(customer, destination, since)
            for task in beside:
                task.cancel()
        return DROPPED

    async def _pay_on(self, money: asyncio.Timeout) -> None:
        """Extend the hold, as long as there is money, a little before it is used up."""
        loop = asyncio.get_running_loop()
        since, before_s = self._talk_began()
        quantum_s = self.terms.quantum.total_seconds()
        while True:
            ends = since + self.purse.talk_s(before_s, 0)
            self._pay_until(ends, money)
            spare_s = ends - self.terms.margin.total_seconds() - loop.time()
            await asyncio.sleep(max(0.0, min(spare_s, quantum_s)))
            talked_s = seconds_begun(since, loop.time())
            await persist(self.purse.top_up, before_s + talked_s, talked_s)
            if spare_s <= quantum_s and ends == since + self.purse.talk_s(before_s, 0):
                return  # that was all the money: the timeout ends the talk

    async def _left_s(self) -> float:
        """How long the talk can go on; the account is looked at when what is held runs short."""
        now = asyncio.get_running_loop().time()
        since, before_s = self._talk_began()
        held_s = since + self.purse.talk_s(before_s, 0) - now
        if held_s > FIRST_WARNING.total_seconds():
            return held_s
        return since + await persist(self.purse.limit_s, before_s) - now

    def _talk_began(self) -> tuple[float, int]:
        """When, and for how many seconds the customer leg had run by then."""
        since = self._talking_since
        assert since is not None, "they talk"
        return since, seconds_begun(self._trace(Party.CUSTOMER).answered, since)

    def _pay_until(self, instant: float, money: asyncio.Timeout) -> None:
        self.money_ends = instant
        money.reschedule(instant)

    async def _ask_for_destination(
        self, customer: Leg, money: asyncio.Timeout, prompt: str
    ) -> Verdict | None:
        """Ask until a number is dialled that can be called; None where one was."""
        tries = TRIES
        while tries:
            entered = await enter(customer, prompt)
            try:
                if await self._serve(customer, entered):
                    continue
                await self._take_destination(entered)
            except NothingDialled as nothing:
                await customer.play(nothing.prompt)
            except Refusal as refusal:
                await customer.play(words_for(refusal))
                if isinstance(refusal, MONEY_ENDED):
                    return Verdict(Ending.NO_CREDIT, Culprit.CUSTOMER)
            else:
                self._pay_until(self._waits_until, money)
                return None
            tries -= 1
        await customer.play("goodbye")
        return Verdict(Ending.NO_DESTINATION, Culprit.CUSTOMER)

    async def _serve(self, customer: Leg, entered: str) -> bool:
        """Whether what was entered is a code, which is served then."""
        if entered == BALANCE_CODE:
            await tell_balance(customer, self.ports, self.callback.account)
        elif entered == VOUCHER_CODE and self.pins is not None:
            await redeem_voucher(customer, self.ports, self.pins, self.callback)
        elif entered == PHONE_CODE and self.pins is not None and self.gave_pin:
            await register_phone(customer, self.ports, self.pins, self.callback.account)
        else:
            return False
        return True

    async def _take_destination(self, entered: str) -> None:
        digits = await asyncio.to_thread(meant, self.ports, self.callback, entered)
        found = await asyncio.to_thread(dialled, self.ports, self.callback, digits)
        # From here on it is the destination, whether it can be paid for or not.
        self.callback = found
        await asyncio.to_thread(self.purse.add_destination, found, self._customer_s)
        self.dialling.routes = await asyncio.to_thread(routes_of, self.ports, found)

    def _wants(self, said: bool | None) -> bool:  # noqa: FBT001  one of the manners
        """What the manners say, else as usual: whoever dials the destination wants it."""
        return self.dials if said is None else said

    def _leg(
        self, party: Party, number: PhoneNumber
    ) -> tuple[Party, PhoneNumber, Caller, LegTrace]:
        """The customer is shown the number that they rang or texted, else each the other's."""
        if party is Party.CUSTOMER:
            caller = Caller(self.callback.service or self.callback.destination)
        else:
            shown = self.callback.manners.show_number is not False
            caller = Caller(self.callback.customer, shown=shown)
        trace = self.traces[party] = LegTrace()
        return party, number, caller, trace

    def _answered(self, party: Party, state: State) -> None:
        answered_at = self._trace(party).answered_at
        assert answered_at is not None, "a block is entered when its leg was answered"
        self.purse.begin(party, answered_at)
        self.report(state)

    def _trace(self, party: Party) -> LegTrace:
        return self.traces.get(party) or LegTrace()

    @property
    def _may_be_asked(self) -> timedelta:
        talked_s = sum(leg.seconds for leg in self.callback.earlier)
        return self.asking.left(timedelta(seconds=self._customer_s - talked_s))

    @property
    def _customer_s(self) -> int:
        """How long the customer leg has run."""
        return seconds_begun(
            self._trace(Party.CUSTOMER).answered, asyncio.get_running_loop().time()
        )

    @property
    def _talking_since(self) -> float | None:
        return self._trace(Party.DESTINATION).answered

    @property
    def _waits_until(self) -> float:
        answered = self._trace(Party.CUSTOMER).answered
        assert answered is not None
        return answered + self.purse.waiting_s()
