"""Routes: the trunks that a callback's legs may take, and whether it is worth placing at all."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback
from switchboard.calls.routing import Route, Routes, RoutingTerms, TrunkPrice, route
from switchboard.calls.trunk import Trunk
from switchboard.errors import LossGuard, NoRoute, NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports
from switchboard.rating.quote import Quote
from switchboard.rating.sheet import RateSheet


def check_routes(
    ports: Ports,
    profile: Profile,
    quote: Quote,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
) -> None:
    """Whether a callback may be placed now. NoRoute where there are trunks and none of them carries
    a leg; LossGuard where the account has one and even the cheapest pair of trunks would cost more
    than both legs are sold for. A system without trunks is not refused: its workers say so."""
    routes = _routes(ports, quote, customer, destination)
    for one in (routes.customer, routes.destination):
        if one is not None and one.left_out and not one.ways:
            raise NoRoute("calls to this number are not possible at present")
    if _guarded(ports, profile, quote, routes).lose:
        raise LossGuard("these two numbers cannot be connected at present")


def routes_of(ports: Ports, callback: Callback) -> Routes:
    """The routes of a callback as its worker takes them: drawn by its id, and only those that its
    account's loss guard allows."""
    quote = callback.quote
    routes = _routes(ports, quote, callback.customer, callback.destination, draw=callback.id)
    if not routes.guardable:
        return routes
    return _guarded(ports, ports.accounts.get(callback.account).profile, quote, routes)


def route_of(
    ports: Ports,
    number: PhoneNumber,
    at: datetime,
    currency: str,
    *,
    trunks: Sequence[Trunk] | None = None,
    terms: RoutingTerms | None = None,
    draw: str | None = None,
) -> Route:
    """The route of one number, its ways compared in this currency; over these trunks and by these
    terms, where they are not those of all calls."""
    if trunks is None:
        trunks = ports.trunks.all()
    if terms is None:
        terms = ports.settings.routing()
    sheets = _cost_sheets(ports, trunks)
    return route(number, at, trunks, sheets, terms, currency=currency, draw=draw)


def trunk_price(
    ports: Ports, name: str, number: PhoneNumber, at: datetime, currency: str
) -> TrunkPrice | None:
    """How a leg over the trunk of this name, which carried it, is charged to us by its cost sheet
    as it is now; None where that is not known any more."""
    carried = [replace(one, enabled=True) for one in ports.trunks.all() if one.name == name]
    ways = route_of(ports, number, at, currency, trunks=carried).ways
    return ways[0].price if ways else None


def _routes(
    ports: Ports,
    quote: Quote,
    customer: PhoneNumber,
    destination: PhoneNumber | None,
    *,
    draw: str | None = None,
) -> Routes:
    def of(number: PhoneNumber) -> Route:
        return route_of(ports, number, ports.clock.now(), quote.currency, draw=draw)

    return Routes(of(customer), None if destination is None else of(destination))


def _guarded(ports: Ports, profile: Profile, quote: Quote, routes: Routes) -> Routes:
    if not (profile.loss_guard and routes.guardable):
        return routes
    now, expected_s = ports.clock.now(), ports.settings.routing().expected_s
    sold_micros = quote.begun(now, now).cost_micros(expected_s, expected_s)
    return replace(routes, most_micros=sold_micros)


def _cost_sheets(ports: Ports, trunks: Sequence[Trunk]) -> dict[str, RateSheet]:
    """The cost sheets of these trunks, where they are there."""
    sheets = {}
    for name in {trunk.cost_sheet for trunk in trunks if trunk.enabled}:
        if name is not None:
            try:
                sheets[name] = ports.sheets.current(name)
            except NotFound:
                continue
    return sheets
