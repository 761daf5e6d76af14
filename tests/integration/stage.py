"""A stage: scripted conversations side by side on one system, each with accounts of its own."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from ringback.carrier import PhoneCall, PhoneScript, SimulatedCarrier
from ringback.embedded.process import EmbeddedAws
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.callback import Callback
from switchboard.calls.cdr import Cdr
from switchboard.desk.phone_books import set_speed_dials
from switchboard.desk.profiles import Changes, change_profile
from switchboard.ledger.balance import Balance
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck
from tests.fakes.texts import PIN_KEY
from tests.integration.chords import write_chords
from tests.integration.scripts import NOT_REACHED, PICKS_UP, follow, talks
from tests.integration.system import Customer, System, free_port, make_system, until

WORKERS = 5
# Two callbacks fit into a process with the stock engine.
ROOM = 2 * WORKERS
CALL_LIMIT_S = 70.0
LONG_PROMPT, LONG_PROMPT_S = "enter-voucher", 10.0
# A cent a second, but for +49, of which nobody can pay a second. To +33 there is no way, and +34
# costs more than it is sold for.
DECK = "prefix,rate\n44,0.6\n1,0.6\n33,0.6\n34,0.6\n49,6000\n"
COSTS = "prefix,rate\n44,0.1\n1,0.1\n49,0.1\n34,60\n"
CUSTOMER = "customer"
TALKS = talks()
AT_ONCE = {"delay": timedelta(), "quiet": timedelta()}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Cast:
    """Who takes part: Alice, whose speed dials 1 and 2 are her friend and another; the house, which
    pays until a PIN is known; a phone box, which is nobody's; a phone that a DID rings."""

    alice: Customer
    house: Customer
    service: PhoneNumber
    pin: str

    @classmethod
    def new(cls, system: System, cents: int) -> "Cast":
        number = next(_numbers)
        service = PhoneNumber(f"+442079471{number:03d}")
        return cls(system.customer(cents), system.customer(), service, f"58{number:04d}")

    @property
    def phones(self) -> Mapping[str, PhoneNumber]:
        number = self.pin[-3:]
        return {
            "alice": self.alice.phone,
            "friend": self.alice.friend,
            "other": self.house.friend,
            "neighbour": self.house.phone,
            "box": PhoneNumber(f"+447700900{number}"),
            "home": PhoneNumber(f"+447700901{number}"),
        }

    @property
    def accounts(self) -> Mapping[str, Customer]:
        return {"alice": self.alice, "house": self.house}

    @property
    def words(self) -> Mapping[str, str]:
        """What stands in scripts in braces: phones as they are dialled from abroad, and more."""
        dialled = {name: f"00{phone.digits}" for name, phone in self.phones.items()}
        own = "".join(filter(str.isdecimal, self.alice.account))
        local = f"0{self.house.phone.digits[2:]}"
        return {**dialled, "pin": self.pin, "account": own, "local": local}


# What is different for a conversation; gives more words for its scripts.
Prepare = Callable[[Ports, Cast], Mapping[str, str] | None]
# How a caller, or nobody who may be known, has it begin; gives what the door answers.
Door = Callable[["Stage", Cast, PhoneNumber | None], Awaitable[object]]


@dataclass(frozen=True)
class Conversation:
    """One case: what the customer's phone hears and does in each call, and what the CDRs tell of
    it: the destinations with their endings, and how it was over; a semicolon parts two CDRs. The
    customer is the phone that is rung, the payer whose account pays for it and gains so many cents
    meanwhile. The caller is the customer, where nobody else is named."""

    rule: str
    scripts: tuple[str, ...]
    cdrs: str
    door: Door
    caller: str | None = CUSTOMER
    service: Mapping[str, object] = field(default_factory=dict)
    prepare: Prepare = lambda _ports, _cast: None
    customer: str = "alice"
    payer: str = "alice"
    cents: int = 550
    gains: int = 0
    friend: PhoneScript = TALKS
    phone: PhoneScript = PICKS_UP
    rings_again: bool = False


@dataclass(frozen=True)
class Played:
    """What became of a conversation, and what the door answered each time."""

    cast: Cast
    answers: tuple[object, ...]
    scripted: tuple[str, ...]
    scripts: tuple[str, ...]
    times: tuple[Mapping[str, float], ...]
    calls: tuple[PhoneCall, ...]
    callbacks: tuple[Callback, ...]
    cdrs: tuple[Cdr, ...]
    balances: Mapping[str, Balance]

    @property
    def told(self) -> str:
        """The CDRs in words."""
        return "; ".join(map(self._told, self.cdrs))

    def _told(self, cdr: Cdr) -> str:
        names = {number: name for name, number in self.cast.phones.items()}
        ends = [
            f"{names[leg.number]} {leg.verdict.ending.value}"
            for leg in cdr.legs
            if leg is not cdr.customer
        ]
        return ", ".join([*ends, f"{cdr.verdict.ending.value} by {cdr.verdict.culprit.value}"])


