"""Codes by call: a phone is rung, and who answers keys in the code that its account was shown.

The code is never spoken, so that neither a voicemail box confirms a phone nor who listens to one.
The call is at our cost, since nothing is dialled at an account's before it is confirmed. That
nobody earns by such calls is seen to by the limits of codes, by classes that are blocked whatever
the account may call, by the limit of its length, and by asking for an account that could pay.
"""

from dataclasses import dataclass, replace
from uuid import uuid4

from switchboard.billing.account import Account
from switchboard.calls.callback import (
    CONFIRMATION,
    DEFAULT_PATIENCE,
    Callback,
    State,
    Trigger,
)
from switchboard.desk.callback_numbers import By, Code, CodeMaker, new_code
from switchboard.desk.orders import offer, quote
from switchboard.desk.routes import check_routes
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports


@dataclass(frozen=True, slots=True)
class CodeCall:
    """The code to be keyed in, and the callback that rings the phone for it."""

    code: Code
    callback: Callback


def call_for_code(
    ports: Ports,
    maker: CodeMaker,
    account: Account,
    number: PhoneNumber,
    *,
    address: str | None = None,
) -> CodeCall:
    """Ring a phone that the account wants to use, and have the code keyed in there that is given
    here. Refuses as `new_code` does, and where the account could not pay for a call to that
    phone: AccountBlocked, NotEnoughCredit, TooManyCallbacks, NoRate, NoRoute."""
    now, profile = ports.clock.now(), account.profile
    quoted = quote(ports, account, number, None)
    check_routes(ports, profile, quoted, number, None)
    trigger = Trigger(CONFIRMATION, uuid4().hex)
    account.balance.check(trigger.callback_id, quoted.least_micros)
    code = new_code(ports, maker, account, number, By.CALL, address=address)
    callback = Callback(
        id=trigger.callback_id,
        account=profile.account,
        customer=number,
        destination=None,
        trigger=trigger.kind,
        language=profile.language,
        requested_at=now,
        expires_at=now + DEFAULT_PATIENCE,
        quote=replace(quoted, customer=replace(quoted.customer, percent=0)),
        reached={State.QUEUED: now},
    )
    ports.callbacks.place(callback)
    offer(ports, callback)
    return CodeCall(code, callback)
