"""Promotions: minutes given to accounts, once to each, part by part where there are many."""

import re

from chalice.app import Response

from chalicelib.admin.console import LONGEST_CURSOR, Console, Pages
from chalicelib.admin.forms import AskFor, Entered, Field, ask, posted_again
from chalicelib.admin.plans import PLANS
from chalicelib.admin.sale_fields import (
    date_of,
    group_field,
    minutes_field,
    name_field,
    weight_field,
)
from chalicelib.translation import mark
from switchboard.billing.account import check_id
from switchboard.billing.periods import local_date
from switchboard.billing.plans import Allowance
from switchboard.desk.office import promotions as office
from switchboard.desk.promotions import Chosen, Promotion
from switchboard.errors import Malformed

# Of accounts that are named, and of those that are looked at while a browser waits.
MOST_NAMED, AT_ONCE = 200, 200
CURSOR = "cursor"


def add_to(pages: Pages) -> None:
    """The form of a promotion, and its report."""
    pages.ask("/admin/new-promotion", grant)


def grant(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        chosen = Chosen(
            entered["accounts"] or (), entered["plan"] or None, entered["sheet"] or None
        )
        done = office.grant(
            console.ports,
            console.by,
            _promotion(entered),
            chosen,
            limit=AT_ONCE,
            cursor=console.form.text(CURSOR)[:LONGEST_CURSOR] or None,
        )
        return console.show(
            "admin/granted.html",
            title=entered["name"],
            crumbs=[PLANS, (form.title, console.request.path)],
            done=done,
            kept=posted_again(console, form),
        )

    text = mark(
        "Each of these accounts gets these minutes once: under this name nobody is given any a"
        " second time, however often this is sent. Nothing is charged for them."
    )
    form = AskFor(
        mark("Give minutes away"),
        mark("Give"),
        _fields(console),
        text,
        back=PLANS[1],
        crumbs=[PLANS],
        use_case=office.grant,
    )
    return ask(console, form, act)


def _fields(console: Console) -> tuple[Field, ...]:
    choices = office.choices(console.ports, console.by)
    today = local_date(console.ports.clock.now(), "UTC").isoformat()
    return (
        name_field("promotion", mark("Small letters, digits, dashes and underscores.")),
        group_field("", choices.groups),
        minutes_field(),
        weight_field(),
        Field("from_on", mark("From"), "date", today, required=True, read=date_of),
        Field(
            "until_on",
            mark("Until"),
            "date",
            required=True,
            read=date_of,
            hint=mark("The first day without them, by the days of each account."),
        ),
        Field(
            "accounts",
            mark("Accounts"),
            "lines",
            longest=40_000,
            read=_accounts,
            hint=mark("Their ids, one a line; or all that have, at this moment:"),
        ),
        _select("plan", mark("This plan"), choices.plans),
        _select("sheet", mark("This rate sheet"), choices.sheets),
    )


def _select(name: str, label: str, names: tuple[str, ...]) -> Field:
    choices = [(one, one) for one in names]
    return Field(name, label, "select", choices=choices, unset=mark("any"))


def _accounts(text: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(check_id("account", one) for one in re.split(r"[\s,;]+", text)))
    if len(named) > MOST_NAMED:
        raise Malformed(f"name up to {MOST_NAMED} accounts at once, or a plan or a sheet")
    return named


def _promotion(entered: Entered) -> Promotion:
    bucket = Allowance(
        entered["name"],
        entered["group"],
        entered["minutes"],
        entered["weight"],
        from_on=entered["from_on"],
        until_on=entered["until_on"],
    )
    return Promotion(entered["name"], bucket)
