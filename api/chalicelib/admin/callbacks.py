"""Callbacks of an account: placed for a customer with their price before, watched, cancelled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

from chalice.app import Response

from chalicelib.admin.account import crumbs_of, path_of
from chalicelib.admin.console import Console, Pages
from chalicelib.admin.forms import NONCE, AskFor, Entered, Field, ask, switch
from chalicelib.admin.live import STATES
from chalicelib.translation import mark
from switchboard.billing.account import Profile
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.manners import Manners
from switchboard.calls.planned import Planned
from switchboard.desk.office import accounts
from switchboard.desk.office import callbacks as office
from switchboard.desk.orders import Order
from switchboard.errors import Malformed
from switchboard.numbering import PhoneNumber, parse_number
from switchboard.staff.rights import Action, Area, Right
from switchboard.wire import quote_body

SEE_MONEY = Right(Area.MONEY, Action.SEE)
# Of the two buttons of the form, the one that places.
PLACE = "place"
ENDED = {
    "ended": mark("over"),
    "refused": mark("refused"),
    "expired": mark("came too late"),
    "planned": mark("planned"),
    "started": mark("being placed"),
    "placed": mark("placed"),
    "cancelled": mark("cancelled"),
    "missed": mark("missed"),
}


def add_to(pages: Pages) -> None:
    """The form that places a callback, the page of one, and its cancellation."""
    pages.ask("/admin/accounts/{id}/call", place)
    one = "/admin/accounts/{id}/callbacks/{callback}"
    # Without scripts, the whole page is loaded again.
    pages.refresh(one, show_callback)
    pages.refresh(f"{one}/progress", show_progress)
    pages.ask(f"{one}/cancel", cancel)


def place(console: Console) -> Response:
    name = console.part("id")
    profile = accounts.find_account(console.ports, console.by, name).profile

    def act(entered: Entered) -> Response | Mapping[str, object]:
        customer, destination, at = entered["customer"], entered["destination"], entered["at"]
        # What was changed since its price was shown is priced anew.
        priced = "#".join(map(str, (customer, destination, at)))
        pressed = console.form.text("do"), console.form.text("priced")
        if pressed != (PLACE, priced):
            price = office.price_callback(
                console.ports, console.by, name, customer, destination, at or None
            )
            body = price and quote_body(price.quote, customer, destination, price.talk_s)
            return {"priced": priced, "price": body}
        order = _order(console, entered)
        placed = office.place_callback(console.ports, console.by, name, order, at or None)
        return console.go(callback_path(name, placed.id))

    form = AskFor(
        mark("Place a callback"),
        mark("Show the price"),
        _fields(console, profile),
        mark("The first phone rings, then the other; the account pays for both."),
        back=path_of(name),
        crumbs=crumbs_of(name),
        use_case=office.place_callback,
    )
    return ask(console, form, act, template="admin/place_callback.html", priced="", price=None)


def show_callback(console: Console) -> Response:
    return _show(console, "admin/callback.html")


def show_progress(console: Console) -> Response:
    return _show(console, "admin/callback_progress.html")


def cancel(console: Console) -> Response:
    account, name = console.part("id"), console.part("callback")
    found, _ = office.find_order(console.ports, console.by, account, name)
    back = callback_path(account, name)

    def act(_entered: Entered) -> Response:
        office.cancel_order(console.ports, console.by, account, name)
        return console.go(back, console.say(mark("It is being ended.")))

    text = console.say(
        mark(
            "%(customer)s and %(destination)s are not connected, or cut off within a second. What"
            " they talked until then is charged."
        ),
        customer=found.customer,
        destination=found.destination or "…",
    )
    form = AskFor(
        mark("Cancel this callback"),
        mark("Cancel the callback"),
        text=text,
        danger=True,
        back=back,
        crumbs=[*crumbs_of(account), (name, back)],
        use_case=office.cancel_order,
    )
    return ask(console, form, act)


def callback_path(account: str, callback: str) -> str:
    """The page of a callback."""
    return f"{path_of(account)}/callbacks/{callback}"


def _show(console: Console, template: str) -> Response:
    account, name = console.part("id"), console.part("callback")
    found, cdr = office.find_order(console.ports, console.by, account, name)
    state = _state(found, console.ports.clock.now())
    return console.show(
        template,
        title=mark("Callback"),
        crumbs=crumbs_of(account),
        callback=found,
        planned=isinstance(found, Planned),
        over=_is_over(found, console.ports.clock.now()),
        cdr=cdr if console.by.may(SEE_MONEY) else None,
        state={**STATES, **ENDED}[state],
        words=STATES,
        own=callback_path(account, name),
    )


def _state(found: Callback | Planned, now: datetime) -> str:
    if isinstance(found, Planned):
        return found.state.value
    return found.state_at(now).value


def _is_over(found: Callback | Planned, now: datetime) -> bool:
    """Whether nothing more happens to it: a plan that was placed is a callback within moments."""
    if isinstance(found, Planned):
        return not found.state.open and found.state.value != "placed"
    return found.state_at(now).final


def _fields(console: Console, profile: Profile) -> tuple[Field, ...]:
    first = "" if profile.default_number is None else str(profile.default_number)
    read = partial(_number, profile.country)
    zone = console.say(mark("Empty: at once. By the clocks of %(zone)s."), zone=profile.time_zone)
    return (
        Field(
            "customer",
            mark("The phone that rings first"),
            "tel",
            value=first,
            required=True,
            longest=40,
            read=read,
        ),
        Field(
            "destination",
            mark("The other party"),
            "tel",
            required=True,
            longest=40,
            read=read,
            hint=mark("Local numbers are those of the account's country."),
        ),
        Field(
            "at",
            mark("When"),
            "datetime-local",
            longest=25,
            read=partial(_instant, profile.time_zone),
            hint=zone,
        ),
        switch(
            "confirm",
            mark("The first phone must press 1"),
            value=False,
            hint=mark("So that no voicemail box is connected."),
        ),
    )


def _order(console: Console, entered: Entered) -> Order:
    confirm = Manners(confirm=entered["confirm"] or None)
    # The same form, posted twice, is one callback; with other numbers it is another.
    phones: tuple[PhoneNumber, PhoneNumber] = entered["customer"], entered["destination"]
    key = "#".join([console.by.login, entered[NONCE], *map(str, phones), str(entered["at"])])
    return Order(*phones, Trigger("console", key), manners=confirm)


def _number(country: str, text: str) -> PhoneNumber:
    return parse_number(text, country)


def _instant(time_zone: str, text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo is not None else at.replace(tzinfo=ZoneInfo(time_zone))
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Malformed(f"“{text[:25]}” is no time, like 2026-11-24T18:30") from None
