"""Plans with their buckets: the list, the page of one, and its forms."""

from dataclasses import replace

from chalice.app import Response

from chalicelib.admin.console import Console, Crumb, Pages
from chalicelib.admin.forms import AskFor, Entered, ask
from chalicelib.admin.sale_fields import (
    ANCHORS,
    PRORATIONS,
    UNPAID,
    bucket_fields,
    bucket_of,
    currency_field,
    fee_fields,
    fee_of,
    name_field,
    shown_minutes,
)
from chalicelib.intervals import every
from chalicelib.translation import mark
from switchboard.billing.catalogue import Item, Proration
from switchboard.billing.plans import Allowance, Plan
from switchboard.desk.catalogue import Offers
from switchboard.desk.office import catalogue as office
from switchboard.errors import NotFound

PLANS: Crumb = (mark("Plans"), "/admin/plans")
_FROM_NEXT = mark("It counts from the next period of each account on; what is paid already stays.")


def add_to(pages: Pages) -> None:
    """The list of plans, the page of one, and its forms."""
    pages.show("/admin/plans", show_plans)
    pages.ask("/admin/new-plan", add)
    pages.show("/admin/plans/{plan}", show_plan)
    pages.ask("/admin/plans/{plan}/edit", edit)
    pages.ask("/admin/plans/{plan}/remove", remove)
    pages.ask("/admin/plans/{plan}/new-bucket", add_bucket)
    pages.ask("/admin/plans/{plan}/buckets/{bucket}", edit_bucket)
    pages.ask("/admin/plans/{plan}/buckets/{bucket}/remove", remove_bucket)


def show_plans(console: Console) -> Response:
    offers = office.see_offers(console.ports, console.by)
    return console.show("admin/plans.html", title=PLANS[0], offers=offers, words=words(console))


def show_plan(console: Console) -> Response:
    offers, plan = _known(console)
    # As they are used up: the one that ends sooner is not known before they are granted.
    buckets = sorted(plan.allowances, key=lambda one: -one.weight)
    return console.show(
        "admin/plan.html",
        title=plan.name,
        crumbs=[PLANS],
        plan=plan,
        fee=offers.item(plan.name),
        buckets=buckets,
        words=words(console),
    )


def add(console: Console) -> Response:
    def act(entered: Entered) -> Response:
        plan = Plan(entered["name"], entered["description"])
        fee = fee_of(entered, Item(plan.name, entered["currency"], 0))
        office.add_plan(console.ports, console.by, plan, fee)
        said = console.say(mark("%(name)s was added. Now say what it includes."), name=plan.name)
        return console.go(path_of(plan.name), said)

    offers = office.see_offers(console.ports, console.by)
    blank = Item("new", "EUR", 0, proration=(Proration.START,))
    fields = (name_field("plan"), currency_field(usual_currency(offers)), *fee_fields(blank))
    form = AskFor(
        mark("New plan"),
        mark("Add"),
        fields,
        back=PLANS[1],
        crumbs=[PLANS],
        use_case=office.add_plan,
    )
    return ask(console, form, act)


def edit(console: Console) -> Response:
    offers, plan = _known(console)
    fee = offers.item(plan.name)

    def act(entered: Entered) -> Response:
        changed = replace(plan, description=entered["description"])
        office.change_plan(console.ports, console.by, changed, fee_of(entered, fee))
        return _changed(console, plan.name)

    shown = replace(fee, description=plan.description)
    form = replace(_form(plan.name, mark("Edit")), fields=fee_fields(shown), text=_FROM_NEXT)
    return ask(console, form, act)


def remove(console: Console) -> Response:
    _, plan = _known(console)

    def act(_entered: Entered) -> Response:
        office.remove_plan(console.ports, console.by, plan.name)
        return console.go(PLANS[1], console.say(mark("%(name)s is gone."), name=plan.name))

    text = mark(
        "Nobody can take it any more. It is refused while an account has it, is to have it, or an"
        " item of the catalogue gives it."
    )
    form = _form(plan.name, mark("Remove this plan"), mark("Remove"))
    return ask(console, replace(form, text=text, danger=True), act)


def add_bucket(console: Console) -> Response:
    offers, plan = _known(console)

    def act(entered: Entered) -> Response:
        bucket = bucket_of(entered["name"], entered)
        office.save_bucket(console.ports, console.by, plan.name, bucket, new=True)
        return _changed(console, plan.name)

    blank = Allowance("new", next(iter(offers.groups), ""), 6_000)
    fields = (name_field("bucket"), *bucket_fields(blank, [*offers.groups]))
    form = _form(plan.name, mark("New bucket"), mark("Add"))
    return ask(console, replace(form, fields=fields, text=_FROM_NEXT), act)


def edit_bucket(console: Console) -> Response:
    offers, plan = _known(console)
    bucket = _bucket(console, plan)

    def act(entered: Entered) -> Response:
        changed = bucket_of(bucket.name, entered)
        office.save_bucket(console.ports, console.by, plan.name, changed, new=False)
        return _changed(console, plan.name)

    form = _form(plan.name, bucket.name)
    fields = bucket_fields(bucket, [*offers.groups])
    return ask(console, replace(form, fields=fields, text=_FROM_NEXT), act)


def remove_bucket(console: Console) -> Response:
    _, plan = _known(console)
    bucket = _bucket(console, plan)

    def act(_entered: Entered) -> Response:
        office.remove_bucket(console.ports, console.by, plan.name, bucket.name)
        return _changed(console, plan.name)

    text = mark(
        "From the next period of each account on it is granted no more. What accounts have of it"
        " they keep until it ends."
    )
    form = _form(plan.name, mark("Remove this bucket"), mark("Remove"))
    return ask(console, replace(form, text=text, danger=True), act)


def words(console: Console) -> dict[str, object]:
    """How pages say what a fee or a bucket is."""
    return {
        "every": lambda interval: every(console.reader, interval),
        "minutes": shown_minutes,
        "anchors": ANCHORS,
        "prorations": PRORATIONS,
        "unpaid": UNPAID,
    }


def usual_currency(offers: Offers) -> str:
    """What fees are in, so far."""
    return next((item.currency for item in offers.items.values()), "")


def path_of(plan: str) -> str:
    """The page of a plan."""
    return f"/admin/plans/{plan}"


def _known(console: Console) -> tuple[Offers, Plan]:
    offers = office.see_offers(console.ports, console.by)
    return offers, offers.plan(console.part("plan"))


def _bucket(console: Console, plan: Plan) -> Allowance:
    name = console.part("bucket")
    found = next((one for one in plan.allowances if one.name == name), None)
    if found is None:
        raise NotFound(f"plan {plan.name} has no bucket {name[:40]}")
    return found


def _changed(console: Console, name: str) -> Response:
    return console.go(path_of(name), console.say(mark("%(name)s was changed."), name=name))


def _form(name: str, title: str, button: str = mark("Save")) -> AskFor:
    back = path_of(name)
    # All forms of a plan need the same right.
    use_case = office.change_plan
    return AskFor(title, button, back=back, crumbs=[PLANS, (name, back)], use_case=use_case)
