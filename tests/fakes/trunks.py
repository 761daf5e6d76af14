"""Trunks with cost sheets, beside the one that a small telephone company has."""

from switchboard.calls.trunk import Trunk
from switchboard.desk.trunks import save_trunk
from switchboard.ports import Ports
from switchboard.rating.sheet import RateSheet
from switchboard.rating.terms import SheetTerms
from tests.fakes.decks import read_deck


def add_trunk(
    ports: Ports,
    name: str,
    rate: str | None = None,
    *,
    currency: str = "EUR",
    prefixes: tuple[str, ...] = ("44", "1"),
    **fields,
) -> Trunk:
    """A trunk that costs so much a minute to these prefixes, by the second; None: nobody knows."""
    if rate is not None:
        deck = read_deck("prefix,rate\n" + "".join(f"{prefix},{rate}\n" for prefix in prefixes))
        sheet = RateSheet.of(f"cost-{name}", f"v-{rate}", SheetTerms(currency), deck)
        ports.sheets.publish(sheet)
        fields["cost_sheet"] = sheet.name
    return save_trunk(ports, Trunk(name, "127.0.0.1", **fields))
