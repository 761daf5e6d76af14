"""Which trunks carry a number, and what decides it, as operators see and change that."""

from dataclasses import dataclass
from datetime import datetime

from switchboard.calls.routing import RoutingTerms
from switchboard.desk import trunks
from switchboard.desk.office.known import own_account, untold_accounts
from switchboard.desk.office.rights import log, needs
from switchboard.desk.survey import Survey, survey
from switchboard.numbering import parse_number
from switchboard.ports import Ports
from switchboard.rating.columns import format_units
from switchboard.rating.exchange import EXCHANGE_DECIMALS, Exchange
from switchboard.staff.audit import Change
from switchboard.staff.rights import Action, Area, Right
from switchboard.staff.users import Operator

SEE_ACCOUNTS = Right(Area.ACCOUNTS, Action.SEE)


@dataclass(frozen=True, slots=True)
class Asked:
    """For which number a route is asked, when and for how long, and for which account: where they
    are left out, now, as long as is expected, and for nobody. A local number is one of the
    account's country."""

    number: str
    at: datetime | None = None
    seconds: int | None = None
    account: str | None = None


@needs(Area.TRUNKS, Action.SEE)
def look_up_route(ports: Ports, by: Operator, asked: Asked) -> Survey:
    """The trunks of a number in their order, and why others are none. Whoever may not see costs is
    told none, nor what a loss guard makes of them."""
    payer = None
    if asked.account is not None:
        by.check(SEE_ACCOUNTS)
        payer = own_account(ports, by, asked.account).profile
    number = parse_number(asked.number, "US" if payer is None else payer.country)
    found = survey(ports, number, at=asked.at, seconds=asked.seconds, payer=payer)
    return found.without_costs() if by.role.hides_costs else found


@needs(Area.TRUNKS, Action.SEE)
def see_routing(ports: Ports, _by: Operator) -> RoutingTerms:
    """What holds for all routes."""
    return ports.settings.routing(fresh=True)


@needs(Area.TRUNKS, Action.CHANGE)
def set_expected(ports: Ports, by: Operator, seconds: int) -> RoutingTerms:
    """Compare trunks by calls of so many seconds, from now on."""
    old = ports.settings.routing(fresh=True)
    new = trunks.set_expected(ports, seconds)
    if new != old:
        change = Change("expected duration", f"{old.expected_s} s", f"{new.expected_s} s")
        log(ports, by, "change", "routing", [change])
    return new


@needs(Area.TRUNKS, Action.CHANGE)
def set_exchange(ports: Ports, by: Operator, source: str, target: str, units: int) -> Exchange:
    """Say what one unit of a currency is in another, as the desk keeps it."""
    old = ports.settings.routing(fresh=True).exchange
    new = trunks.set_exchange(ports, source, target, units)
    _log_rate(ports, by, source, old, new)
    return new


@needs(Area.TRUNKS, Action.CHANGE)
def remove_exchange(ports: Ports, by: Operator, source: str) -> Exchange:
    """Forget what a currency is worth. Conflict where it is needed."""
    old = ports.settings.routing(fresh=True).exchange
    with untold_accounts(by):
        new = trunks.remove_exchange(ports, source)
    _log_rate(ports, by, source, old, new)
    return new


def _log_rate(ports: Ports, by: Operator, source: str, old: Exchange, new: Exchange) -> None:
    currency = source.strip().upper()
    was, became = (_said(one, currency) for one in (old, new))
    if was != became:
        deed = "add" if not was else "remove" if not became else "change"
        log(ports, by, deed, f"exchange rate {currency}", [Change("one is", was, became)])


def _said(exchange: Exchange, currency: str) -> str:
    if currency not in exchange.rates:
        return ""
    units = exchange.rates[currency]
    return f"{format_units(units, decimals=EXCHANGE_DECIMALS, least=2)} {exchange.base}"
