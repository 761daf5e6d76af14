"""Promotions: seconds given away, once to each account."""

from collections.abc import Iterator
from dataclasses import dataclass

from switchboard.billing.account import Account
from switchboard.billing.buckets import Bucket
from switchboard.billing.periods import Period
from switchboard.billing.plans import Allowance, Group, check_name
from switchboard.desk.buckets import drop_expired_buckets
from switchboard.desk.catalogue import Offers
from switchboard.errors import Conflict, Malformed
from switchboard.ledger.entries import EntryKind, JournalEntry
from switchboard.ports import Ports


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
    """Who gets a promotion: one account, or all that have a plan now, a sheet, or both."""

    account: str | None = None
    plan: str | None = None
    sheet: str | None = None

    def __post_init__(self) -> None:
        named = (self.account, self.plan, self.sheet)
        if not any(named) or (self.account and (self.plan or self.sheet)):
            raise Malformed("name one account, or a plan, a sheet, or both")


@dataclass(frozen=True, slots=True)
class Granted:
    """Who was given a promotion, and who had it before."""

    granted: tuple[str, ...]
    before: tuple[str, ...]


def grant(ports: Ports, promotion: Promotion, chosen: Chosen) -> Granted:
    """Give a promotion to each of these accounts that has not had it. Conflict where one has had
    another one of this name."""
    group = Offers.read(ports).group(promotion.allowance.group)
    granted: list[str] = []
    before: list[str] = []
    for account in _accounts(ports, chosen):
        name = account.profile.account
        (granted if _grant(ports, promotion, group, account) else before).append(name)
    return Granted(tuple(granted), tuple(before))


def _accounts(ports: Ports, chosen: Chosen) -> Iterator[Account]:
    if chosen.account is not None:
        yield ports.accounts.get(chosen.account)
        return
    now = ports.clock.now()
    for account in ports.accounts.all():
        has_plan = chosen.plan in (None, account.profile.plan_at(now))
        if has_plan and chosen.sheet in (None, account.profile.sheet_at(now)):
            yield account


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
