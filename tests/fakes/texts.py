"""What texts need of the world, in memory."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from switchboard.billing.pins import PinKey
from switchboard.calls.phonebook import PhoneBook
from switchboard.calls.planned import Planned, PlanState
from switchboard.desk.text_senders import TextKeys
from switchboard.errors import NotFound
from switchboard.numbering import PhoneNumber
from switchboard.ports import Confirmation, Limit
from switchboard.texts.provider import SmsProvider
from tests.fakes.passwords import PlainPasswords

PIN_KEY = PinKey("the key of all PINs")


@dataclass
class MemoryThrottle:
    counts: Counter = field(default_factory=Counter)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def take(self, key: str, limit: Limit, now: datetime) -> bool:
        with self.lock:
            window = self._window(key, limit, now)
            has_room = self.counts[window] < limit.most
            self.counts[window] += has_room
            return has_room

    def give_back(self, key: str, limit: Limit, now: datetime) -> None:
        with self.lock:
            window = self._window(key, limit, now)
            self.counts[window] -= self.counts[window] > 0

    def _window(self, key: str, limit: Limit, now: datetime):
        return key, limit.window, limit.window_at(now)


@dataclass
class MemoryAnswers:
    kept: dict[str, str] = field(default_factory=dict)

    def find(self, trigger: str) -> str | None:
        return self.kept.get(trigger)

    def keep(self, trigger: str, answer: str, now: datetime) -> None:
        self.kept.setdefault(trigger, answer)


@dataclass
class MemoryConfirmations:
    waiting: dict[PhoneNumber, Confirmation] = field(default_factory=dict)

    def put(self, confirmation: Confirmation) -> None:
        self.waiting[confirmation.number] = confirmation

    def try_once(self, number: PhoneNumber, now: datetime) -> Confirmation | None:
        found = self.waiting.get(number)
        if found is None or found.expires_at <= now or not found.tries:
            return None
        self.waiting[number] = replace(found, tries=found.tries - 1)
        return self.waiting[number]

    def remove(self, number: PhoneNumber) -> None:
        self.waiting.pop(number, None)


@dataclass
class MemoryPhoneBooks:
    books: dict[str, PhoneBook] = field(default_factory=dict)

    def get(self, account: str) -> PhoneBook:
        return self.books.get(account, PhoneBook(account))

    def save(self, old: PhoneBook, new: PhoneBook) -> bool:
        if self.get(old.account) not in (old, new):
            return False
        self.books[new.account] = new
        return True


@dataclass
class MemorySmsProviders:
    kept: dict[str, SmsProvider] = field(default_factory=dict)

    def save(self, provider: SmsProvider) -> None:
        self.kept[provider.name] = provider

    def get(self, name: str) -> SmsProvider:
        if name not in self.kept:
            raise NotFound(f"there is no SMS provider {name}")
        return self.kept[name]

    def remove(self, name: str) -> bool:
        return self.kept.pop(name, None) is not None

    def all(self) -> Sequence[SmsProvider]:
        return [self.kept[name] for name in sorted(self.kept)]


@dataclass
class MemoryTexts:
    """Keeps what was sent."""

    sent: list[tuple[PhoneNumber, str]] = field(default_factory=list)

    def send(self, to: PhoneNumber, text: str) -> None:
        self.sent.append((to, text))


def text_keys() -> TextKeys:
    """With codes that are sent nowhere but into a list, and are known beforehand: 000007."""
    return TextKeys(PlainPasswords(), PIN_KEY, MemoryTexts(), randbelow=lambda _most: 7)


@dataclass
class MemorySchedule:
    kept: dict[str, Planned] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def put(self, planned: Planned) -> bool:
        with self.lock:
            return self.kept.setdefault(planned.id, planned) is planned

    def find(self, planned: str) -> Planned | None:
        return self.kept.get(planned)

    def move(self, planned: str, old: PlanState, new: PlanState) -> bool:
        with self.lock:
            found = self.kept.get(planned)
            if found is None or found.state not in (old, new):
                return False
            self.kept[planned] = replace(found, state=new)
            return True

    def due(self, now: datetime, *, limit: int) -> Sequence[Planned]:
        return [one for one in self._open() if one.at <= now][:limit]

    def of(self, account: str) -> Sequence[Planned]:
        return [one for one in self._open() if one.account == account]

    def _open(self) -> list[Planned]:
        return sorted((one for one in self.kept.values() if one.state.open), key=lambda one: one.at)


def text_ports() -> dict[str, object]:
    """Those of the ports that are here, by name."""
    return {
        "phone_books": MemoryPhoneBooks(),
        "schedule": MemorySchedule(),
        "throttle": MemoryThrottle(),
        "answers": MemoryAnswers(),
        "confirmations": MemoryConfirmations(),
        "sms_providers": MemorySmsProviders(),
    }
