"""Service numbers in DynamoDB, beside the other identities: one item each, and one of all."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.accounts import IdentityItem
from switchboard.aws.models.database import Database, made
from switchboard.billing.service_number import ServiceNumber
from switchboard.errors import AlreadyExists
from switchboard.numbering import PhoneNumber
from switchboard.ports import Page

ALL = "services"


class ServiceNumbers:
    """The part of `Accounts` that is about service numbers.

    Which numbers they are is asked for each callback, so that all of them stand in one item, too,
    and are read again after `age`. A number is named there before it works, and longer.
    """

    def __init__(self, database: Database, *, age: timedelta = timedelta(seconds=30)) -> None:
        self._items = database.table(IdentityItem)
        self._age_s = age.total_seconds()
        self._asked = -self._age_s
        self._numbers: frozenset[str] = frozenset()

    def add(self, service: ServiceNumber) -> None:
        """Add a number that customers ring or text. AlreadyExists where it is in use."""
        self._read()  # names those of an older system
        self._name([str(service.number)])
        item = self._item(service)
        if not made(lambda: item.save(self._items.identity.does_not_exist())):
            raise AlreadyExists(f"{service.number} is in use already")

    def change(self, old: ServiceNumber, new: ServiceNumber) -> bool:
        """Replace a service number, if it is still `old`."""
        item = self._item(new)
        suspended = self._items.suspended
        unchanged = suspended == True if old.suspended else suspended.does_not_exist()  # noqa: E712  PynamoDB builds a condition of it
        return made(lambda: item.save((self._items.service == _text(old)) & unchanged))

    def remove(self, number: PhoneNumber) -> bool:
        """Take a service number away; whether there was one."""
        removed = made(lambda: self._items(_identity(number)).delete(self._items.service.exists()))
        self._items(ALL).update([self._items.services.delete({str(number)})])
        self._asked = -self._age_s
        return removed

    def has(self, number: PhoneNumber) -> bool:
        """Whether it is one of them, as it was known within half a minute."""
        if time.monotonic() - self._asked >= self._age_s:
            self._numbers = self._read()
            self._asked = time.monotonic()
        return str(number) in self._numbers

    def all(self) -> Sequence[ServiceNumber]:
        """Every service number."""
        found = self._items.scan(self._items.service.exists(), consistent_read=True)
        return sorted(map(service_of, found), key=lambda service: service.number)

    def page(self, digits: str, *, limit: int, cursor: str | None) -> Page[ServiceNumber]:
        """A part of those that have these digits: all are named in one item. One that is named and
        was not added, or is removed, is left out."""
        named = sorted(one for one in self._read() if digits in one and one > (cursor or ""))
        part = named[:limit]
        items = self._items.batch_get(map(_identity, part), consistent_read=True)
        found = {item.identity: service_of(item) for item in items if item.service}
        services = [found[name] for name in map(_identity, part) if name in found]
        return Page(services, part[-1] if len(named) > limit else None)

    def _item(self, service: ServiceNumber) -> IdentityItem:
        return self._items(
            _identity(service.number),
            service=_text(service),
            suspended=service.suspended or None,
        )

    def _name(self, numbers: Sequence[str]) -> None:
        self._items(ALL).update([self._items.services.add(set(numbers))])
        self._asked = -self._age_s

    def _read(self) -> frozenset[str]:
        try:
            item = self._items.get(ALL, consistent_read=True)
        except self._items.DoesNotExist:
            # Those of a system that is older than this item.
            numbers = [str(service.number) for service in self.all()]
            if numbers:
                self._name(numbers)
            else:
                # So that nobody looks through all identities again.
                made(lambda: self._items(ALL).save(self._items.identity.does_not_exist()))
            return frozenset(numbers)
        return frozenset(item.services or ())


def service_of(item: Any) -> ServiceNumber:
    """A service number from its item."""
    return replace(from_text(item.service, ServiceNumber), suspended=bool(item.suspended))


def _identity(number: PhoneNumber | str) -> str:
    return f"service#{number}"


def _text(service: ServiceNumber) -> str:
    # Whether it is suspended stands beside it: a subscription says so in a transaction.
    return to_text(replace(service, suspended=False))
