"""Routing: which trunks carry a number, how long a call is expected to last, exchange rates."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import LINKED, AskFor, Entered, Field, ask, read_query
from chalicelib.admin.reading import whole
from chalicelib.admin.trunks import TRUNKS
from chalicelib.translation import mark
from switchboard.billing.account import check_id
from switchboard.calls.ending import Party
from switchboard.calls.routing import RoutingTerms, Way
from switchboard.desk.office import routing as office
from switchboard.desk.office.routing import Asked
from switchboard.desk.survey import Survey
from switchboard.errors import Malformed, NotFound, Refusal
from switchboard.money import check_currency, parse_units
from switchboard.rating.columns import format_units
from switchboard.rating.exchange import EXCHANGE_DECIMALS, Exchange
from switchboard.staff.rights import Action, Area, Right

ROUTING: Crumb = (mark("Routing"), "/admin/routing")
EXPECTED_S = RoutingTerms().expected_s


@dataclass(frozen=True, slots=True)
class Row:
    """A way as the page shows it: its number as it is sent, its cost, what is left of the sale, and
    whether the account's loss guard allows it."""

    way: Way
    sent: str
    cost: str = ""
    margin_micros: int | None = None
    allowed: bool = True


def add_to(pages: Pages) -> None:
    """The route of a number, and the values that decide it."""
    pages.show("/admin/route", show_route)
    pages.show(ROUTING[1], show_routing)
    pages.ask("/admin/routing/expected", set_expected)
    pages.ask("/admin/routing/expected/reset", reset_expected)
    pages.ask("/admin/routing/new-rate", add_rate)
    pages.ask("/admin/routing/rates/{currency}", edit_rate)
    pages.ask("/admin/routing/rates/{currency}/remove", remove_rate)


def show_route(console: Console) -> Response:
    expected = office.see_routing(console.ports, console.by).expected_s
    fields, entered = read_query(console, _asked(console, expected))
    found, alert, status = None, "", 200
    if entered is not None:
        try:
            found = office.look_up_route(console.ports, console.by, _question(entered))
        except Refusal as refusal:
            alert, status = refusal.message, 422
    return console.show(
        "admin/route.html",
        title=mark("Route of a number"),
        crumbs=[TRUNKS],
        status=status,
        fields=fields,
        found=found,
        alert=alert,
        rows=[] if found is None else _rows(found),
    )


def show_routing(console: Console) -> Response:
    terms = office.see_routing(console.ports, console.by)
    return console.show(
        "admin/routing.html",
        title=ROUTING[0],
        crumbs=[TRUNKS],
        terms=terms,
        default_s=EXPECTED_S,
        rates=[(name, _rate(terms.exchange, name)) for name in sorted(terms.exchange.rates)],
    )


def set_expected(console: Console) -> Response:
    known = office.see_routing(console.ports, console.by).expected_s

    def act(entered: Entered) -> Response:
        office.set_expected(console.ports, console.by, entered["seconds"])
        return _changed(console)

    hint = console.say(mark("Built in: %(seconds)s."), seconds=EXPECTED_S)
    field = Field(
        "seconds",
        mark("Seconds"),
        "number",
        str(known),
        required=True,
        longest=5,
        read=_seconds,
        hint=hint,
    )
    text = mark("Trunks of equal priority are compared by the full price of a call of this length.")
    form = replace(_form(mark("Expected duration")), fields=(field,), text=text)
    links = (
        []
        if known == EXPECTED_S
        else [("/admin/routing/expected/reset", mark("As it is built in"))]
    )
    return ask(console, form, act, template=LINKED, links=links)


def reset_expected(console: Console) -> Response:
    known = office.see_routing(console.ports, console.by).expected_s

    def act(_entered: Entered) -> Response:
        office.set_expected(console.ports, console.by, EXPECTED_S)
        return _changed(console)

    gaps = {"name": console.say(mark("Expected duration")), "now": known, "default": EXPECTED_S}
    text = console.say(mark("%(name)s is %(now)s and becomes %(default)s."), **gaps)
    form = _form(mark("As it is built in"), mark("Reset"))
    return ask(console, replace(form, text=text), act)


def add_rate(console: Console) -> Response:
    exchange = office.see_routing(console.ports, console.by).exchange

    def act(entered: Entered) -> Response:
        currency = entered["currency"]
        if currency in exchange.rates:
            raise Malformed(f"there is a rate of {currency}: change that")
        into, units = entered["into"], entered["rate"]
        office.set_exchange(console.ports, console.by, currency, into, units)
        return _changed(console)

    fields = (
        _currency("currency", mark("One unit of"), ""),
        _rate_field(""),
        _currency("into", mark("Of"), (exchange.base or "") if exchange.rates else ""),
    )
    text = mark("All rates are into one currency, which the first decides.")
    form = replace(_form(mark("New exchange rate"), mark("Add")), fields=fields, text=text)
    return ask(console, form, act)


