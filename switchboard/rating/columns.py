"""The charges of a row by their canonical columns (design §8), as exact decimal strings."""

from collections.abc import Mapping

from switchboard.errors import Malformed
from switchboard.money import parse_units
from switchboard.rating.row import FACTOR_DECIMALS, RATE_DECIMALS, Charges

# The column, the field of `Charges`, and the decimals that it is kept in.
CHARGE_COLUMNS: Mapping[str, tuple[str, int]] = {
    "connection_fee": ("connection_fee_picos", RATE_DECIMALS),
    "initial": ("initial_s", 0),
    "increment": ("increment_s", 0),
    "free_seconds": ("free_s", 0),
    "grace_period": ("grace_s", 0),
    "minimum_charge": ("minimum_picos", RATE_DECIMALS),
    "maximum_charge": ("maximum_picos", RATE_DECIMALS),
    "rate_multiplier": ("multiplier_millionths", FACTOR_DECIMALS),
    "rate_addition": ("addition_picos", RATE_DECIMALS),
    "surcharge_after": ("surcharge_after_s", 0),
    "surcharge": ("surcharge_picos", RATE_DECIMALS),
    "disconnect_fee": ("disconnect_fee_picos", RATE_DECIMALS),
    "post_call_surcharge_percent": ("post_call_percent_millionths", FACTOR_DECIMALS),
}


def read_charges(cells: Mapping[str, str]) -> Charges:
    """The charges that these columns name; an empty cell is left to the default."""
    values: dict[str, int | None] = {}
    for column, cell in cells.items():
        if column not in CHARGE_COLUMNS:
            raise Malformed(f"“{column}” is no charge; there are: {', '.join(CHARGE_COLUMNS)}")
        field, decimals = CHARGE_COLUMNS[column]
        try:
            values[field] = parse_units(cell, decimals=decimals) if cell.strip() else None
        except Malformed as refusal:
            raise Malformed(f"{column}: {refusal.message}") from None
    return Charges(**values)


def format_units(units: int, *, decimals: int, least: int = 0) -> str:
    """A whole number of 10^-decimals as a decimal string, with no more zeros than `least` asks."""
    sign = "-" if units < 0 else ""
    whole, rest = divmod(abs(units), 10**decimals)
    shown = (f"{rest:0{decimals}d}" if decimals else "").rstrip("0").ljust(least, "0")
    return f"{sign}{whole}.{shown}" if shown else f"{sign}{whole}"
