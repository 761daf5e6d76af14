"""Trunks: added and changed, with what they cost and what currencies are worth."""

import re
from dataclasses import dataclass, field, replace

from switchboard.calls.rewriting import Rewrite
from switchboard.calls.routing import RoutingTerms
from switchboard.calls.trunk import Trunk, parse_address
from switchboard.errors import Conflict, Malformed, NoExchangeRate, NotFound
from switchboard.money import check_currency
from switchboard.ports import Ports
from switchboard.rating.exchange import Exchange
from switchboard.sip.secret import Secret

_USER = re.compile(r"[A-Za-z0-9._@-]{1,64}", re.ASCII)


@dataclass(frozen=True, slots=True)
class TrunkChanges:
    """What to change of a trunk; None leaves a thing as it is. An empty name of a cost sheet says
    that its cost is not known, a capacity of zero that it has no limit, an empty user name that
    the carrier knows us by our address, an empty user in `rings_as`, which has a user name and a
    password, that we know it by its own only. Rules take the place of all there were."""

    address: str | None = None
    priority: int | None = None
    weight: int | None = None
    capacity: int | None = None
    cost_sheet: str | None = None
    rewrites: tuple[Rewrite, ...] | None = None
    enabled: bool | None = None
    rings_from: tuple[str, ...] | None = None
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    rings_as: tuple[str, str] | None = field(default=None, repr=False)

    def over(self, trunk: Trunk) -> Trunk:
        """This trunk, changed."""
        host, port = parse_address(self.address) if self.address else (trunk.host, trunk.port)
        credentials = trunk.credentials if self.credentials is None else self.credentials
        return replace(
            trunk,
            host=host,
            port=port,
            priority=trunk.priority if self.priority is None else self.priority,
            weight=trunk.weight if self.weight is None else self.weight,
            capacity=trunk.capacity if self.capacity is None else self.capacity or None,
            cost_sheet=trunk.cost_sheet if self.cost_sheet is None else self.cost_sheet or None,
            rewrites=trunk.rewrites if self.rewrites is None else self.rewrites,
            enabled=trunk.enabled if self.enabled is None else self.enabled,
            rings_from=trunk.rings_from if self.rings_from is None else self.rings_from,
            credentials=credentials if credentials and credentials[0] else None,
            rings_as=trunk.rings_as if self.rings_as is None else _secret(*self.rings_as),
        )


def find_trunk(ports: Ports, name: str) -> Trunk:
    """The trunk of this name. NotFound where there is none."""
    for trunk in ports.trunks.all(fresh=True):
        if trunk.name == name:
            return trunk
    raise NotFound(f"there is no trunk {name}")


def save_trunk(ports: Ports, trunk: Trunk) -> Trunk:
    """Add a trunk, or replace the one of its name. NotFound where its cost sheet does not exist;
    Conflict where another one rings as the same user; NoExchangeRate where its costs cannot be
    compared with those of the other trunks, or with what an account pays."""
    if trunk.cost_sheet is not None:
        currency = ports.sheets.current(trunk.cost_sheet, fresh=True).terms.currency
        _check_exchange(ports, trunk, currency)
    if trunk.rings_as is not None:
        _check_user(ports, trunk.name, trunk.rings_as)
    ports.trunks.save(trunk)
    return trunk


def change_trunk(ports: Ports, name: str, changes: TrunkChanges) -> Trunk:
    """The trunk with these changes; refuses as `save_trunk` does."""
    return save_trunk(ports, changes.over(find_trunk(ports, name)))


def set_expected(ports: Ports, seconds: int) -> RoutingTerms:
    """Compare trunks by calls of so many seconds, from now on."""
    return _save(ports, replace(ports.settings.routing(fresh=True), expected_s=seconds))


def set_exchange(ports: Ports, source: str, target: str, units: int) -> Exchange:
    """One unit of `source` is so many 10^-12 of `target`. All rates are into one currency, which
    the first decides."""
    terms = ports.settings.routing(fresh=True)
    changed = terms.exchange.with_rate(check_currency(source), check_currency(target), units)
    return _save(ports, replace(terms, exchange=changed)).exchange


def remove_exchange(ports: Ports, source: str) -> Exchange:
    """Forget what a currency is worth. Conflict where a trunk's cost sheet is in it, or an account
    and the cost of a trunk could not be compared any more."""
    terms = ports.settings.routing(fresh=True)
    currency = check_currency(source)
    changed = terms.exchange.without(currency)
    costs = _cost_currencies(ports)
    for trunk, costs_in in costs.items():
        if costs_in == currency:
            raise Conflict(f"the costs of trunk {trunk} are in {currency}")
    if costs:
        for account in ports.accounts.all():
            if account.profile.currency == currency:
                raise Conflict(f"account {account.profile.account} is in {currency}")
    return _save(ports, replace(terms, exchange=changed)).exchange


def check_payer(ports: Ports, currency: str) -> None:
    """NoExchangeRate where what an account in this currency pays cannot be compared with the cost
    of a trunk, which its calls would never take."""
    exchange = ports.settings.routing().exchange
    for trunk, costs_in in _cost_currencies(ports, fresh=False).items():
        if not exchange.joins(costs_in, currency):
            raise NoExchangeRate(
                f"there is no exchange rate between {costs_in}, which trunk {trunk} costs, and"
                f" {currency}, which this would pay"
            )


def _secret(user: str, password: str) -> Secret | None:
    if not user:
        return None
    if not (_USER.fullmatch(user) and password):
        raise Malformed("trunks ring as letters, digits and .-_@, up to 64, with a password")
    return Secret.of(user, password)


def _check_user(ports: Ports, trunk: str, secret: Secret) -> None:
    for other in ports.trunks.all(fresh=True):
        if other.name != trunk and other.rings_as and other.rings_as.user == secret.user:
            raise Conflict(f"trunk {other.name} rings as {secret.user}")


def _save(ports: Ports, terms: RoutingTerms) -> RoutingTerms:
    ports.settings.save_routing(terms)
    return terms


def _check_exchange(ports: Ports, trunk: Trunk, currency: str) -> None:
    exchange = ports.settings.routing(fresh=True).exchange
    others = {of for name, of in _cost_currencies(ports).items() if name != trunk.name}
    for other in sorted(others):
        exchange.rate(currency, other)
    sheets = (ports.sheets.current(name) for name in ports.sheets.names())
    apart = {sheet.terms.currency for sheet in sheets} - {currency}
    apart = {other for other in apart if not exchange.joins(currency, other)}
    # An account is in the currency of a sheet, so that most often nobody has to be asked.
    if apart:
        for account in ports.accounts.all():
            exchange.rate(currency, account.profile.currency)


def _cost_currencies(ports: Ports, *, fresh: bool = True) -> dict[str, str]:
    """The currencies of the cost sheets, by trunk."""
    found = {}
    for trunk in ports.trunks.all(fresh=fresh):
        if trunk.cost_sheet is not None:
            try:
                found[trunk.name] = ports.sheets.current(trunk.cost_sheet).terms.currency
            except NotFound:
                continue
    return found
