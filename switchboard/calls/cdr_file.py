"""Files of CDRs: their columns, and a CDR as a row."""

from datetime import datetime
from decimal import Decimal

from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import LegRecord
from switchboard.tables.cells import Cell, scaled

_LEG_COLUMNS = (
    "trunk prefix answered_at seconds billed_seconds covered_seconds cost trunk_cost trunk_currency"
).split()
COLUMNS = (
    *"requested_at ended_at callback account trigger from to reason culprit talked_seconds".split(),
    *"cost currency margin settlement late sheet version worker".split(),
    *(f"{party}_{column}" for party in ("customer", "destination") for column in _LEG_COLUMNS),
    *"earlier_numbers earlier_cost".split(),
)


def write_cdr_row(cdr: Cdr) -> list[Cell]:
    """The cells of a CDR under the columns: `cost` is that of both legs and of the earlier
    destinations together."""
    customer, destination, earlier = cdr.customer, cdr.destination, cdr.earlier
    cells: dict[str, Cell | None] = {
        "requested_at": _instant(cdr.requested_at),
        "ended_at": _instant(cdr.ended_at),
        "callback": cdr.callback,
        "account": cdr.account,
        "trigger": cdr.trigger,
        "from": None if customer is None else str(customer.number),
        "to": None if destination is None else str(destination.number),
        "reason": cdr.verdict.ending.value,
        "culprit": cdr.verdict.culprit.value,
        "talked_seconds": Decimal(cdr.talked_s),
        "cost": _amount(cdr.settlement.total_micros),
        "currency": cdr.currency,
        "margin": None if cdr.margin_micros is None else _amount(cdr.margin_micros),
        "settlement": cdr.settlement.kind.value,
        "late": "no" if cdr.settlement.late_micros is None else "yes",
        "sheet": cdr.sheet,
        "version": cdr.version,
        "worker": cdr.worker,
        **_leg("customer", customer),
        **_leg("destination", destination),
        "earlier_numbers": ", ".join(str(leg.number) for leg in earlier),
        "earlier_cost": _amount(sum(leg.cost_micros for leg in earlier)) if earlier else None,
    }
    return [cell if (cell := cells.get(column)) is not None else "" for column in COLUMNS]


def _leg(party: str, leg: LegRecord | None) -> dict[str, Cell | None]:
    if leg is None:
        return {}
    cost = leg.trunk_cost
    cells: dict[str, Cell | None] = {
        "trunk": leg.trunk,
        "prefix": leg.prefix,
        "answered_at": None if leg.answered_at is None else _instant(leg.answered_at),
        "seconds": Decimal(leg.seconds),
        "billed_seconds": Decimal(leg.billed_s),
        "covered_seconds": Decimal(leg.covered_s),
        "cost": _amount(leg.cost_micros),
        "trunk_cost": None if cost is None else _amount(cost.micros),
        "trunk_currency": None if cost is None else cost.currency,
    }
    return {f"{party}_{column}": cell for column, cell in cells.items()}


def _instant(at: datetime) -> str:
    """As text: an instant of a spreadsheet does not say by whose clocks it is."""
    return f"{at.replace(tzinfo=None).isoformat(timespec='seconds')}Z"


def _amount(micros: int) -> Decimal:
    return scaled(micros, 6)
