"""A leg in the record: when each step happened, how it ended, what it cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from switchboard.calls.ending import Party, Verdict
from switchboard.calls.quality import PACKET_MS, opinion, rating
from switchboard.calls.routing import TrunkCost
from switchboard.ledger.balance import NO_SECONDS
from switchboard.numbering import PhoneNumber
from switchboard.rating.price import LegPrice


@dataclass(frozen=True, slots=True)
class RtpQuality:
    """What arrived from the far end of one leg. `lost` counts packets, `discarded` those that came
    too late to be heard; jitter is the mean, and so are the time that audio waits for packets to
    come in order (`buffered_ms`) and the way to the far end and back, 0 where it is not known. For
    `released_s` it spoke past us, and nothing is known of how that sounded."""

    received: int
    lost: int
    jitter_ms: float
    discarded: int = 0
    buffered_ms: int = 0
    round_trip_ms: int = 0
    released_s: int = 0

    @property
    def mos(self) -> float | None:
        """How it sounded, by the E-model, to two decimals; None where no audio came."""
        sent = self.received + self.lost
        if not sent:
            return None
        loss = min(1.0, (self.lost + self.discarded) / sent)
        delay_ms = PACKET_MS + self.buffered_ms + self.round_trip_ms / 2
        return round(opinion(rating(loss=loss, delay_ms=delay_ms)), 2)


@dataclass(frozen=True, slots=True)
class LegRecord:
    """One leg: when each step happened, how it ended, what it cost.

    `seconds` is how long it was answered, in whole seconds begun; `covered_s` is what it burned of
    buckets, and `billed_s` what of it the rate charges. `hung_up_by_far_end` is None where the leg
    was never answered. `cost_micros` is what the account pays; `trunk_cost` is what the trunk takes
    for it, None where that is not known. `burned_s` is `covered_s` by bucket, for a destination leg
    that ended before its callback did: what it burned, no other leg does.
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
    burned_s: Mapping[str, int] = field(default_factory=dict)

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
