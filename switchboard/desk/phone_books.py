"""Phone books and speed dials, changed whole or a line at a time."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from switchboard.calls.phonebook import PhoneBook
from switchboard.errors import Conflict
from switchboard.numbering import PhoneNumber
from switchboard.ports import Ports

# Each failed try means that somebody else changed the phone book.
TRIES = 20


def show_phone_book(ports: Ports, account: str) -> PhoneBook:
    """The phone book of an account. NotFound where there is no such account."""
    ports.books.balance(account)
    return ports.phone_books.get(account)


def set_names(ports: Ports, account: str, names: Mapping[str, PhoneNumber]) -> PhoneBook:
    """The phone book with these names and no others."""
    return _change(ports, account, lambda book: replace(book, names=dict(names)))


def set_speed_dials(ports: Ports, account: str, dials: Mapping[int, PhoneNumber]) -> PhoneBook:
    """The phone book with these speed dials and no others."""
    return _change(ports, account, lambda book: replace(book, speed_dials=dict(dials)))


def set_lines(
    ports: Ports,
    account: str,
    *,
    names: Mapping[str, PhoneNumber | None],
    dials: Mapping[int, PhoneNumber | None],
) -> PhoneBook:
    """The phone book with these names and speed dials added or changed; None takes one away, if it
    is there."""

    def changed(book: PhoneBook) -> PhoneBook:
        kept_names = {**book.names, **names}
        kept_dials = {**book.speed_dials, **dials}
        return replace(
            book,
            names={name: number for name, number in kept_names.items() if number},
            speed_dials={key: number for key, number in kept_dials.items() if number},
        )

    return _change(ports, account, changed)


def _change(ports: Ports, account: str, change: Callable[[PhoneBook], PhoneBook]) -> PhoneBook:
    for _ in range(TRIES):
        old = show_phone_book(ports, account)
        new = change(old)
        if ports.phone_books.save(old, new):
            return new
    raise Conflict("the phone book is being changed by somebody else")
