"""Covering a call: which seconds of an account's buckets both of its legs take (design §6)."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from switchboard.billing.account import Account
from switchboard.billing.buckets import Bucket, in_burn_order
from switchboard.calls.callback import Callback
from switchboard.calls.ending import Party
from switchboard.ledger.cover import Cover, Take
from switchboard.numbering import PhoneNumber
from switchboard.rating.price import LegPrice


def grown(
    old: Cover,
    callback: Callback,
    account: Account,
    customer_s: int,
    destination_s: int,
    *,
    at: datetime,
) -> Cover:
    """The cover of a callback as it grows from an older one, for legs of so many seconds, and for
    the first that is not free at least. It goes as far as the buckets do that are valid at this
    instant: the customer leg first, each leg in burn order and in whole increments. What earlier
    destinations burned stays theirs."""
    stock, quote = _Stock(old, account, callback, at), callback.quote
    stock.serve(Party.CUSTOMER, callback.customer, _due_s(quote.customer, customer_s))
    if callback.destination is not None and quote.destination is not None:
        due_s = _due_s(quote.destination, destination_s)
        stock.serve(Party.DESTINATION, callback.destination, due_s)
    return stock.cover


def _due_s(price: LegPrice, seconds: int) -> int:
    return price.due_s(max(seconds, price.first_due_s))


class _Stock:
    """What a hold has of the buckets, and what they have beside it, while both legs burn of it."""

    def __init__(self, old: Cover, account: Account, callback: Callback, at: datetime) -> None:
        self._takes = {take.bucket: take for take in old.takes}
        self._old_s = old.taken_s
        self._account = account
        self._day = callback.spend.day
        self._at = at
        self._burned_s = Counter(callback.earlier_s)

    @property
    def cover(self) -> Cover:
        return Cover(tuple(take for take in self._takes.values() if take.seconds))

    def serve(self, party: Party, number: PhoneNumber, due_s: int) -> None:
        """Let a leg burn, and take what it misses of the buckets that fit its number. What was
        taken before burns first, so that fees which are covered stay so."""
        fitting = [one for one in self._account.buckets if one.covers(number, self._at)]
        for bucket in in_burn_order(fitting):
            take = self._takes.get(bucket.key) or self._blank(bucket)
            self._takes[bucket.key] = take.opened_to(party)
        may_grow = {bucket.key for bucket in fitting}
        for key, take in self._takes.items():
            if not take.is_for(party):
                continue
            wanted_s = take.burned_s(due_s)
            missing_s = self._burned_s[key] + wanted_s - take.seconds
            if key in may_grow and missing_s > 0:
                grown_s = take.seconds + min(missing_s, self._left_s(take))
                self._takes[key] = take = replace(take, seconds=grown_s)
            burned_s = min(wanted_s, take.seconds - self._burned_s[key])
            self._burned_s[key] += burned_s
            due_s = max(0, due_s - burned_s)

    def _left_s(self, take: Take) -> int:
        """What the account has of a bucket beside its hold."""
        balance = self._account.balance
        more_s = take.seconds - self._old_s.get(take.bucket, 0)
        left_s = balance.included_s.get(take.bucket, 0) - more_s
        if take.day:
            counted_s = balance.spent.get(take.counter, 0) + more_s
            left_s = min(left_s, take.per_day_s - counted_s)
        return max(0, left_s)

    def _blank(self, bucket: Bucket) -> Take:
        day, per_day_s = ("", 0) if bucket.per_day_s is None else (self._day, bucket.per_day_s)
        return Take(
            bucket.key,
            0,
            for_customer=False,
            for_destination=False,
            increment_s=bucket.increment_s,
            covers_fees=bucket.covers_fees,
            per_call_s=bucket.per_call_s or 0,
            day=day,
            per_day_s=per_day_s,
        )
