"""Rates: what calls cost, found by a number, the beginning of one, or a name."""

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.routes import query_of
from switchboard.desk.rate_search import MOST_FOUND, find_rates
from switchboard.wire.forms import exact

LONGEST = 60


@for_customer
def show_rates(customer: Customer) -> Response:
    """The page; or its table alone, while somebody types."""
    sought = query_of(customer.request).get("q", "").strip()[:LONGEST]
    rates = find_rates(customer.ports, customer.account, sought) if sought else []
    part = "hx-request" in customer.request.headers
    shown = {
        "sought": sought,
        "rates": rates,
        "most": len(rates) == MOST_FOUND,
        "currency": customer.account.balance.currency,
        "exact": exact,
    }
    return customer.page("portal/rates_found.html" if part else "portal/rates.html", shown)
