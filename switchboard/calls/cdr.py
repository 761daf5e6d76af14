"""The CDR: the record of a finished callback with both legs. It is also its settlement."""

from collections.abc import Iterable, Iterator
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
    """A finished callback. Written once: whoever writes it first decides what it cost."""

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

    @property
    def legs(self) -> Iterator[LegRecord]:
        """The legs that were placed."""
        return (leg for leg in (self.customer, self.destination) if leg is not None)

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
        """How long the two parties talked."""
        return 0 if self.destination is None else self.destination.seconds


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
    """The CDR of a callback that is over, its legs priced by the quote and by what its hold has as
    cover. A callback that nobody answered is void; `lost` marks one whose worker vanished."""
    legs = list(legs)
    seconds = {leg.party: leg.seconds for leg in legs}
    quote = replace(callback.quote, cover=cover)
    customer_s = seconds.get(Party.CUSTOMER, 0)
    customer, destination = quote.legs(customer_s)
    due_s = quote.customer.due_s(customer_s)
    priced: dict[Party, LegRecord] = {}
    burned: list[tuple[str, int]] = []
    for leg in legs:
        price, takes = customer, cover.customer
        if leg.party is Party.DESTINATION:
            assert destination is not None, "no leg is placed without a price"
            price, takes = destination, cover.destination(due_s)
        burned_s = burn(takes, price.due_s(leg.seconds))
        priced[leg.party] = price_leg(leg, price, burned_s)
        burned += burned_s.items()
    charge_micros = sum(leg.cost_micros for leg in priced.values())
    answered = any(leg.seconds for leg in priced.values())
    kind = SettlementKind.POST if answered else SettlementKind.VOID
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
        settlement=Settlement(
            SettlementKind.EXPIRE if lost else kind, nonce, charge_micros, burned_s=summed(burned)
        ),
        worker=callback.worker,
        claimed_at=callback.reached.get(State.CLAIMED),
        customer=priced.get(Party.CUSTOMER),
        destination=priced.get(Party.DESTINATION),
    )
