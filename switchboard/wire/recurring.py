"""Plans and subscriptions; their days are by the clocks of the account."""

from datetime import datetime

from switchboard.billing.account import Account
from switchboard.billing.buckets import in_burn_order
from switchboard.billing.catalogue import Item
from switchboard.billing.plans import Allowance, Group, Plan
from switchboard.billing.recurring import Did
from switchboard.billing.subscriptions import Deal, Subscription
from switchboard.ledger.entries import JournalEntry
from switchboard.money import format_micros
from switchboard.wire.forms import Body, Json, instant, maybe_day


def group_body(group: Group) -> Body:
    """A group of destinations."""
    return {"group": group.name, "prefixes": list(group.prefixes)}


def plan_body(plan: Plan, fee: Item) -> Body:
    """A plan with its fee and what it includes."""
    buckets: list[Json] = [_allowance_body(one) for one in plan.allowances]
    return {"plan": plan.name, **_fee_body(fee, plan.description), "buckets": buckets}


def item_body(item: Item) -> Body:
    """An item of the catalogue."""
    return {
        "item": item.name,
        **_fee_body(item, item.description),
        "plan": item.plan,
        "retired": item.retired,
    }


def _fee_body(item: Item, description: str) -> Body:
    return {
        "description": description,
        "price": format_micros(item.price_micros),
        "setup": format_micros(item.setup_micros),
        "currency": item.currency,
        "every": str(item.interval),
        "anchor": item.anchor.value,
        "prorate": [one.value for one in item.proration],
        "digits": item.digits,
        "grace_days": item.grace_days,
        "unpaid": item.unpaid.value,
    }


def _allowance_body(one: Allowance) -> Body:
    """What a plan includes of one group."""
    return {
        "name": one.name,
        "group": one.group,
        "seconds": one.seconds,
        "weight": one.weight,
        "increment": one.increment_s,
        "covers_fees": one.covers_fees,
        "per_call_seconds": one.per_call_s,
        "per_day_seconds": one.per_day_s,
        "rollover": one.rollover,
        "prorated": one.prorated,
        "from": maybe_day(one.from_on),
        "until": maybe_day(one.until_on),
    }


def subscription_body(known: Subscription) -> Body:
    """A subscription as it stands: what is paid, what comes next, what is wanted for later. One
    that has never begun, as that of a new plan before the next run, is coming."""
    paid, wish = known.paid, known.wish
    return {
        "account": known.account,
        "subscription": known.name,
        "status": "coming" if known.deal is None else known.state.value,
        **_deal_body(known.deal),
        "number": None if known.number is None else str(known.number),
        "started_on": maybe_day(known.started_on),
        "paid_until": None if paid is None else maybe_day(paid.span.ends_on),
        "next_on": maybe_day(known.next_on),
        "unpaid_since": maybe_day(known.unpaid_since),
        "ended_on": maybe_day(known.ended_on),
        "wanted": None
        if wish is None
        else {
            "from": maybe_day(wish.on),
            **(_deal_body(wish.deal) if wish.deal else {"item": None}),
        },
    }


def _deal_body(deal: Deal | None) -> Body:
    price_micros = None if deal is None else deal.price_micros
    return {
        "item": None if deal is None else deal.item,
        "quantity": None if deal is None else deal.quantity,
        "price": None if price_micros is None else format_micros(price_micros),
    }


def included_body(account: Account, now: datetime) -> list[Json]:
    """What an account's buckets have left, in the order in which they are taken from."""
    left = account.balance.included_s
    alive = [bucket for bucket in account.buckets if bucket.expires_at > now]
    return [
        {
            "bucket": bucket.key,
            "plan": bucket.plan,
            "name": bucket.name,
            "seconds": bucket.seconds,
            "left_seconds": left.get(bucket.key, 0),
            "begins_at": instant(bucket.begins_at),
            "expires_at": instant(bucket.expires_at),
        }
        for bucket in in_burn_order(alive)
    ]


def done_body(
    did: Did, after: Subscription, entry: JournalEntry | None, days: tuple[int, int] | None
) -> Body:
    """What a run did with a subscription; `days` where a part of a period was charged."""
    return {
        "account": after.account,
        "subscription": after.name,
        "did": did.value,
        "amount": None if entry is None else format_micros(entry.amount_micros),
        "currency": None if entry is None else entry.currency,
        "entry": None if entry is None else entry.identity,
        "days": None if days is None else f"{days[0]}/{days[1]}",
        "next_on": maybe_day(after.next_on),
    }
