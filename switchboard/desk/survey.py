"""A survey: all trunks for a number, in their order, as an operator wants to see them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from switchboard.billing.account import Profile
from switchboard.calls.routing import Route, Routes, Way
from switchboard.desk.routes import route_of
from switchboard.errors import NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.quote import Quote


@dataclass(frozen=True, slots=True)
class Sale:
    """What an account pays for the leg, and for both where it has a number of its own to be called
    at; `routes` are those that its loss guard allows, or all of them without one."""

    leg_micros: int
    customer: PhoneNumber | None
    is_guarded: bool
    routes: Routes


@dataclass(frozen=True, slots=True)
class Survey:
    """The route of a number at an instant, for calls that last so long, compared in a currency."""

    number: PhoneNumber
    at: datetime
    seconds: int
    currency: str
    route: Route
    sale: Sale | None = None

    def without_costs(self) -> Self:
        """The same in the same order for whoever may not know what a trunk costs, nor whether
        somebody's guard allows it."""
        ways = tuple(Way(way.trunk) for way in self.route.ways)
        route = replace(self.route, ways=ways)
        sale = self.sale
        if sale is not None:
            sale = replace(sale, is_guarded=False, routes=Routes(Route(), route))
        return replace(self, route=route, sale=sale)


def survey(
    ports: Ports,
    number: PhoneNumber,
    *,
    at: datetime | None = None,
    seconds: int | None = None,
    payer: Profile | None = None,
) -> Survey:
    """The trunks of a number that is a destination, now and for the expected duration where nothing
    else is said; with the account that pays for it, what it pays and what its loss guard says."""
    at = at or ports.clock.now()
    terms = ports.settings.routing()
    terms = replace(terms, expected_s=seconds or terms.expected_s)
    currency = _comparing_in(ports) if payer is None else payer.currency
    route = route_of(ports, number, at, currency, terms=terms)
    found = Survey(number, at, terms.expected_s, currency, route)
    if payer is None:
        return found
    sheet = ports.sheets.current(payer.sheet_at(at))
    leg = sheet.price(number, at).begun(at)
    sold_micros = leg_micros = leg.cost_micros(terms.expected_s)
    customer, beside = payer.default_number, Route()
    if customer is not None:
        quote: Quote = sheet.quote(customer, number, at).begun(at, at)
        sold_micros = quote.cost_micros(terms.expected_s, terms.expected_s)
        beside = route_of(ports, customer, at, currency, terms=terms)
    routes = Routes(beside, route, sold_micros if payer.loss_guard else None)
    return replace(found, sale=Sale(leg_micros, customer, payer.loss_guard, routes))


def _comparing_in(ports: Ports) -> str:
    """What costs are compared in where nobody pays: the currency that all exchange rates are into,
    or that of the first cost sheet."""
    base = ports.settings.routing().exchange.base
    if base is not None:
        return base
    for trunk in ports.trunks.all():
        if trunk.cost_sheet is not None:
            try:
                return ports.sheets.current(trunk.cost_sheet).terms.currency
            except NotFound:
                continue
    return ""
