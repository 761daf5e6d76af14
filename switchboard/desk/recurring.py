"""Recurring charges: each is made once, whenever and however often this runs (design §5)."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from switchboard.billing.account import Account, Profile
from switchboard.billing.periods import local_date, midnight
from switchboard.billing.recurring import Did, Scene, Step, closing, due_on, next_step
from switchboard.billing.subscriptions import Subscription
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.catalogue import Offers
from switchboard.desk.rehearsal import Rehearsal
from switchboard.errors import NotFound, Refusal
from switchboard.ledger.entries import JournalEntry
from switchboard.logs import NOTABLE
from switchboard.ports import Ports

# Of one subscription in one run: half a year of days, each with what may come between.
MOST_STEPS = 200

log = logging.getLogger("ringback.recurring")
PART = {"part": "recurring"}


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
class Part:
    """How much of what is due a run looks at: so many subscriptions, behind those that an earlier
    part left due; and whose."""

    most: int | None = None
    behind: int = 0
    whose: Callable[[Profile], bool] = lambda _profile: True


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did, in order; `waiting` are unpaid, and looked at again by each run. `goes_on`
    has where the next part begins, where there is more to look at."""

    done: tuple[Done, ...]
    failed: tuple[Failed, ...]
    waiting: tuple[Subscription, ...]
    goes_on: Part | None = None


ALL = Part()


def run_recurring(
    ports: Ports, *, at: datetime | None = None, dry_run: bool = False, part: Part = ALL
) -> Report:
    """Charge what is due, and what was missed, period by period; suspend what stays unpaid, and
    resume what can be paid again. It may run at any time, at the same time as another, and break
    off anywhere: the next one goes on. A dry run writes nothing."""
    now = at or ports.clock.now()
    ports = Rehearsal(ports).stage() if dry_run else ports
    run = _Run(ports, now, part, writes=not dry_run)
    due = islice(ports.subscriptions.due(now), part.behind, None)
    for looked_at, (account, name) in enumerate(due):
        if looked_at == part.most:
            behind = part.behind + (looked_at if dry_run else run.left)
            return _told(run.report(replace(part, behind=behind)), dry_run=dry_run)
        run.look_at(account, name)
    return _told(run.report(), dry_run=dry_run)


def _told(report: Report, *, dry_run: bool) -> Report:
    if dry_run:
        return report
    for one in report.failed:
        text = "subscription %s of account %s is not charged: %s"
        facts = {**PART, "account": one.account}
        log.warning(text, one.subscription, one.account, one.reason, extra=facts)
    if report.done:
        log.info("did %s steps of subscriptions", len(report.done), extra={**PART, **NOTABLE})
    return report


def settle(ports: Ports, account: str, name: str) -> Sequence[Done]:
    """Do at once what is due of one subscription. Refuses what cannot be done."""
    return [*_steps(ports, Offers.read(ports), account, name, ports.clock.now())]


class _Run:
    """A run while it is made; `left` are so many that are due still, and stand where they stood in
    the list of those that are."""

    def __init__(self, ports: Ports, now: datetime, part: Part, *, writes: bool) -> None:
        self._ports = ports
        self._offers = Offers.read(ports)
        self._now = now
        self._part = part
        self._writes = writes
        self._done: list[Done] = []
        self._failed: list[Failed] = []
        self._waiting: list[Subscription] = []
        self.left = 0

    def look_at(self, account: str, name: str) -> None:
        """Charge what is due of a subscription."""
        before = len(self._done)
        is_left = self._charge(account, name)
        # Whoever got on is due from another day on, and comes again behind the others.
        stood = all(one.after.next_on == one.before.next_on for one in self._done[before:])
        self.left += is_left and stood

    def report(self, goes_on: Part | None = None) -> Report:
        """What was done."""
        return Report(tuple(self._done), tuple(self._failed), tuple(self._waiting), goes_on)

    def _charge(self, account: str, name: str) -> bool:
        """Whether anything is due still."""
        try:
            payer = self._ports.accounts.get(account)
            if not self._part.whose(payer.profile):
                return True
            if self._writes:
                drop_expired_buckets(self._ports, payer)
            # What was done before a refusal is in the list.
            self._done.extend(_steps(self._ports, self._offers, account, name, self._now))
        except Refusal as refusal:
            self._failed.append(Failed(account, name, refusal.message))
            return True
        known = self._ports.subscriptions.find(account, name)
        if known is None or known.unpaid_since is None:
            return False
        self._waiting.append(known)
        return True


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
