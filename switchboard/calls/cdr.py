"""The CDR: the record of a finished callback with all its legs. It is also its settlement."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Party, Verdict
from switchboard.calls.leg import LegRecord, price_leg
from switchboard.ledger.cover import NO_COVER, Cover, burn, summed
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.money import Money


@dataclass(frozen=True, slots=True)
class Cdr:
    """A finished callback. Written once: whoever writes it first decides what it cost.

    `earlier` are the destination legs before the last one, in order, also those that nobody
    answered. A record of one destination takes one write unit; each further one may take another.
    """

    account: str
    callback: str
    requested_at: datetime
    ended_at: datetime
    trigger: str
    verdict: Verdict
    currency: str
    sheet: str
    version: str
    settlement: Settlement
    worker: str | None = None
    claimed_at: datetime | None = None
    customer: LegRecord | None = None
    destination: LegRecord | None = None
    earlier: tuple[LegRecord, ...] = ()

    @property
    def legs(self) -> Iterator[LegRecord]:
        """The legs that were placed: the customer's, then the destinations' in order."""
        legs = (self.customer, *self.earlier, self.destination)
        return (leg for leg in legs if leg is not None)

    @property
    def cost(self) -> Money:
        """What the callback cost in all."""
        return Money(self.currency, self.settlement.total_micros)

    @property
    def margin_micros(self) -> int | None:
        """What is left of its cost when the trunks are paid; None where that is not known."""
        margins = [leg.margin_micros for leg in self.legs]
        known = [margin for margin in margins if margin is not None]
        return sum(known) if len(known) == len(margins) else None

    @property
    def talked_s(self) -> int:
        """How long the customer talked, with whomever it was."""
        return sum(leg.seconds for leg in self.legs if leg.party is Party.DESTINATION)


def end_destination(
    callback: Callback, leg: LegRecord, customer_s: int, cover: Cover = NO_COVER
) -> Callback:
    """The callback after its destination leg ended and before another is dialled, when the
    customer leg had run for so long: the leg is priced now, once and for all."""
    return replace(callback, earlier=(*callback.earlier, _ended(callback, leg, customer_s, cover)))


def write_cdr(
    callback: Callback,
    legs: Iterable[LegRecord],
    verdict: Verdict,
    *,
    nonce: str,
    ended_at: datetime,
    lost: bool = False,
    cover: Cover = NO_COVER,
) -> Cdr:
    """The CDR of a callback that is over: `legs` are those of the customer and of the destination
    that ran to its end, and are priced by the quote and by what its hold has as cover; the earlier
    ones are priced already. A callback that nobody answered is void; `lost` marks one whose worker
    vanished."""
    running = {leg.party: leg for leg in legs}
    customer, last = running.get(Party.CUSTOMER), running.get(Party.DESTINATION)
    customer_s = 0 if customer is None else customer.seconds
    if last is not None:
        last = _ended(callback, last, customer_s, cover)
    if customer is not None:
        customer = _ended_customer(callback, customer, cover)
    ended = [leg for leg in (last, customer) if leg is not None]
    # What these burned is in the settlement.
    destinations = callback.earlier if last is None else (*callback.earlier, _bare(last))
    return Cdr(
        account=callback.account,
        callback=callback.id,
        requested_at=callback.requested_at,
        ended_at=ended_at,
        trigger=callback.trigger,
        verdict=verdict,
        currency=callback.quote.currency,
        sheet=callback.quote.sheet,
        version=callback.quote.version,
        settlement=_settlement([*callback.earlier, *ended], nonce, lost=lost),
        worker=callback.worker,
        claimed_at=callback.reached.get(State.CLAIMED),
        customer=None if customer is None else _bare(customer),
        destination=destinations[-1] if destinations else None,
        earlier=destinations[:-1],
    )


def _ended(callback: Callback, leg: LegRecord, customer_s: int, cover: Cover) -> LegRecord:
    """The leg of the last destination with its price, after the customer leg has burned what so
    many seconds of it do."""
    quote = callback.covered(cover)
    _, price = quote.legs(customer_s)
    assert price is not None, "no leg is placed without a price"
    takes = quote.cover.destination(quote.customer.due_s(customer_s))
    burned_s = burn(takes, price.due_s(leg.seconds))
    return replace(price_leg(leg, price, burned_s), burned_s=burned_s)


def _ended_customer(callback: Callback, leg: LegRecord, cover: Cover) -> LegRecord:
    """The customer leg with its price."""
    quote = callback.covered(cover)
    price, _ = quote.legs(leg.seconds)
    burned_s = burn(quote.cover.customer, price.due_s(leg.seconds))
    return replace(price_leg(leg, price, burned_s), burned_s=burned_s)


def _bare(leg: LegRecord) -> LegRecord:
    return replace(leg, burned_s={})


def _settlement(placed: Sequence[LegRecord], nonce: str, *, lost: bool) -> Settlement:
    answered = any(leg.seconds for leg in placed)
    kind = SettlementKind.POST if answered else SettlementKind.VOID
    return Settlement(
        SettlementKind.EXPIRE if lost else kind,
        nonce,
        sum(leg.cost_micros for leg in placed),
        burned_s=summed(pair for leg in placed for pair in leg.burned_s.items()),
    )
