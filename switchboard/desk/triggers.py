"""Triggers: what a text to a service number, or a ring on it, sets going."""

from dataclasses import dataclass

from switchboard.billing.account import ServiceMode
from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.text import read_text
from switchboard.desk.orders import Order, order_callback
from switchboard.errors import NotAllowed, NotFound, UnknownSender
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Ports


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text or a ring: its sender, the service number it came to, and the id that the provider
    gave it."""

    trigger: Trigger
    sender: PhoneNumber
    service: PhoneNumber


def take_text(ports: Ports, incoming: Incoming, text: str) -> Callback:
    """The callback that a text asks for, authorised by its sender's number.

    UnknownSender, UnreadableText, and all that `order_callback` refuses.
    """
    directory = _look_up(ports, incoming)
    if directory.account is None:
        raise UnknownSender("this number is not registered with us")
    account = ports.accounts.get(directory.account)
    wanted = read_text(text, account.profile.country)
    customer = wanted.customer or incoming.sender
    return order_callback(ports, account, Order(customer, wanted.destination, incoming.trigger))


def take_ring(ports: Ports, incoming: Incoming) -> Callback:
    """The callback that a ring on a service number asks for.

    A DID rings the phone preset for it, whoever rang; any other number rings the caller back,
    by whose number the account is known. The destination is asked for on the phone.
    """
    directory = _look_up(ports, incoming)
    service = directory.service
    if service is not None and service.mode is ServiceMode.DID:
        account_id, customer = service.account, service.rings
    else:
        account_id, customer = directory.account, incoming.sender
    if account_id is None or customer is None:
        raise UnknownSender("this number is not registered with us")
    account = ports.accounts.get(account_id)
    return order_callback(ports, account, Order(customer, None, incoming.trigger))


def _look_up(ports: Ports, incoming: Incoming) -> Directory:
    directory = ports.accounts.look_up(incoming.sender, incoming.service)
    if directory.service is None:
        raise NotFound(f"{incoming.service!r} is not a service number")
    if directory.service.suspended:
        raise NotAllowed("this number is out of service")
    return directory