class Stage:
    """A system whose prompts are chords, and a carrier with the phones of all casts."""

    def __init__(self, system: System, doorbell: int) -> None:
        self.system = system
        self.doorbell = doorbell
        self._phones: dict[str, PhoneScript] = {}

    def play(self, conversations: Sequence[Conversation]) -> dict[str, Played | BaseException]:
        """All of them side by side, as many at once as there is room for; by their rules."""
        return asyncio.run(self._play(conversations))

    def cast(self, conversation: Conversation) -> tuple[Cast, Mapping[str, str]]:
        """Who takes part, and the words of their scripts."""
        ports = self.system.ports
        cast = Cast.new(self.system, conversation.cents)
        change_profile(ports, cast.alice.account, Changes(pin_hash=PIN_KEY.hash(cast.pin)))
        phones, terms = cast.phones, {**AT_ONCE, **conversation.service}
        set_speed_dials(ports, cast.alice.account, {1: phones["friend"], 2: phones["other"]})
        if "account" in terms:
            terms["account"] = cast.accounts[terms["account"]].account
        if "rings" in terms:
            terms["rings"] = phones[terms["rings"]]
        ports.accounts.add_service_number(ServiceNumber(cast.service, **terms))
        return cast, {**cast.words, **(conversation.prepare(ports, cast) or {})}

    async def knock(self, conversation: Conversation, cast: Cast) -> object:
        """Have it begin; gives what the door answers."""
        name = conversation.customer if conversation.caller == CUSTOMER else conversation.caller
        return await conversation.door(self, cast, None if name is None else cast.phones[name])

    async def _play(
        self, conversations: Sequence[Conversation]
    ) -> dict[str, Played | BaseException]:
        room = asyncio.Semaphore(ROOM)
        async with SimulatedCarrier(self._phones, port=self.system.carrier_port) as carrier:

            async def one(conversation: Conversation) -> Played:
                async with room:
                    return await self._perform(carrier, conversation)

            outcomes = await asyncio.gather(*map(one, conversations), return_exceptions=True)
        return {one.rule: outcome for one, outcome in zip(conversations, outcomes, strict=True)}

    async def _perform(self, carrier: SimulatedCarrier, conversation: Conversation) -> Played:
        cast, words = await asyncio.to_thread(self.cast, conversation)
        number = str(cast.phones[conversation.customer])
        others = {"friend": conversation.friend, "other": talks(hertz=900), "neighbour": talks()}
        for name, script in others.items():
            self._phones[str(cast.phones[name])] = script
        scripted = tuple(script.format_map(words) for script in conversation.scripts)
        followed, calls, answers = [], [], []
        for turn, script in enumerate(scripted):
            self._phones[number] = NOT_REACHED.get(script, conversation.phone)
            if turn == 0 or conversation.rings_again:
                # What the call before took is charged, and nothing of it is held any more.
                await until(lambda turn=turn: self._settled(cast, turn) is not None)
                answers.append(await self.knock(conversation, cast))
            async with asyncio.timeout(CALL_LIMIT_S):
                calls.append(await carrier.next_call(number))
            followed.append(await follow(calls[-1], script))
        callbacks = await until(lambda: self._settled(cast, len(scripted)))
        return Played(
            cast=cast,
            answers=tuple(answers),
            scripted=scripted,
            scripts=tuple(script for script, _ in followed),
            times=tuple(times for _, times in followed),
            calls=tuple(calls),
            callbacks=callbacks,
            cdrs=tuple(map(self._cdr, callbacks)),
            balances={name: self.system.balance(one) for name, one in cast.accounts.items()},
        )

    def _settled(self, cast: Cast, count: int) -> tuple[Callback, ...] | None:
        """So many callbacks, the earliest first, as soon as nothing more will come of them."""
        ports = self.system.ports
        found = [
            callback
            for one in cast.accounts.values()
            for callback in ports.callbacks.recent(one.account, limit=20, cursor=None).items
        ]
        held = any(self.system.balance(one).holds for one in cast.accounts.values())
        if len(found) < count or held or not all(one.state.final for one in found):
            return None
        return tuple(sorted(found, key=lambda one: one.requested_at))

    def _cdr(self, callback: Callback) -> Cdr:
        cdr = self.system.ports.books.cdr(callback.account, callback.id, callback.requested_at)
        assert cdr is not None, f"{callback.id} was {callback.state}"
        return cdr


@contextmanager
def open_stage(aws: EmbeddedAws, folder: Path) -> Iterator[Stage]:
    """A stage whose workers take orders, and rings by SIP."""
    prompts, doorbell = folder / "prompts", free_port()
    write_chords(prompts, long=f"en/{LONG_PROMPT}", long_s=LONG_PROMPT_S)
    system = make_system(
        aws,
        folder / "workers.log",
        RINGBACK_PROMPTS=str(prompts),
        RINGBACK_RINGS_PORT=str(doorbell),
        RINGBACK_RING_LIMIT_S="4",
    )
    sheets, trunks = system.ports.sheets, system.ports.trunks
    sheets.publish(RateSheet.of("cents", "v2", SheetTerms("EUR"), read_deck(DECK)))
    sheets.publish(RateSheet.of("costs", "v1", SheetTerms("EUR"), read_deck(COSTS)))
    [trunk] = trunks.all()
    trunks.save(replace(trunk, cost_sheet="costs"))
    with system.workers(WORKERS):
        yield Stage(system, doorbell)
