"""Callback numbers: the phones that act for an account and are called at its cost.

A new one is confirmed by a code (design §11), of one of two kinds: one is texted to the phone, and
told by who has read it there; the other is shown to who asks for it, and keyed in on the phone when
that is rung (code_calls.py). Neither is taken for the other.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from switchboard.billing.account import Account
from switchboard.billing.pins import PinKey, RandBelow
from switchboard.desk.lockout import unknown
from switchboard.desk.permission import permit
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.velocity import count_code
from switchboard.errors import AlreadyExists, Conflict, NotAllowed
from switchboard.numbering import PhoneNumber
from switchboard.ports import Confirmation, Ports, Texts
from switchboard.texts.grammar import CODE_DIGITS
from switchboard.texts.replies import Reply, say

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
MOST_NUMBERS = 20


class By(Enum):
    """Of which kind a code is."""

    TEXT = "sms"
    CALL = "call"


class CodeUse(Enum):
    """What a code is good for, and nothing else. A digit more in its hash keeps what is shown for a
    call from being texted, or entered where it was shown, and what a visitor of a web site has read
    from adding their phone to an account."""

    TEXTED = ""
    KEYED_IN = "0"
    VISIT = "1"


_USES = {By.TEXT: CodeUse.TEXTED, By.CALL: CodeUse.KEYED_IN}


@dataclass(frozen=True, slots=True)
class CodeMaker:
    """What codes are made with."""

    key: PinKey
    randbelow: RandBelow = secrets.randbelow


@dataclass(frozen=True, slots=True)
class Code:
    """A code that is waited for, and until when."""

    digits: str = field(repr=False)
    expires_at: datetime


def text_code(
    ports: Ports,
    maker: CodeMaker,
    texts: Texts,
    account: Account,
    number: PhoneNumber,
    *,
    address: str | None = None,
) -> Code:
    """Send a code to a phone that the account wants to use. Refuses as `new_code` does, and
    NotTexted where codes cannot be sent."""
    code = new_code(ports, maker, account, number, By.TEXT, address=address)
    texts.send(number, say(Reply("code", {"code": code.digits}), account.profile.language))
    return code


def new_code(
    ports: Ports,
    maker: CodeMaker,
    account: Account,
    number: PhoneNumber,
    by: By,
    *,
    address: str | None = None,
) -> Code:
    """A code for a phone that the account wants to use, in the place of an earlier one. `address`
    is where it is asked for from.

    NotAllowed where the phone's class is blocked, also for an account that may call it: codes are
    at our cost. TooOften where too many were asked for. Whether the phone is another account's is
    told to whoever holds it only.
    """
    profile = account.profile
    if number in profile.numbers:
        raise AlreadyExists(f"{number} is a phone of your account already")
    _check_room(account)
    plain = replace(account, profile=replace(profile, allowed_classes=(), allowed_prefixes=()))
    permit(ports, plain, number, None)
    count_code(ports, profile.account, number, address)
    return make_code(ports, maker, profile.account, number, _USES[by])


def make_code(
    ports: Ports, maker: CodeMaker, account: str, number: PhoneNumber, use: CodeUse
) -> Code:
    """A code for this phone and this use, in the place of an earlier one."""
    digits = str(maker.randbelow(10**CODE_DIGITS)).zfill(CODE_DIGITS)
    code = Code(digits, ports.clock.now() + CODE_LASTS)
    hashed = _hash(maker.key, number, digits, use)
    ports.confirmations.put(Confirmation(number, account, hashed, code.expires_at, TRIES))
    return code


def take_code(
    ports: Ports, key: PinKey, number: PhoneNumber, code: str, use: CodeUse
) -> str | None:
    """The account that the code was made for; None where it is wrong, too old, or was made for
    another use. One of its tries is taken."""
    waiting = ports.confirmations.try_once(number, ports.clock.now())
    expected = "" if waiting is None else waiting.code_hash
    right = hmac.compare_digest(_hash(key, number, code, use), expected)
    return waiting.account if waiting is not None and right else None


def confirm_number(
    ports: Ports,
    key: PinKey,
    number: PhoneNumber,
    code: str,
    *,
    account: str | None = None,
    by: By = By.TEXT,
) -> Account:
    """The account with the phone whose code this is. A wrong code, an old one, one of the other
    kind and none at all are refused alike: UnknownSender, or NotAllowed where the account that
    asks is named."""
    owner = take_code(ports, key, number, code, _USES[by])
    if owner is None or account not in (None, owner):
        raise unknown() if account is None else NotAllowed("this code is wrong or too old")
    confirmed = add_number(ports, ports.accounts.get(owner), number)
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


def _hash(key: PinKey, number: PhoneNumber, code: str, use: CodeUse) -> str:
    # A PIN has twenty digits at most; the last ten tell phones apart.
    return key.hash(code + number.digits[-10:] + use.value)
