"""Promotions: seconds given away, once to each account."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from switchboard.billing.account import Account, Profile
from switchboard.billing.buckets import Bucket
from switchboard.billing.periods import Period
from switchboard.billing.plans import Allowance, Group, check_name
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.catalogue import Offers
from switchboard.errors import Conflict, Malformed
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ports import Listing, Ports

# So many accounts are looked at in one part.
PART = 500


@dataclass(frozen=True, slots=True)
class Promotion:
    """A bucket that is given to accounts under this name; its dates are by the account's days."""

    name: str
    allowance: Allowance

    def __post_init__(self) -> None:
        check_name("promotion", self.name)
        if self.allowance.from_on is None or self.allowance.until_on is None:
            raise Malformed(f"promotion {self.name}: it has a first day and an end")


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who gets a promotion: some accounts, or all that have a plan now, a sheet, or both; of one
    owner only, where one is named."""

    accounts: tuple[str, ...] = ()
    plan: str | None = None
    sheet: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        if bool(self.accounts) == bool(self.plan or self.sheet):
            raise Malformed("name accounts, or a plan, a sheet, or both")

    def has(self, profile: Profile, now: datetime) -> bool:
        """Whether it is for an account that has this plan and this sheet now."""
        has_plan = self.plan in (None, profile.plan_at(now))
        return has_plan and self.sheet in (None, profile.sheet_at(now))


@dataclass(frozen=True, slots=True)
class Granted:
    """Who was given a promotion, and who had it before; `cursor` is where the next part begins,
    where there may be more."""

    granted: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    cursor: str | None = None

    def and_then(self, part: Self) -> Self:
        """Together with the next part."""
        granted, before = (*self.granted, *part.granted), (*self.before, *part.before)
        return replace(part, granted=granted, before=before)


def grant(ports: Ports, promotion: Promotion, chosen: Chosen) -> Granted:
    """Give a promotion to each of these accounts that has not had it. Conflict where one has had
    another one of this name."""
    done = part = grant_part(ports, promotion, chosen)
    while part.cursor is not None:
        part = grant_part(ports, promotion, chosen, cursor=part.cursor)
        done = done.and_then(part)
    return done


def grant_part(
    ports: Ports,
    promotion: Promotion,
    chosen: Chosen,
    *,
    limit: int = PART,
    cursor: str | None = None,
) -> Granted:
    """The same for a part of the accounts; those that are named are one part."""
    group = Offers.read(ports).group(promotion.allowance.group)
    granted: list[str] = []
    before: list[str] = []
    names, goes_on = _accounts(ports, chosen, limit, cursor)
    for account in map(ports.accounts.get, names):
        name = account.profile.account
        (granted if _grant(ports, promotion, group, account) else before).append(name)
    return Granted(tuple(granted), tuple(before), goes_on)


def _accounts(
    ports: Ports, chosen: Chosen, limit: int, cursor: str | None
) -> tuple[Sequence[str], str | None]:
    if chosen.accounts:
        return chosen.accounts, None
    now = ports.clock.now()
    page = ports.accounts.page(Listing(chosen.owner), limit=limit, cursor=cursor)
    names = [one.profile.account for one in page.items if chosen.has(one.profile, now)]
    return names, page.cursor


def _grant(ports: Ports, promotion: Promotion, group: Group, account: Account) -> bool:
    name, bucket = account.profile.account, _bucket(promotion, group, account)
    entry = JournalEntry(
        account=name,
        identity=f"{EntryKind.PROMOTION.value}#{promotion.name}",
        kind=EntryKind.PROMOTION,
        currency=account.profile.currency,
        amount_micros=0,
        entered_at=ports.clock.now(),
        grants={bucket.key: bucket.seconds},
    )
    if ports.books.enter(entry, [bucket]):
        drop_expired_buckets(ports, account)
        return True
    kept = ports.books.entry(name, entry.identity)
    if kept is None or kept.grants != entry.grants:
        raise Conflict(f"account {name} had a promotion {promotion.name} of other seconds")
    return False


def _bucket(promotion: Promotion, group: Group, account: Account) -> Bucket:
    one, time_zone = promotion.allowance, account.profile.time_zone
    assert one.from_on is not None, "a promotion has a first day"
    assert one.until_on is not None, "a promotion has an end"
    window = Period(one.from_on, one.until_on)
    return one.bucket(f"promotion/{promotion.name}", promotion.name, group, window, time_zone)
