"""Refusals as a page says them: in English in their own words, else by what kind they are."""

from collections.abc import Mapping

from chalicelib.readers import Reader
from chalicelib.translation import ENGLISH, mark
from switchboard.errors import Malformed, Refusal

REASONS: Mapping[str, str] = {
    "malformed": mark("What was entered cannot be read."),
    "not_a_number": mark("This is not a phone number."),
    "not_signed_in": mark("Login or password is wrong."),
    "unknown_sender": mark("We do not know this number or PIN."),
    "too_late": mark("This came too late."),
    "too_often": mark("This was tried too often: wait a while."),
    "not_found": mark("There is no such thing."),
    "already_exists": mark("This is there already, or belongs to somebody else."),
    "conflict": mark("This was changed in between: look at it again."),
    "account_blocked": mark("This account is blocked."),
    "account_expired": mark("This account is not valid any more."),
    "not_enough_credit": mark("There is not enough credit."),
    "too_many_callbacks": mark("There are too many callbacks at once."),
    "no_rate": mark("Calls to this number are not possible."),
    "no_route": mark("Calls to this number are not possible."),
    "not_offered": mark("Calls to this number are not possible."),
    "not_allowed": mark("This is not allowed."),
    "same_number": mark("A phone cannot be connected with itself."),
    "unconfirmed_number": mark("This phone must be confirmed first: add it to your phones."),
    "wrong_password": mark("The present password is wrong."),
    "not_texted": mark("We cannot send a text there: have the phone called instead."),
    "spend_limit_reached": mark("The limit of what may be spent in a day is reached."),
    "voucher_refused": mark("This voucher cannot be redeemed."),
    "stale_form": mark("This page was too old: please try again."),
    "forged": mark("This request does not come from our pages."),
    "refused": mark("This is not possible."),
}


class Misentered(Malformed):
    """What was entered cannot be taken; a page has said why, in its reader's language."""


def reason_of(refusal: Refusal, reader: Reader) -> str:
    """Why something is refused, in the reader's language."""
    if reader.language == ENGLISH or isinstance(refusal, Misentered):
        return refusal.message
    codes = [kind.code for kind in type(refusal).__mro__ if issubclass(kind, Refusal)]
    return reader.say(next(REASONS[code] for code in codes if code in REASONS))
