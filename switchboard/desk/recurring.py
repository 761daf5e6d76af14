"""Recurring charges: each is made once, whenever and however often this runs (design §5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from switchboard.billing.account import Account
from switchboard.billing.periods import local_date, midnight
from switchboard.billing.recurring import Did, Scene, Step, closing, due_on, next_step
from switchboard.billing.subscriptions import Subscription
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.catalogue import Offers
from switchboard.desk.rehearsal import rehearsed
from switchboard.errors import NotFound, Refusal
from switchboard.ledger.entries import JournalEntry
from switchboard.ports import Ports

# Of one subscription in one run: half a year of days, each with what may come between.
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was made, or found to be made and gone on from. `days` are those of a span that
    is not a whole period."""

    did: Did
    before: Subscription
    after: Subscription
    entry: JournalEntry | None

    @property
    def days(self) -> tuple[int, int] | None:
        """How many days of how many were charged, where that was not a whole period."""
        paid = self.after.paid
        if self.did not in (Did.CHARGED, Did.RESUMED) or paid is None:
            return None
        return None if paid.span.days == paid.days else (paid.span.days, paid.days)


@dataclass(frozen=True, slots=True)
class Failed:
    """A subscription that could not be charged, and why; or one of which there is more to do."""

    account: str
    subscription: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in order; `waiting` are unpaid, and looked at again by each run."""

    done: tuple[Done, ...]
    failed: tuple[Failed, ...]
    waiting: tuple[Subscription, ...]


def run_recurring(ports: Ports, *, at: datetime | None = None, dry_run: bool = False) -> Report:
    """Charge what is due, and what was missed, period by period; suspend what stays unpaid, and
    resume what can be paid again. It may run at any time, at the same time as another, and break
    off anywhere: the next one goes on. A dry run writes nothing."""
    now = at or ports.clock.now()
    ports = rehearsed(ports) if dry_run else ports
    offers = Offers.read(ports)
    done: list[Done] = []
    failed: list[Failed] = []
    waiting: list[Subscription] = []
    for account, name in ports.subscriptions.due(now):
        try:
            if not dry_run:
                drop_expired_buckets(ports, ports.accounts.get(account))
            # What was done before a refusal is in the list.
            done.extend(_steps(ports, offers, account, name, now))
        except Refusal as refusal:
            failed.append(Failed(account, name, refusal.message))
            continue
        left = ports.subscriptions.find(account, name)
        if left is not None and left.unpaid_since is not None:
            waiting.append(left)
    return Report(tuple(done), tuple(failed), tuple(waiting))


def settle(ports: Ports, account: str, name: str) -> Sequence[Done]:
    """Do at once what is due of one subscription. Refuses what cannot be done."""
    return [*_steps(ports, Offers.read(ports), account, name, ports.clock.now())]


def due_at(subscription: Subscription, account: Account, now: datetime) -> datetime | None:
    """The instant at which there is something to do for a subscription."""
    time_zone = account.profile.time_zone
    today = local_date(now, time_zone)
    on = due_on(subscription, subscription.wanted(account.profile.plans, time_zone, today))
    return None if on is None else midnight(on, time_zone)


def _steps(ports: Ports, offers: Offers, account: str, name: str, now: datetime) -> Iterator[Done]:
    for made in range(MOST_STEPS):
        known = ports.subscriptions.find(account, name)
        if known is None:
            raise NotFound(f"there is no subscription {name} of account {account}")
        # After the subscription: where its plans change in between, its version has grown.
        payer = ports.accounts.get(account)
        step = _next(ports, offers, known, payer, now)
        step = None if step is None else _enter(ports, payer, step)
        if step is None:
            if not made:
                _put_off(ports, known, payer, now)
            return
        if _advance(ports, known, payer, step, now) and step.did is not Did.NOTHING:
            yield Done(step.did, known, step.after, step.entry)
    raise Refusal(f"more than {MOST_STEPS} steps are due: the next run goes on")


def _next(
    ports: Ports, offers: Offers, known: Subscription, payer: Account, now: datetime
) -> Step | None:
    profile = payer.profile
    deal = known.deal if known.state.goes_on else None
    offer = None if deal is None else offers.of(deal.item, profile.currency)
    scene = Scene(known, payer, offer, local_date(now, profile.time_zone), now)
    if scene.charge_due_on is not None and scene.wish_due is not None:
        # A change must not hide what a run had entered before it broke off.
        identity = known.identity(scene.charge_due_on)
        entered = ports.books.entry(known.account, identity) is not None
        scene = replace(scene, entered=entered)
    return next_step(scene)


def _enter(ports: Ports, payer: Account, step: Step) -> Step | None:
    """The step whose entry is made, by this run or another; else what is to be done where it is
    not covered."""
    entry = step.entry
    if entry is None:
        return step
    # To ask first is cheaper than a transaction that fails.
    missing = step.covered and payer.balance.avail_micros < -entry.amount_micros
    if not missing and ports.books.enter(entry, step.buckets, covered=step.covered):
        return step
    kept = ports.books.entry(entry.account, entry.identity)
    return step.short if kept is None else step.as_entered(kept)


def _advance(ports: Ports, known: Subscription, payer: Account, step: Step, now: datetime) -> bool:
    """Whether the subscription is where the step leads; False where somebody changed it."""
    if step.closes is not None and known.paid is not None:
        at = midnight(step.closes, payer.profile.time_zone)
        ports.books.end_buckets(known.account, closing(payer, known.paid, known.name), at)
    return ports.subscriptions.advance(
        known, step.after, due_at(step.after, payer, now), active=step.active
    )


def _put_off(ports: Ports, known: Subscription, payer: Account, now: datetime) -> None:
    """Take it out of what is due, where the clocks of its account say that it is not yet."""
    at = due_at(known, payer, now)
    if at is None or at > now:
        ports.subscriptions.advance(known, known, at)
