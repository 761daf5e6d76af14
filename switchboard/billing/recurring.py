"""Recurring charges: the next step of a subscription, from what is known and nothing else.

Each step is made of an entry whose identity follows from the subscription, and of the subscription
after it. Whoever breaks off between both, and whoever does the same at the same time, finds the
entry and goes on from there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Self

from switchboard.billing.account import Account, AccountType
from switchboard.billing.buckets import Bucket
from switchboard.billing.catalogue import Item, Proration, Unpaid
from switchboard.billing.periods import Anchor, Cycle, Period
from switchboard.billing.plans import Grant, Group, Plan
from switchboard.billing.subscriptions import Paid, State, Subscription, Wish
from switchboard.ledger.entries import EntryKind, JournalEntry


class Did(Enum):
    """What became of a subscription."""

    BEGUN = "begun"
    CHARGED = "charged"
    SET_UP = "set up"
    CHANGED = "changed"
    UNPAID = "unpaid"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    ENDED = "ended"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Offer:
    """An item with the plan that it gives."""

    item: Item
    plan: Plan | None
    groups: Mapping[str, Group]


@dataclass(frozen=True, slots=True)
class Step:
    """An entry with its buckets, where there is one, and the subscription after it; `active` is
    whether its account may call from then on, where that changes, and `closes` that the buckets of
    the span that was paid last end on that day. An entry that has to be `covered` and is not leaves
    `short` to be done, if anything."""

    did: Did
    after: Subscription
    entry: JournalEntry | None = None
    buckets: tuple[Bucket, ...] = ()
    covered: bool = False
    active: bool | None = None
    closes: date | None = None
    short: "Step | None" = None

    def as_entered(self, kept: JournalEntry) -> Self:
        """This step, where its entry was made before at another price."""
        paid = self.after.paid
        if paid is None or paid.identity != kept.identity or kept == self.entry:
            return self
        charged = replace(paid, micros=-kept.amount_micros, days=paid.span.days)
        return replace(self, after=replace(self.after, paid=charged))


@dataclass(frozen=True, slots=True)
class Scene:
    """All that the next step follows from; `entered`: the charge that is due was entered by a run
    that broke off then."""

    subscription: Subscription
    account: Account
    offer: Offer | None
    today: date
    now: datetime
    entered: bool = False

    @property
    def charge_due_on(self) -> date | None:
        """The day on which a charge became due, if one did."""
        known = self.subscription
        next_on = known.next_on if known.state.goes_on else None
        return next_on if next_on is not None and next_on <= self.today else None

    @property
    def wish_due(self) -> Wish | None:
        """What is wanted by now."""
        wish = self.wish
        return wish if wish is not None and wish.on <= self.today else None

    @property
    def wish(self) -> Wish | None:
        """What is wanted next."""
        profile = self.account.profile
        return self.subscription.wanted(profile.plans, profile.time_zone, self.today)


def due_on(subscription: Subscription, wish: Wish | None) -> date | None:
    """The day on which there is something to do, if there will be. What is not paid is due until
    it is."""
    next_on = subscription.next_on if subscription.state.goes_on else None
    days = [day for day in (next_on, None if wish is None else wish.on) if day is not None]
    return min(days, default=None)


def next_step(scene: Scene) -> Step | None:
    """What is to be done next, the earliest first; None where nothing is due. For the time that
    something was suspended nothing is charged, and what is changed or ended before it was paid
    is not owed."""
    wish, next_on = scene.wish_due, scene.charge_due_on
    if next_on is None:
        return None if wish is None else _fulfil(scene, wish)
    if wish is None:
        return replace(_charge(scene, next_on), short=_unpaid(scene))
    charge = replace(_charge(scene, next_on), short=_fulfil(scene, wish))
    suspended = scene.subscription.state is State.SUSPENDED
    wish_first = (suspended or wish.on <= next_on) and not scene.entered
    return charge.short if wish_first else charge


def _fulfil(scene: Scene, wish: Wish) -> Step:
    """Begin, change or end what is wanted from that day on."""
    known = scene.subscription
    followed_on = wish.on if known.follows else None
    done = replace(known, wish=None, followed_on=followed_on)
    ended = not known.state.goes_on
    if wish.deal is None:
        if ended:
            return Step(Did.NOTHING, done)
        return _credited(scene, Step(Did.ENDED, done.end(wish.on)), wish.on, Proration.END)
    if ended:
        return Step(Did.BEGUN, done.begin(wish.deal, wish.on))
    if wish.deal == known.deal:
        return Step(Did.NOTHING, done)
    assert known.next_on is not None, "what has not ended goes on"
    from_on = known.next_on
    if _offer(scene).item.prorates(Proration.CHANGE):
        from_on = wish.on
    elif known.state is not State.ACTIVE:
        from_on = max(from_on, wish.on)
    changed = replace(done.change(wish.deal, from_on), rest=from_on < known.next_on)
    if known.deal is None or wish.deal.item != known.deal.item:
        # Another item has periods of its own.
        changed = replace(changed, anchored_on=from_on)
    return _credited(scene, Step(Did.CHANGED, changed), wish.on, Proration.CHANGE)


def _credited(scene: Scene, step: Step, on: date, at: Proration) -> Step:
    """The step with the days from then on given back, as far as they were paid and the item says
    so; the seconds that came with them end."""
    paid, item = scene.subscription.paid, _offer(scene).item
    if paid is None or paid.span.ends_on <= on or not item.prorates(at):
        return step
    from_on = max(on, paid.span.begins_on)
    unused = Period(from_on, paid.span.ends_on)
    note = f"{item.title}, {unused} not used"
    micros = paid.unused(from_on, item.digits)
    entry = _entry(scene, f"{paid.identity}#credit", micros, note)
    return replace(step, entry=entry, closes=from_on)


def _charge(scene: Scene, next_on: date) -> Step:
    known, item = scene.subscription, _offer(scene).item
    assert known.deal is not None, "what has not ended has a deal"
    must = scene.account.profile.type is AccountType.PREPAID
    must = must and item.unpaid is not Unpaid.GO_NEGATIVE
    if item.setup_micros and not known.set_up:
        micros = item.setup_micros * known.deal.quantity
        entry = _entry(scene, f"recurring#{known.name}#setup", -micros, f"{item.title}, set-up")
        return Step(Did.SET_UP, replace(known, set_up=True), entry, covered=must)
    resumes = known.state is State.SUSPENDED
    begins_on = max(next_on, scene.today) if resumes else next_on
    anchored_on = known.anchored_on or begins_on
    if resumes and item.anchor is Anchor.ANNIVERSARY:
        anchored_on = begins_on
    cycle = item.cycle(anchored_on)
    paid = _paid(known, item, begins_on, cycle, known.identity(next_on))
    micros = paid.amount(item.digits)
    buckets = _buckets(scene, paid.span, cycle, known.span_name(next_on))
    note = f"{item.title}, {paid.span}"
    after = replace(
        known,
        state=State.ACTIVE,
        anchored_on=anchored_on,
        next_on=paid.span.ends_on,
        paid=paid,
        part=known.part_on(next_on),
        rest=False,
        unpaid_since=None,
        blocks=False,
        followed_on=max(known.followed_on or begins_on, begins_on) if known.follows else None,
    )
    return Step(
        Did.RESUMED if resumes else Did.CHARGED,
        after,
        _entry(scene, paid.identity, -micros, note, buckets),
        buckets,
        covered=must and micros > 0,
        active=True if known.blocks and not scene.account.balance.active else None,
    )


def _paid(known: Subscription, item: Item, begins_on: date, cycle: Cycle, identity: str) -> Paid:
    """What is charged for the period that this day is in, from this day on."""
    assert known.deal is not None, "what has not ended has a deal"
    price = item.price_micros if known.deal.price_micros is None else known.deal.price_micros
    whole = cycle.period(begins_on)
    span = Period(begins_on, whole.ends_on)
    by_days = known.rest or item.prorates(Proration.START)
    days = whole.days if by_days else span.days
    return Paid(identity, span, price * known.deal.quantity, days)


def _buckets(scene: Scene, span: Period, cycle: Cycle, name: str) -> tuple[Bucket, ...]:
    offer, known = _offer(scene), scene.subscription
    if offer.plan is None or known.deal is None:
        return ()
    time_zone = scene.account.profile.time_zone
    grant = Grant(offer.plan, offer.groups, known.name, known.deal.quantity, time_zone)
    # A run that comes late charges what is past, but its seconds are gone.
    buckets = grant.buckets(span, cycle, name)
    return tuple(bucket for bucket in buckets if bucket.expires_at > scene.now)


def _unpaid(scene: Scene) -> Step | None:
    known, item, today = scene.subscription, _offer(scene).item, scene.today
    if known.state is State.SUSPENDED:
        return None
    since = known.unpaid_since or today
    if today < since + timedelta(days=item.grace_days):
        if known.state is State.UNPAID:
            return None
        return Step(Did.UNPAID, replace(known, state=State.UNPAID, unpaid_since=since))
    blocks = item.unpaid is Unpaid.SUSPEND_ACCOUNT and scene.account.balance.active
    suspended = replace(known, state=State.SUSPENDED, unpaid_since=since, blocks=blocks)
    return Step(Did.SUSPENDED, suspended, active=False if blocks else None)


def closing(account: Account, paid: Paid, name: str) -> list[Bucket]:
    """The buckets that were granted with a span of the subscription of this name."""
    span = paid.identity.split("#", 2)[2]
    mine = f"{name}/"
    return [
        bucket
        for bucket in account.buckets
        if bucket.key.startswith(mine) and bucket.key.partition("#")[2] == span
    ]


def _offer(scene: Scene) -> Offer:
    assert scene.offer is not None, "what has a deal has an offer"
    return scene.offer


def _entry(
    scene: Scene, identity: str, micros: int, note: str, buckets: tuple[Bucket, ...] = ()
) -> JournalEntry:
    return JournalEntry(
        account=scene.account.profile.account,
        identity=identity,
        kind=EntryKind.RECURRING,
        currency=scene.account.profile.currency,
        amount_micros=micros,
        entered_at=scene.now,
        note=note,
        grants={bucket.key: bucket.seconds for bucket in buckets},
    )
