"""Providers of texts, in DynamoDB."""

import time
from collections.abc import Sequence
from datetime import timedelta

from switchboard.aws.forms import from_text, to_text
from switchboard.aws.models.database import Database, made
from switchboard.aws.models.system import SmsProviderItem
from switchboard.errors import NotFound
from switchboard.texts.provider import SmsProvider


class DynamoSmsProviders:
    """`SmsProviders` over one table. What was read is asked for again after `age`."""

    def __init__(self, database: Database, *, age: timedelta = timedelta(seconds=10)) -> None:
        self._items = database.table(SmsProviderItem)
        self._age_s = age.total_seconds()
        self._known: dict[str, tuple[float, SmsProvider]] = {}

    def save(self, provider: SmsProvider) -> None:
        """Keep a provider, in the place of one of the same name."""
        self._known.pop(provider.name, None)
        self._items(provider.name, provider=to_text(provider)).save()

    def get(self, name: str) -> SmsProvider:
        """The provider of this name. NotFound where there is none."""
        asked, known = self._known.get(name, (0.0, None))
        if known is not None and time.monotonic() - asked < self._age_s:
            return known
        try:
            item = self._items.get(name, consistent_read=True)
        except self._items.DoesNotExist:
            raise NotFound(f"there is no SMS provider {name}") from None
        provider = from_text(item.provider, SmsProvider)
        self._known[name] = (time.monotonic(), provider)
        return provider

    def remove(self, name: str) -> bool:
        """Take a provider away; whether there was one."""
        self._known.pop(name, None)
        return made(lambda: self._items(name).delete(condition=self._items.name.exists()))

    def all(self) -> Sequence[SmsProvider]:
        """Every provider, by name."""
        found = [from_text(item.provider, SmsProvider) for item in self._items.scan()]
        return sorted(found, key=lambda provider: provider.name)
