"""The ports in memory."""

import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from switchboard.billing.account import Account, Profile
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.beat import Beat
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.ending import Verdict
from switchboard.calls.trunk import Trunk
from switchboard.errors import AlreadyExists, Conflict, Malformed, NotFound, Refusal
from switchboard.ledger.balance import Balance, Hold
from switchboard.ledger.entries import JournalEntry
from switchboard.ledger.spend import NO_LIMITS, Spend
from switchboard.numbering import PhoneNumber
from switchboard.ports import Directory, Page, Ports
from switchboard.rating.quote import Quote
from tests.fakes.bridges import MemoryBridges
from tests.fakes.pins import MemoryPins, MemorySettings
from tests.fakes.rings import MemoryRings
from tests.fakes.sheets import MemorySheets, MemoryTemplates
from tests.fakes.texts import text_ports


@dataclass
class MemoryClock:
    """Stands still until it is told to move."""

    at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, span: timedelta) -> None:
        self.at += span


@dataclass
class MemoryBooks:
    """Each method is one step: nothing comes between, as with a conditional write."""

    balances: dict[str, Balance] = field(default_factory=dict)
    journal: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    closed: dict[tuple[str, str], Cdr] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def balance(self, account: str) -> Balance:
        if account not in self.balances:
            raise NotFound(f"there is no account {account}")
        return self.balances[account]

    def set_active(self, account: str, *, active: bool) -> None:
        with self.lock:
            self.balances[account] = replace(self.balance(account), active=active)

    def set_limits(self, old: Balance, *, credit_limit_micros: int, max_callbacks: int) -> bool:
        with self.lock:
            now = self.balance(old.account)
            if now.credit_limit_micros != old.credit_limit_micros:
                return False
            limited = now.limit(credit_limit_micros)
            self.balances[old.account] = replace(limited, max_callbacks=max_callbacks)
            return True

    def set_spend_limits(self, old: Balance, limits: Mapping[str, int]) -> bool:
        with self.lock:
            now = self.balance(old.account)
            if now.limits != old.limits:
                return False
            self.balances[old.account] = replace(now, limits=dict(limits))
            return True

    def reserve(
        self, account: str, callback: str, hold: Hold, limits: Mapping[str, int] = NO_LIMITS
    ) -> bool:
        return self._try(account, lambda balance: balance.reserve(callback, hold, limits))

    def extend(
        self,
        account: str,
        callback: str,
        old: Hold,
        new: Hold,
        limits: Mapping[str, int] = NO_LIMITS,
    ) -> bool:
        assert (old.nonce, old.request + 1) == (new.nonce, new.request)
        return self._try(account, lambda balance: balance.extend(callback, new, limits))

    def adopt(self, account: str, callback: str, old: Hold, nonce: str) -> bool:
        return self._try(account, lambda balance: balance.adopt(callback, old, nonce))

    def release(
        self,
        account: str,
        callback: str,
        hold: Hold,
        charge_micros: int,
        *,
        forget: Collection[str] = (),
    ) -> bool:
        return self._try(
            account,
            lambda balance: balance.release(callback, hold, charge_micros).forget(forget),
        )

    def close(self, cdr: Cdr) -> bool:
        with self.lock:
            return self.closed.setdefault((cdr.account, cdr.callback), cdr) is cdr

    def cdr(self, account: str, callback: str, requested_at: datetime) -> Cdr | None:
        return self.closed.get((account, callback))

    def post_late(self, cdr: Cdr) -> bool:
        with self.lock:
            key = (cdr.account, cdr.callback)
            if self.closed[key].settlement.late_micros is not None:
                return False
            assert cdr.settlement.late_micros is not None
            self.balances[cdr.account] = self.balance(cdr.account).post(-cdr.settlement.late_micros)
            self.closed[key] = cdr
            return True

    def enter(self, entry: JournalEntry) -> bool:
        with self.lock:
            if (entry.account, entry.identity) in self.journal:
                return False
            self.balances[entry.account] = self.balance(entry.account).post(entry.amount_micros)
            self.journal[entry.account, entry.identity] = entry
            return True

    def entries(self, account: str) -> Iterator[JournalEntry]:
        return iter([entry for key, entry in sorted(self.journal.items()) if key[0] == account])

    def cdrs(self, account: str) -> Iterator[Cdr]:
        mine = [cdr for cdr in self.closed.values() if cdr.account == account]
        return iter(sorted(mine, key=lambda cdr: (cdr.requested_at, cdr.callback), reverse=True))

    def _try(self, account, change) -> bool:
        with self.lock:
            try:
                self.balances[account] = change(self.balance(account))
            except NotFound:
                raise
            except Refusal:
                return False
            return True


