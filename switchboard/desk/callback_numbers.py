"""Callback numbers: the phones that act for an account and are called at its cost. A new one is
confirmed by a code that was sent to it (design §11)."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from switchboard.billing.account import Account
from switchboard.billing.pins import PinKey, RandBelow
from switchboard.desk.lockout import unknown
from switchboard.desk.permission import permit
from switchboard.desk.profiles import Changes, change_profile
from switchboard.errors import AlreadyExists, Conflict, NotAllowed
from switchboard.numbering import PhoneNumber
from switchboard.ports import Confirmation, Limit, Ports, Texts
from switchboard.texts.grammar import CODE_DIGITS
from switchboard.texts.replies import Reply, say

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
MOST_NUMBERS = 20
CODES_A_PHONE = Limit(3, timedelta(hours=1))
CODES_AN_ACCOUNT = Limit(10, timedelta(days=1))


@dataclass(frozen=True, slots=True)
class CodeSender:
    """What codes are made and sent with."""

    key: PinKey
    texts: Texts
    randbelow: RandBelow


def ask_for_code(ports: Ports, sender: CodeSender, account: Account, number: PhoneNumber) -> None:
    """Send a code to a phone that the account wants to use. NotAllowed where codes cannot be sent,
    too many were, or the account may not call that phone; whether the phone is another account's
    is told to whoever holds it only."""
    if number in account.profile.numbers:
        raise AlreadyExists(f"{number} is a phone of your account already")
    _check_room(account)
    permit(ports, account, number, None)
    name, now = account.profile.account, ports.clock.now()
    limits = ((f"code#{number}", CODES_A_PHONE), (f"codes#{name}", CODES_AN_ACCOUNT))
    if not all(ports.throttle.take(key, limit, now) for key, limit in limits):
        raise NotAllowed("too many codes were sent: try again later")
    code = str(sender.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)
    hashed = _hash(sender.key, number, code)
    ports.confirmations.put(Confirmation(number, name, hashed, now + CODE_LASTS, TRIES))
    sender.texts.send(number, say(Reply("code", {"code": code}), account.profile.language))


def confirm_number(
    ports: Ports, key: PinKey, number: PhoneNumber, code: str, *, account: str | None = None
) -> Account:
    """The account with the phone whose code this is. A wrong code, an old one and none at all are
    refused alike: UnknownSender, or NotAllowed where the account that asks is named."""
    waiting = ports.confirmations.try_once(number, ports.clock.now())
    expected = "" if waiting is None else waiting.code_hash
    right = hmac.compare_digest(_hash(key, number, code), expected)
    if waiting is None or not right or account not in (None, waiting.account):
        raise unknown() if account is None else NotAllowed("this code is wrong or too old")
    confirmed = add_number(ports, ports.accounts.get(waiting.account), number)
    ports.confirmations.remove(number)
    return confirmed


def add_number(ports: Ports, account: Account, number: PhoneNumber) -> Account:
    """The account with a phone that has proven to be its own. AlreadyExists where it is another
    account's."""
    _check_room(account)
    return change_profile(ports, account.profile.account, Changes(add_numbers=(number,)))


def arrange_numbers(ports: Ports, account: str, numbers: Sequence[PhoneNumber]) -> Account:
    """The account with these of its phones in this order, the first as the default; others are
    removed. Conflict where one is not confirmed."""
    known = ports.accounts.get(account).profile
    new = next((number for number in numbers if number not in known.numbers), None)
    if new is not None:
        raise Conflict(f"{new} is not confirmed: ask for a code first")
    wanted = tuple(dict.fromkeys(numbers))
    return change_profile(ports, account, Changes(remove_numbers=known.numbers, add_numbers=wanted))


def _check_room(account: Account) -> None:
    if len(account.profile.numbers) >= MOST_NUMBERS:
        raise NotAllowed(f"an account has up to {MOST_NUMBERS} phones")


def _hash(key: PinKey, number: PhoneNumber, code: str) -> str:
    # A PIN has twenty digits at most; the last ten tell phones apart.
    return key.hash(code + number.digits[-10:])
