"""Trunks: added and changed, with what they cost and what currencies are worth."""

import re
from dataclasses import dataclass, field, fields, replace
from datetime import timedelta
from typing import Any

from switchboard.calls.caller_id import CallerId, Header
from switchboard.calls.link import Codec, Link, Transport
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.routing import RoutingTerms
from switchboard.calls.trunk import Trunk, parse_address
from switchboard.errors import Conflict, Malformed, NoExchangeRate, NotFound
from switchboard.money import check_currency
from switchboard.ports import Ports
from switchboard.rating.exchange import Exchange
from switchboard.sip.secret import Secret

_USER = re.compile(r"[A-Za-z0-9._@-]{1,64}", re.ASCII)
# What carriers call us by stands in quotes in one header, and in a URI in another.
_OWN_USER = re.compile(r"[A-Za-z0-9._@+!*()=&$,/~#-]{1,128}", re.ASCII)

# Where nothing is said by an empty name, or by zero.
_NOTHING = frozenset({"capacity", "cost_sheet", "keep_alive", "calls_per_second"})
# In the place of whose number a trunk is asserted.
NONE = "none"
_CALLER_ID = frozenset(
    {"sender", "sender_rewrites", "sender_domain", "asserted", "asserted_rewrites"}
)


@dataclass(frozen=True, slots=True)
class TrunkChanges:
    """What to change of a trunk; None leaves a thing as it is. An empty name of a cost sheet says
    that its cost is not known, zero that a capacity or the calls of a second have no limit, no time
    to keep it alive that it is not asked, an empty user name that the carrier knows us by our
    address, an empty user in `rings_as`, which has a user name and a password, that we know it by
    its own only, an empty proxy that there is none. Rules take the place of all there were.
    `sender` and `asserted` are whose number From and P-Asserted-Identity have: caller, account, or
    a number; the second may be none."""

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
    reply_limit: timedelta | None = None
    rests_after: int | None = None
    keep_alive: timedelta | None = None
    sender: str | None = None
    sender_rewrites: tuple[Rewrite, ...] | None = None
    sender_domain: str | None = None
    asserted: str | None = None
    asserted_rewrites: tuple[Rewrite, ...] | None = None
    transport: Transport | None = None
    proxy: str | None = None
    registers: bool | None = None
    srtp: bool | None = None
    codecs: tuple[Codec, ...] | None = None
    session_timers: bool | None = None
    release_media: bool | None = None
    calls_per_second: int | None = None

    def over(self, trunk: Trunk) -> Trunk:
        """This trunk, changed."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        given = {name: value for name, value in given.items() if value is not None}
        link = self._link(trunk.link, given)
        if "address" in given:
            where = parse_address(given.pop("address"), link.transport)
            given["host"], given["port"] = where
        for name in given.keys() & _NOTHING:
            given[name] = given[name] or None
        if self.credentials is not None:
            given["credentials"] = _checked_login(*self.credentials)
        if self.rings_as is not None:
            given["rings_as"] = _secret(*self.rings_as)
        for name in given.keys() & _CALLER_ID:
            del given[name]
        return replace(trunk, **given, link=link, caller_id=self._caller_id(trunk.caller_id))

    def _link(self, old: Link, given: dict[str, Any]) -> Link:
        """The link, changed by what is given of it, which is taken out."""
        said = {one.name: given.pop(one.name) for one in fields(old) if one.name in given}
        if self.proxy is not None:
            transport = said.get("transport", old.transport)
            said["proxy"] = parse_address(self.proxy, transport) if self.proxy else None
        return replace(old, **said)

    def _caller_id(self, old: CallerId) -> CallerId:
        sender, asserted = old.sender, old.asserted
        if self.sender is not None:
            sender = sender.read(self.sender)
        if self.sender_rewrites is not None:
            sender = replace(sender, rewrites=self.sender_rewrites)
        if self.asserted is not None:
            asserted = None if self.asserted == NONE else (asserted or Header()).read(self.asserted)
        if self.asserted_rewrites is not None and asserted is not None:
            asserted = replace(asserted, rewrites=self.asserted_rewrites)
        domain = old.domain if self.sender_domain is None else self.sender_domain
        return CallerId(sender, asserted, domain)


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


def _checked_login(user: str, password: str) -> tuple[str, str] | None:
    if not user:
        return None
    if not (_OWN_USER.fullmatch(user) and password and password.isprintable()):
        raise Malformed("a user is letters, digits and marks without quotes, with a password")
    return user, password


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