@dataclass
class MemoryAccounts:
    books: MemoryBooks
    profiles: dict[str, Profile] = field(default_factory=dict)
    services: dict[PhoneNumber, ServiceNumber] = field(default_factory=dict)

    def open(self, profile: Profile, balance: Balance) -> None:
        if profile.account in self.profiles:
            raise AlreadyExists(f"there is an account {profile.account} already")
        self._check_taken(profile)
        self.profiles[profile.account] = profile
        self.books.balances[profile.account] = balance

    def get(self, account: str) -> Account:
        balance = self.books.balance(account)
        return Account(self.profiles[account], balance)

    def change(self, old: Profile, new: Profile) -> None:
        if self.profiles.get(old.account) != old:
            raise Conflict("the account is being changed by somebody else")
        self._check_taken(new)
        self.profiles[new.account] = new

    def all(self) -> Iterator[Account]:
        return iter([self.get(account) for account in self.profiles])

    def look_up(self, sender: PhoneNumber | None, service: PhoneNumber) -> Directory:
        account = None if sender is None else self.by_number(sender)
        return Directory(account, self.services.get(service))

    def by_number(self, number: PhoneNumber) -> str | None:
        owners = (name for name, profile in self.profiles.items() if number in profile.numbers)
        return next(owners, None)

    def by_login(self, login: str) -> str | None:
        owners = (name for name, profile in self.profiles.items() if profile.login == login)
        return next(owners, None)

    def by_pin(self, pin_hash: str) -> str | None:
        owners = (name for name, one in self.profiles.items() if one.pin_hash == pin_hash)
        return next(owners, None)

    def add_service_number(self, service: ServiceNumber) -> None:
        if service.number in self.services:
            raise AlreadyExists(f"{service.number} is in use already")
        self.services[service.number] = service

    def change_service_number(self, old: ServiceNumber, new: ServiceNumber) -> bool:
        if self.services.get(old.number) != old:
            return False
        self.services[old.number] = new
        return True

    def remove_service_number(self, number: PhoneNumber) -> bool:
        return self.services.pop(number, None) is not None

    def is_service_number(self, number: PhoneNumber) -> bool:
        return number in self.services

    def service_numbers(self) -> Sequence[ServiceNumber]:
        return [self.services[number] for number in sorted(self.services)]

    def _check_taken(self, profile: Profile) -> None:
        for number in profile.numbers:
            if self.by_number(number) not in (None, profile.account):
                raise AlreadyExists(f"{number} is in use already")
        if profile.login is not None and self.by_login(profile.login) not in (
            None,
            profile.account,
        ):
            raise AlreadyExists(f"login {profile.login} is in use already")
        if profile.pin_hash is not None and self.by_pin(profile.pin_hash) not in (
            None,
            profile.account,
        ):
            raise AlreadyExists("this PIN is in use already")


