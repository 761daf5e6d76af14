"""Triggers: what a text to a service number sets going. Rings: see rings.py."""

from dataclasses import dataclass

from switchboard.calls.callback import Callback, Trigger
from switchboard.calls.text import read_text
from switchboard.desk.orders import Order, order_callback
from switchboard.errors import NotFound, UnknownSender
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Ports


@dataclass(frozen=True, slots=True)
class Incoming:
    """A text: its sender, the service number it came to, and the id that the provider
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


def _look_up(ports: Ports, incoming: Incoming) -> Directory:
    directory = ports.accounts.look_up(incoming.sender, incoming.service)
    if directory.service is None:
        raise NotFound(f"{incoming.service!r} is not a service number")
    return directory
