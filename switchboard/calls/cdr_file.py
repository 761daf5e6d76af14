"""Files of CDRs: their columns."""

_LEG_COLUMNS = (
    "trunk prefix answered_at seconds billed_seconds covered_seconds cost trunk_cost trunk_currency"
).split()
NO_LEG = ("",) * len(_LEG_COLUMNS)
COLUMNS = (
    *"requested_at ended_at callback account trigger from to reason culprit talked_seconds".split(),
    *"cost currency margin settlement late sheet version worker".split(),
    *(f"{party}_{column}" for party in ("customer", "destination") for column in _LEG_COLUMNS),
    *"earlier_numbers earlier_cost".split(),
)
TALKED = COLUMNS.index("talked_seconds")
# What the customer pays.
PRICE_COLUMNS = frozenset("cost currency customer_cost destination_cost earlier_cost".split())
# What carriers are paid and what is earned, which some are not shown.
COST_COLUMNS = frozenset(name for name in COLUMNS if name == "margin" or "_trunk_c" in name)