def edit_rate(console: Console) -> Response:
    currency, exchange = _known(console)

    def act(entered: Entered) -> Response:
        base = exchange.base or ""
        office.set_exchange(console.ports, console.by, currency, base, entered["rate"])
        return _changed(console)

    title = f"{currency} → {exchange.base}"
    field = replace(_rate_field(_rate(exchange, currency)), unit=exchange.base or "")
    form = replace(_form(title), fields=(field,), text=mark("It counts for calls routed later."))
    return ask(
        console,
        form,
        act,
        template=LINKED,
        links=[(f"/admin/routing/rates/{currency}/remove", mark("Remove"))],
    )


def remove_rate(console: Console) -> Response:
    currency, _ = _known(console)

    def act(_entered: Entered) -> Response:
        office.remove_exchange(console.ports, console.by, currency)
        return _changed(console)

    text = mark("It is refused while an account, or the cost sheet of a trunk, is in it.")
    form = _form(mark("Remove this rate"), mark("Remove"))
    return ask(console, replace(form, text=text, danger=True), act)


def _asked(console: Console, expected_s: int) -> tuple[Field, ...]:
    fields = (
        Field("number", mark("Number"), "tel", required=True, longest=40),
        Field(
            "seconds",
            mark("Seconds of talk"),
            "number",
            longest=5,
            read=_seconds,
            hint=console.say(mark("Empty: %(seconds)s, as expected."), seconds=expected_s),
        ),
        Field("at", mark("At"), "datetime-local", longest=16, read=_instant, hint=mark("UTC.")),
    )
    account = Field(
        "account",
        mark("Account"),
        longest=64,
        read=lambda text: check_id("account", text),
        hint=mark("Also what it pays, and what its loss guard says."),
    )
    sees_accounts = console.by.may(Right(Area.ACCOUNTS, Action.SEE))
    return (*fields, account) if sees_accounts else fields


def _question(entered: Entered) -> Asked:
    return Asked(
        entered["number"],
        entered["at"] or None,
        entered["seconds"] or None,
        entered.get("account") or None,
    )


def _rows(found: Survey) -> list[Row]:
    allowed = None if found.sale is None else found.sale.routes.ways(Party.DESTINATION)
    return [_row(found, way, allowed is None or way in allowed) for way in found.route.ways]


def _row(found: Survey, way: Way, allowed: bool) -> Row:  # noqa: FBT001  what the guard says
    sent = way.trunk.sent(found.number)
    if way.price is None:
        return Row(way, sent, allowed=allowed)
    cost = way.price.cost(found.seconds, found.at)
    margin = None if found.sale is None else found.sale.leg_micros - cost.converted_micros
    return Row(way, sent, str(cost.money), margin, allowed)


def _known(console: Console) -> tuple[str, Exchange]:
    currency = console.part("currency")
    exchange = office.see_routing(console.ports, console.by).exchange
    if currency not in exchange.rates:
        raise NotFound(f"there is no exchange rate of {currency[:40]}")
    return currency, exchange


def _currency(name: str, label: str, value: str) -> Field:
    hint = mark("Three letters, like EUR.")
    return Field(name, label, value=value, required=True, longest=3, read=check_currency, hint=hint)


def _rate_field(value: str) -> Field:
    return Field(
        "rate", mark("Is"), value=value, required=True, longest=30, read=_units, hint=_LIKE
    )


_LIKE = mark("Like 0.9215.")


def _units(text: str) -> int:
    units = parse_units(text, decimals=EXCHANGE_DECIMALS)
    if units <= 0:
        raise Malformed("an exchange rate is more than nothing")
    return units


def _rate(exchange: Exchange, currency: str) -> str:
    return format_units(exchange.rates[currency], decimals=EXCHANGE_DECIMALS, least=2)


def _seconds(text: str) -> int:
    return RoutingTerms(whole(text)).expected_s


def _instant(text: str) -> datetime:
    try:
        read = datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=UTC)
    except ValueError:
        raise Malformed(f"“{text[:20]}” is no date and time") from None
    if not 2000 <= read.year < 2200:
        raise Malformed(f"the year {read.year:04} is not between 2000 and 2199")
    return read


def _changed(console: Console) -> Response:
    return console.go(ROUTING[1], console.say(mark("Routing was changed.")))


def _form(title: str, button: str = mark("Save")) -> AskFor:
    crumbs = [TRUNKS, ROUTING]
    # All forms of routing need the same right.
    use_case = office.set_expected
    return AskFor(title, button, back=ROUTING[1], crumbs=crumbs, use_case=use_case)
