"""Vouchers: a PIN that tops an account up, once."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from switchboard.billing.account import Profile
from switchboard.billing.batches import Batch, BatchState
from switchboard.errors import VoucherRefused
from switchboard.ledger.entries import EntryKind, JournalEntry


@dataclass(frozen=True, slots=True)
class Voucher:
    """One voucher of a batch. `redeemed_by` is the account that it topped up; `receipt` tells the
    request that did from any other."""

    voucher: str
    batch: str
    pin_hash: str = field(repr=False)
    redeemed_by: str | None = None
    redeemed_at: datetime | None = None
    receipt: str | None = None


@dataclass(frozen=True, slots=True)
class Redemption:
    """All that is written, together or not at all, when a voucher is redeemed."""

    voucher: Voucher
    entry: JournalEntry
    old: Profile
    new: Profile


def redemption(
    voucher: Voucher, batch: Batch, profile: Profile, now: datetime, *, receipt: str
) -> Redemption:
    """What redeeming it for this account would write. VoucherRefused where it cannot be."""
    check_redeemable(voucher, batch, profile, now)
    entry = JournalEntry(
        account=profile.account,
        identity=f"{EntryKind.VOUCHER.value}#{voucher.voucher}",
        kind=EntryKind.VOUCHER,
        currency=batch.currency,
        amount_micros=batch.value_micros,
        entered_at=now,
    )
    marked = replace(voucher, redeemed_by=profile.account, redeemed_at=now, receipt=receipt)
    return Redemption(marked, entry, profile, topped_up(profile, batch, now))


def check_redeemable(voucher: Voucher, batch: Batch, profile: Profile, now: datetime) -> None:
    """VoucherRefused where it was used, is blocked or not issued, too old, or of other money. Who
    did not use it is not told which: a guess shall not learn that it hit."""
    if voucher.redeemed_by == profile.account:
        raise VoucherRefused("this account redeemed that voucher before")
    is_current = batch.valid_until is None or now < batch.valid_until
    is_ours = batch.state is BatchState.READY and batch.currency == profile.currency
    if voucher.redeemed_by is not None or not is_current or not is_ours:
        raise no_voucher()


def no_voucher() -> VoucherRefused:
    """The one refusal of a PIN that is good for nothing, whatever the reason."""
    return VoucherRefused("no voucher that can be redeemed has this PIN")


def topped_up(profile: Profile, batch: Batch, now: datetime) -> Profile:
    """The profile after a voucher of this batch: on its sheet and plan, valid for its days."""
    if batch.sheet is not None and profile.sheet_at(now) != batch.sheet:
        profile = profile.with_sheet(batch.sheet, now)
    if batch.plan is not None and profile.plan_at(now) != batch.plan:
        profile = profile.with_plan(batch.plan, now)
    if batch.valid_days is None or profile.valid_until is None:
        return profile
    lasts_until = now + timedelta(days=batch.valid_days)
    return replace(profile, valid_until=max(profile.valid_until, lasts_until))
