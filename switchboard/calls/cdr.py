"""The CDR: the record of a finished callback with both legs. It is also its settlement."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Party, Verdict
from switchboard.calls.routing import TrunkCost
from switchboard.ledger.balance import NO_SECONDS
from switchboard.ledger.cover import NO_COVER, Cover, burn, summed
from switchboard.ledger.entries import Settlement, SettlementKind
from switchboard.money import Money
from switchboard.numbering import PhoneNumber
from switchboard.rating.price import LegPrice


@dataclass(frozen=True, slots=True)
class RtpQuality:
    """What arrived from the far end of one leg. `lost` counts packets; jitter is the mean."""

    received: int
    lost: int
    jitter_ms: float


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One leg: when each step happened, how it ended, what it cost.

    `seconds` is how long it was answered, in whole seconds begun; `covered_s` is what it burned of
    buckets, and `billed_s` what of it the rate charges. `hung_up_by_far_end` is None where the leg
    was never answered. `cost_micros` is what the account pays; `trunk_cost` is what the trunk takes
    for it, None where that is not known.
    """

    party: Party
    number: PhoneNumber
    trunk: str
    verdict: Verdict
    prefix: str = ""
    invited_at: datetime | None = None
    ringing_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    seconds: int = 0
    billed_s: int = 0
    cost_micros: int = 0
    sip_code: int | None = None
    hung_up_by_far_end: bool | None = None
    rtp: RtpQuality | None = None
    covered_s: int = 0
    trunk_cost: TrunkCost | None = None

    @property
    def margin_micros(self) -> int | None:
        """What is left of the account's payment, in its currency; None where that is not known."""
        if self.trunk_cost is None:
            return None
        return self.cost_micros - self.trunk_cost.converted_micros

    @property
    def pdd(self) -> timedelta | None:
        """Post-dial delay: from our INVITE to the first sign of ringing (ITU-T E.721)."""
        if self.invited_at is None or self.ringing_at is None:
            return None
        return self.ringing_at - self.invited_at


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


def price_leg(
    leg: LegRecord, price: LegPrice, burned_s: Mapping[str, int] = NO_SECONDS
) -> LegRecord:
    """The leg with what it costs, after it burned these seconds by bucket."""
    if leg.answered_at is not None:
        price = price.begun(leg.answered_at)
    return replace(
        leg,
        prefix=price.prefix,
        billed_s=price.billed_s(leg.seconds),
        cost_micros=price.cost_micros(leg.seconds),
        covered_s=sum(burned_s.values()),
    )
