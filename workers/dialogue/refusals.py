"""Why something cannot be, in words: the prompt of each refusal."""

from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.errors import Refusal
from workers.phone import Leg

_WORDS = {
    "malformed": "invalid-number",
    "not_a_number": "invalid-number",
    "not_found": "invalid-number",
    "no_rate": "not-allowed",
    "not_allowed": "not-allowed",
    "same_number": "same-number",
    "no_route": "not-available",
    "not_offered": "not-available",
    "no_exchange_rate": "not-available",
    "not_enough_credit": "no-credit",
    "spend_limit_reached": "daily-limit",
    "too_many_callbacks": "too-many-callbacks",
    "account_blocked": "account-blocked",
    "account_expired": "account-expired",
    "voucher_refused": "voucher-refused",
    "unknown_sender": "voucher-refused",
}


def words_for(refusal: Refusal) -> str:
    """The prompt that says it, or what it is a kind of."""
    codes = [kind.code for kind in type(refusal).__mro__ if issubclass(kind, Refusal)]
    return next((_WORDS[code] for code in codes if code in _WORDS), "try-later")


async def cannot_serve(customer: Leg) -> Verdict:
    """Say that something of ours is missing; how the callback ends then."""
    await customer.play("system-error")
    return Verdict(Ending.FAILED, Culprit.US)
