"""Batches of PINs, and vouchers."""

from switchboard.billing.batches import Batch
from switchboard.billing.vouchers import Voucher
from switchboard.money import format_micros
from switchboard.wire.forms import Body, instant, maybe_instant


def batch_body(batch: Batch) -> Body:
    """A batch of PINs, without them."""
    return {
        "batch": batch.name,
        "kind": batch.kind.value,
        "status": batch.state.value,
        "count": batch.count,
        "length": batch.length,
        "value": format_micros(batch.value_micros),
        "currency": batch.currency,
        "sheet": batch.sheet,
        "plan": batch.plan,
        "valid_until": maybe_instant(batch.valid_until),
        "valid_days": batch.valid_days,
        "made_at": instant(batch.made_at),
    }


def voucher_body(voucher: Voucher, batch: Batch) -> Body:
    """A voucher and what holds for its batch, without its PIN."""
    return {
        "voucher": voucher.voucher,
        "redeemed_by": voucher.redeemed_by,
        "redeemed_at": maybe_instant(voucher.redeemed_at),
        "batch": batch_body(batch),
    }
