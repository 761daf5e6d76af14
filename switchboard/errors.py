"""Refusals: the business says no. Raised before anything has changed, translated once a door."""

from datetime import timedelta


class Refusal(Exception):
    """Something asked for is refused. `code` is stable; the message is for the person who asked."""

    code = "refused"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Malformed(Refusal):
    """What was entered cannot be read."""

    code = "malformed"


class NotANumber(Malformed):
    """A text is no phone number."""

    code = "not_a_number"


class UnreadableText(Malformed):
    """An SMS is no order that we know."""

    code = "unreadable_text"


class NotSignedIn(Refusal):
    """Nobody, or nobody that we know, asks."""

    code = "not_signed_in"


class CodeNeeded(NotSignedIn):
    """A password is right, and the code of the second factor is missing."""

    code = "code_needed"


class NoRight(Refusal):
    """Whoever asks is known, and may not do this."""

    code = "no_right"


class UnknownSender(Refusal):
    """A caller or sender belongs to no account."""

    code = "unknown_sender"


class WithheldCaller(Refusal):
    """A caller ID is withheld, or no number, where it has to say who rings."""

    code = "withheld_caller"


class TooLate(Refusal):
    """Something came so late that nobody waits for it any more."""

    code = "too_late"


class TooOften(Refusal):
    """Somebody asks more often than they may; `wait` is how long that is so, where it is known."""

    code = "too_often"

    def __init__(self, message: str, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class NotFound(Refusal):
    """There is no such thing, or it is somebody else's."""

    code = "not_found"


class NoService(NotFound):
    """A number takes no orders for callbacks."""

    code = "no_service"


class AlreadyExists(Refusal):
    """The name is taken."""

    code = "already_exists"


class Conflict(Refusal):
    """The same request was made before with other contents, or the state does not allow it."""

    code = "conflict"


class Changed(Conflict):
    """What is to be changed is no longer what whoever asks knows of it."""

    code = "changed"


class AccountBlocked(Refusal):
    """The account may not call."""

    code = "account_blocked"


class NotEnoughCredit(Refusal):
    """The account cannot pay for one increment of both legs."""

    code = "not_enough_credit"


class TooManyCallbacks(Refusal):
    """As many callbacks of this account are under way as it may have at once."""

    code = "too_many_callbacks"


class NoRate(Refusal):
    """The account's rate sheet has no price for this number, or blocks it."""

    code = "no_rate"


class NotAllowed(Refusal):
    """A rule of the service forbids this call."""

    code = "not_allowed"


class SameNumber(NotAllowed):
    """A phone cannot be connected with itself."""

    code = "same_number"


class UnconfirmedNumber(NotAllowed):
    """A phone was named to be rung first, and is none of an account's that rings no others."""

    code = "unconfirmed_number"


class NotTexted(NotAllowed):
    """A text to a phone could not be sent."""

    code = "not_texted"


class WrongCode(NotAllowed):
    """A code is not the one that was texted, or too old."""

    code = "wrong_code"


class NumberClosed(NotAllowed):
    """A service number takes no orders at this time."""

    code = "number_closed"


class SpendLimitReached(NotAllowed):
    """The account may not spend so much in a day, in all or on this class of destinations."""

    code = "spend_limit_reached"


class AccountExpired(NotAllowed):
    """The account's validity is over."""

    code = "account_expired"


class LossGuard(NotAllowed):
    """The call would be sold below what its trunks cost; the words do not say so."""

    code = "not_offered"


class NoRoute(Refusal):
    """No trunk carries calls to this number."""

    code = "no_route"


class NoExchangeRate(Refusal):
    """Two currencies meet, and nobody said what the one is in the other."""

    code = "no_exchange_rate"


class NoReply(Refusal):
    """A carrier that was asked whether it is there did not answer; the message says which."""

    code = "no_reply"


class VoucherRefused(Refusal):
    """No voucher has this PIN, or it cannot be redeemed: used, expired, blocked."""

    code = "voucher_refused"
