"""The forms of a balance, its holds and its entries in DynamoDB."""

from typing import Any

from switchboard.aws.forms import from_text, from_us, to_text, to_us
from switchboard.aws.journal import place_of
from switchboard.aws.models.accounts import EntryItem
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.cover import NO_COVER, Cover
from switchboard.ledger.entries import JournalEntry

# The parts of an account.
PROFILE, BALANCE, BUCKET = "profile", "balance", "bucket"


def balance_of(item: Any) -> Balance:
    """A balance from its item."""
    holds: dict[str, dict[str, Any]] = item.holds.as_dict()
    return Balance(
        account=item.account,
        currency=item.currency,
        posted_micros=int(item.posted),
        held_micros=int(item.held),
        avail_micros=int(item.avail),
        credit_limit_micros=int(item.credit_limit),
        active=item.active,
        max_callbacks=int(item.max_callbacks),
        holds={callback: _hold(form) for callback, form in holds.items()},
        limits={} if item.limits is None else from_text(item.limits, dict[str, int]),
        spent={} if item.spent is None else item.spent.as_dict(),
        included_s={} if item.included is None else item.included.as_dict(),
        lowered_micros=int(item.lowered or 0),
    )


def balance_values(balance: Balance) -> dict[str, Any]:
    """What the item of a balance keeps."""
    return {
        "account": balance.account,
        "part": BALANCE,
        "currency": balance.currency,
        "posted": balance.posted_micros,
        "held": balance.held_micros,
        "avail": balance.avail_micros,
        "credit_limit": balance.credit_limit_micros,
        "active": balance.active,
        "max_callbacks": balance.max_callbacks,
        "holds": {callback: hold_form(hold) for callback, hold in balance.holds.items()},
        "limits": to_text(balance.limits) if balance.limits else None,
        "spent": balance.spent,
        "included": balance.included_s,
        "lowered": balance.lowered_micros or None,
    }


def entry_values(entry: JournalEntry) -> dict[str, Any]:
    """What the item of a journal entry keeps."""
    return {
        "account": entry.account,
        "identity": entry.identity,
        "entry": to_text(entry),
        "place": place_of(entry),
    }


def entry_item(entry: JournalEntry, model: type[EntryItem]) -> EntryItem:
    """The item of a journal entry."""
    return model(**entry_values(entry))


def hold_form(hold: Hold) -> dict[str, str | int]:
    form: dict[str, str | int] = {
        "amount": hold.amount_micros,
        "nonce": hold.nonce,
        "expires": to_us(hold.expires_at),
        "request": hold.request,
    }
    if hold.counts:
        form["counts"] = ",".join(hold.counts)
    if hold.cover != NO_COVER:
        form["cover"] = to_text(hold.cover)
    return form


def _hold(form: dict[str, Any]) -> Hold:
    return Hold(
        amount_micros=int(form["amount"]),
        nonce=form["nonce"],
        expires_at=from_us(int(form["expires"])),
        request=int(form["request"]),
        counts=tuple(form["counts"].split(",")) if "counts" in form else (),
        cover=from_text(form["cover"], Cover) if "cover" in form else NO_COVER,
    )
