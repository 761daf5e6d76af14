"""The legs of a running callback: as a record tells of them, and as a heartbeat does."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import Callback
from switchboard.calls.ending import Party, Verdict
from switchboard.calls.leg import LegRecord
from switchboard.rating.quote import Quote
from workers.lengths import seconds_begun
from workers.phone import LegTrace


def leg_records(
    callback: Callback,
    traces: Mapping[Party, LegTrace],
    verdicts: Mapping[Party, Verdict],
    verdict: Verdict,
    money_ends: float | None,
) -> Iterator[LegRecord]:
    """The legs that were placed, not yet priced; `verdict` is of those that have none of their own.
    They are charged until they ended, or until now, and never beyond the instant at which the
    money ends: a timer that fires late is not the customer's."""
    numbers = {Party.CUSTOMER: callback.customer, Party.DESTINATION: callback.destination}
    for party, trace in traces.items():
        if trace.way is None:  # there was no trunk to place it by
            continue
        seconds, price, number = _charged_s(trace, money_ends), trace.way.price, numbers[party]
        assert number is not None, "nobody is dialled without a number"
        yield LegRecord(
            party=party,
            number=number,
            trunk=trace.way.trunk.name,
            verdict=verdicts.get(party, verdict),
            invited_at=trace.invited_at,
            ringing_at=trace.ringing_at,
            answered_at=trace.answered_at,
            ended_at=trace.ended_at,
            seconds=seconds,
            sip_code=trace.sip_code,
            hung_up_by_far_end=trace.hung_up_by_far_end,
            rtp=trace.rtp,
            trunk_cost=None if price is None else price.cost(seconds, trace.answered_at),
        )


def live_call(callback: Callback, records: Iterable[LegRecord], quote: Quote) -> LiveCall:
    """What a heartbeat tells of these legs, which are charged by this quote, and of those that were
    over before."""
    legs = {leg.party: leg for leg in records}
    customer, destination = legs.get(Party.CUSTOMER), legs.get(Party.DESTINATION)
    trunk = "" if customer is None else customer.trunk
    seconds = [0 if leg is None else leg.seconds for leg in (customer, destination)]
    live = LiveCall(
        trunk,
        None if customer is None else customer.seconds,
        earlier=callback.earlier,
        cost_micros=quote.cost_micros(*seconds),
        trunk_micros=_trunk_micros([*callback.earlier, *legs.values()]),
    )
    if destination is None:
        return live
    return replace(
        live,
        destination_s=destination.seconds,
        destination_trunk=None if destination.trunk == trunk else destination.trunk,
        # The state of the callback tells when the first one answered.
        destination_answered_at=destination.answered_at if callback.earlier else None,
    )


def _trunk_micros(legs: Iterable[LegRecord]) -> int | None:
    costs = [leg.trunk_cost for leg in legs]
    known = [cost.converted_micros for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def _charged_s(trace: LegTrace, money_ends: float | None) -> int:
    now = asyncio.get_running_loop().time()
    ends = now if trace.ended is None else trace.ended
    return seconds_begun(trace.answered, ends if money_ends is None else min(ends, money_ends))
