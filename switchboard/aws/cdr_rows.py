"""CDRs as rows of a file, straight from their records: a hundred thousand are written in the time
that making values of them would take."""

import json
import zlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any

from switchboard.aws.forms import from_json, from_us
from switchboard.calls.cdr_file import NO_LEG
from switchboard.calls.ending import Party
from switchboard.calls.routing import TrunkCost
from switchboard.tables.cells import Cell, scaled

# Lengths and prices of calls, and the minutes that neighbours began in, are often the same.
_KNOWN = 4096
_DESTINATION = Party.DESTINATION.value


def cdr_row(record: bytes) -> list[Cell]:
    """The cells of a packed CDR under the columns of `calls.cdr_file`: `cost` is that of both legs
    and of the earlier destinations together."""
    cdr = json.loads(zlib.decompress(record).decode())
    customer, destination = cdr.get("customer"), cdr.get("destination")
    earlier, settlement, verdict = cdr.get("earlier") or (), cdr["settlement"], cdr["verdict"]
    legs = [leg for leg in (customer, *earlier, destination) if leg]
    late_micros = settlement.get("late_micros")
    return [
        _instant(cdr["requested_at"]),
        _instant(cdr["ended_at"]),
        cdr["callback"],
        cdr["account"],
        cdr["trigger"],
        customer["number"] if customer else "",
        destination["number"] if destination else "",
        verdict["ending"],
        verdict["culprit"],
        _whole(sum(leg.get("seconds", 0) for leg in legs if leg["party"] == _DESTINATION)),
        _amount(settlement["charge_micros"] + (late_micros or 0)),
        cdr["currency"],
        _margin(legs),
        settlement["kind"],
        "no" if late_micros is None else "yes",
        cdr["sheet"],
        cdr["version"],
        cdr.get("worker") or "",
        *_leg(customer),
        *_leg(destination),
        ", ".join(leg["number"] for leg in earlier),
        _amount(sum(leg.get("cost_micros", 0) for leg in earlier)) if earlier else "",
    ]


def _leg(leg: Mapping[str, Any] | None) -> Sequence[Cell]:
    if not leg:
        return NO_LEG
    answered_us, cost = leg.get("answered_at"), leg.get("trunk_cost")
    return (
        leg["trunk"],
        leg.get("prefix", ""),
        "" if answered_us is None else _instant(answered_us),
        _whole(leg.get("seconds", 0)),
        _whole(leg.get("billed_s", 0)),
        _whole(leg.get("covered_s", 0)),
        _amount(leg.get("cost_micros", 0)),
        _amount(cost["micros"]) if cost else "",
        cost["currency"] if cost else "",
    )


def _margin(legs: Sequence[Mapping[str, Any]]) -> Cell:
    """What is left when the trunks are paid; nothing where that is not known of each leg."""
    micros = 0
    for leg in legs:
        cost = leg.get("trunk_cost")
        if not cost:
            return ""
        micros += leg.get("cost_micros", 0) - _converted_micros(cost)
    return _amount(micros)


def _converted_micros(cost: Mapping[str, Any]) -> int:
    if "rate" in cost:
        return from_json(cost, TrunkCost).converted_micros
    micros: int = cost["micros"]
    return micros


def _instant(us: int) -> str:
    """As text: an instant of a spreadsheet does not say by whose clocks it is."""
    minute, second = divmod(us // 1_000_000, 60)
    return f"{_minute(minute)}:{second:02}Z"


@lru_cache(_KNOWN)
def _minute(number: int) -> str:
    return from_us(number * 60_000_000).isoformat(timespec="minutes")[:16]


@lru_cache(_KNOWN)
def _whole(number: int) -> Decimal:
    return Decimal(number)


@lru_cache(_KNOWN)
def _amount(micros: int) -> Decimal:
    return scaled(micros, 6)
