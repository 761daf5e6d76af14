"""Who pays for what a text asks: by the sender's number, by PIN, or by login and password."""

import secrets
from dataclasses import dataclass
from functools import cache

from switchboard.billing.account import Account
from switchboard.billing.pins import PinKey, RandBelow
from switchboard.calls.callback import Trigger
from switchboard.desk.accounts import sign_in
from switchboard.desk.callback_numbers import CodeMaker, confirm_number
from switchboard.desk.lockout import one_try, unknown
from switchboard.desk.pins import account_by_pin
from switchboard.errors import NotSignedIn, UnreadableText
from switchboard.numbering import PhoneNumber
from switchboard.ports import Passwords, Ports, Texts
from switchboard.texts.grammar import split_pin, unreadable
from switchboard.texts.orders import Confirm, Connect, PlainOrder, SignedOrder, TextOrder
from switchboard.texts.phones import Phones, read_phones


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text or a ring: its sender, the service number it came to, and the id that the provider
    gave it."""

    trigger: Trigger
    sender: PhoneNumber
    service: PhoneNumber


@dataclass(frozen=True, slots=True)
class TextKeys:
    """What texts are checked with, and the way out for codes."""

    passwords: Passwords
    pins: PinKey
    texts: Texts
    randbelow: RandBelow = secrets.randbelow

    @property
    def codes(self) -> CodeMaker:
        """What codes are made with."""
        return CodeMaker(self.pins, self.randbelow)


@dataclass(frozen=True, slots=True)
class Asking:
    """An order and the account that pays for it. `proven` where a PIN or a password was given,
    not only a sender's number, which can be forged."""

    ports: Ports
    keys: TextKeys
    incoming: Incoming
    account: Account
    order: PlainOrder
    proven: bool


def identify(
    ports: Ports, keys: TextKeys, incoming: Incoming, owner: Account | None, order: TextOrder
) -> Asking:
    """Who asks for what. `owner` is the account that the sender's number belongs to.

    A PIN counts where a sender is unknown, or what was texted cannot be read as phones.
    UnknownSender is the same for whatever is wrong.
    """
    sender, service = incoming.sender, incoming.service
    if isinstance(order, SignedOrder):
        with one_try(ports, sender, service):
            account = _by_login(ports, keys, order)
        return Asking(ports, keys, incoming, account, order.order, proven=True)
    if isinstance(order, Confirm):
        if owner is not None:
            # Nothing is to be confirmed of a phone that is known.
            raise unreadable()
        account = confirm_number(ports, keys.pins, sender, order.code)
        return Asking(ports, keys, incoming, account, order, proven=True)
    pinned = split_pin(order.phones) if isinstance(order, Connect) else None
    if pinned is not None and (owner is None or _is_pin(ports, owner, order, pinned[1])):
        with one_try(ports, sender, service):
            account = account_by_pin(ports, keys.pins, pinned[0])
        return Asking(ports, keys, incoming, account, pinned[1], proven=True)
    if owner is None:
        raise unknown()
    return Asking(ports, keys, incoming, owner, order, proven=False)


def phones_of(ports: Ports, account: Account, phones: str) -> Phones:
    """The phones that a text names, by the account's phone book and country."""
    profile = account.profile
    # Once, however many words may be names; and not at all where none may.
    book = cache(lambda: ports.phone_books.get(profile.account))
    return read_phones(phones, profile.country, lambda name: book().find(name))


def _is_pin(ports: Ports, account: Account, order: TextOrder, behind: PlainOrder) -> bool:
    """Whether what a known sender texted means nothing without a PIN, and something with one."""
    return not _names_phones(ports, account, order) and (
        not isinstance(behind, Connect) or _names_phones(ports, account, behind)
    )


def _names_phones(ports: Ports, account: Account, order: TextOrder) -> bool:
    try:
        phones_of(ports, account, order.phones if isinstance(order, Connect) else "")
    except UnreadableText:
        return False
    return True


def _by_login(ports: Ports, keys: TextKeys, order: SignedOrder) -> Account:
    try:
        return sign_in(ports, keys.passwords, order.login, order.password)
    except NotSignedIn:
        raise unknown() from None