@dataclass
class MemoryCallbacks:
    placed: dict[str, Callback] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def place(self, callback: Callback) -> bool:
        with self.lock:
            return self.placed.setdefault(callback.id, callback) is callback

    def find(self, callback: str) -> Callback | None:
        return self.placed.get(callback)

    def claim(
        self, callback: str, worker: str, *, now: datetime, lease: timedelta
    ) -> Callback | None:
        with self.lock:
            found = self.placed.get(callback)
            if found is None or not _is_free(found, now):
                return None
            return self._keep(
                replace(
                    found,
                    state=State.CLAIMED,
                    worker=worker,
                    lease_until=now + lease,
                    reached={**found.reached, State.CLAIMED: now},
                )
            )

    def advance(self, callback: str, worker: str, state: State, at: datetime) -> bool:
        with self.lock:
            found = self.placed[callback]
            if found.worker != worker or found.state.rank >= state.rank:
                return False
            reached = {**found.reached, state: at}
            settled = replace(found, spend=Spend(), starts_at=None, retries=None)
            self._keep(replace(settled, state=state, reached=reached))
            return True

    def set_destination(
        self, callback: str, worker: str, destination: PhoneNumber, quote: Quote
    ) -> bool:
        with self.lock:
            found = self.placed[callback]
            if found.worker != worker or found.state.final or found.destination is not None:
                return False
            self._keep(replace(found, destination=destination, quote=quote))
            return True

    def identify(
        self, callback: str, worker: str, old_account: str, account: str, quote: Quote
    ) -> bool:
        with self.lock:
            found = self.placed[callback]
            asking = found.asks_pin and found.destination is None and not found.state.final
            if not asking or (found.worker, found.account) != (worker, old_account):
                return False
            self._keep(replace(found, account=account, quote=quote, asks_pin=False))
            return True

    def finish(
        self, callback: str, state: State, verdict: Verdict, at: datetime, *, worker: str | None
    ) -> bool:
        with self.lock:
            found = self.placed[callback]
            if found.worker != worker or found.state.final:
                return False
            reached = {**found.reached, state: at}
            self._keep(replace(found, state=state, verdict=verdict, reached=reached))
            return True

    def recent(self, account: str, *, limit: int, cursor: str | None) -> Page[Callback]:
        mine = [found for found in self.placed.values() if found.account == account]
        mine.sort(key=lambda found: (found.requested_at, found.id), reverse=True)
        ids = [found.id for found in mine]
        if cursor is not None and cursor not in ids:
            raise Malformed("this cursor is not one of ours")
        start = 0 if cursor is None else ids.index(cursor) + 1
        page = mine[start : start + limit]
        more = len(mine) > start + limit
        return Page(page, page[-1].id if more else None)

    def _keep(self, callback: Callback) -> Callback:
        self.placed[callback.id] = callback
        return callback


def _is_free(callback: Callback, now: datetime) -> bool:
    if now >= callback.expires_at or callback.wait_at(now) > timedelta(seconds=1):
        return False
    lapsed = callback.lease_until is not None and callback.lease_until < now
    return callback.state is State.QUEUED or (callback.state is State.CLAIMED and lapsed)


@dataclass
class MemoryQueue:
    sent: list[str] = field(default_factory=list)
    delays: list[timedelta] = field(default_factory=list)

    def send(self, callback: str, *, delay: timedelta = timedelta()) -> None:
        self.sent.append(callback)
        self.delays.append(delay)


@dataclass
class MemoryControl:
    hang_ups: list[tuple[str, str]] = field(default_factory=list)
    forgotten: list[str] = field(default_factory=list)

    def hang_up(self, worker: str, callback: str) -> None:
        self.hang_ups.append((worker, callback))

    def forget(self, worker: str) -> None:
        self.forgotten.append(worker)


@dataclass
class MemoryWorkers:
    beats: dict[str, Beat] = field(default_factory=dict)

    def beat(self, beat: Beat) -> None:
        self.beats[beat.worker] = beat

    def all(self) -> Sequence[Beat]:
        return [self.beats[worker] for worker in sorted(self.beats)]

    def forget(self, beat: Beat) -> None:
        if self.beats.get(beat.worker) == beat:
            del self.beats[beat.worker]


@dataclass
class MemoryTrunks:
    trunks: dict[str, Trunk] = field(default_factory=dict)

    def save(self, trunk: Trunk) -> None:
        self.trunks[trunk.name] = trunk

    def remove(self, name: str) -> bool:
        return self.trunks.pop(name, None) is not None

    def all(self) -> Sequence[Trunk]:
        return sorted(self.trunks.values(), key=lambda trunk: (trunk.priority, trunk.name))


def memory_ports() -> Ports:
    """A whole system in memory, with a clock that stands still."""
    books = MemoryBooks()
    accounts = MemoryAccounts(books)
    return Ports(
        accounts=accounts,
        books=books,
        sheets=MemorySheets(),
        callbacks=MemoryCallbacks(),
        queue=MemoryQueue(),
        control=MemoryControl(),
        workers=MemoryWorkers(),
        trunks=MemoryTrunks(),
        pins=MemoryPins(accounts),
        rings=MemoryRings(),
        bridges=MemoryBridges(),
        settings=MemorySettings(),
        templates=MemoryTemplates(),
        clock=MemoryClock(),
        **text_ports(),
    )
