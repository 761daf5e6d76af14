"""The ports in memory."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from switchboard.billing.account import Account, Profile
from switchboard.billing.service_number import ServiceNumber
from switchboard.calls.beat import Beat
from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Verdict
from switchboard.calls.leg import LegRecord
from switchboard.calls.manners import AS_USUAL
from switchboard.calls.trunk import Trunk
from switchboard.errors import AlreadyExists, Conflict
from switchboard.ledger.spend import Spend
from switchboard.numbering import PhoneNumber
from switchboard.ports import DeadOrder, Directory, Listing, Opening, Page, Ports
from switchboard.rating.quote import Quote
from tests.fakes.bridges import MemoryBridges
from tests.fakes.jobs import MemoryFiles, MemoryJobs
from tests.fakes.ledger import MemoryBooks
from tests.fakes.minutes import MemoryMinutes
from tests.fakes.pages import page_of
from tests.fakes.pins import MemoryPins, MemorySettings
from tests.fakes.recurring import MemoryCatalogue, MemorySubscriptions
from tests.fakes.rings import MemoryRings
from tests.fakes.sheets import MemorySheets, MemoryTemplates
from tests.fakes.staff import MemoryAudit, MemoryStaff, MemoryStaffVisits
from tests.fakes.system_log import MemorySystemLog
from tests.fakes.texts import text_ports
from tests.fakes.traces import MemoryTraces
from tests.fakes.visits import MemoryVisits
from tests.fakes.widgets import MemoryWidgets


@dataclass
class MemoryClock:
    """Stands still until it is told to move."""

    at: datetime = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, span: timedelta) -> None:
        self.at += span


@dataclass
class MemoryAccounts:
    books: MemoryBooks
    profiles: dict[str, Profile] = field(default_factory=dict)
    services: dict[PhoneNumber, ServiceNumber] = field(default_factory=dict)
    wake_plan: Callable[[Profile | None, Profile], None] = lambda _old, _new: None

    def open(self, *openings: Opening) -> None:
        with self.books.lock:
            for opening in openings:
                if opening.profile.account in self.profiles:
                    raise AlreadyExists(f"there is an account {opening.profile.account} already")
                self._check_taken(opening.profile)
            for opening in openings:
                account, entry = opening.profile.account, opening.entry
                self.profiles[account] = opening.profile
                self.books.balances[account] = opening.balance
                self.wake_plan(None, opening.profile)
                if entry is not None:
                    self.books.journal[account, entry.identity] = entry

    def get(self, account: str) -> Account:
        balance = self.books.balance(account)
        buckets = self.books.buckets.get(account, {})
        return Account(self.profiles[account], balance, tuple(buckets.values()))

    def change(self, old: Profile, new: Profile) -> None:
        if self.profiles.get(old.account) != old:
            raise Conflict("the account is being changed by somebody else")
        self._check_taken(new)
        self.profiles[new.account] = new
        self.wake_plan(old, new)

    def all(self) -> Iterator[Account]:
        return iter([self.get(account) for account in self.profiles])

    def page(self, listing: Listing, *, limit: int, cursor: str | None) -> Page[Account]:
        by_name = listing.by_name and listing.owner is None

        def place(profile: Profile) -> tuple[str, str]:
            return profile.name.casefold() if by_name else profile.account, profile.account

        begins = listing.begins.casefold() if by_name else listing.begins
        found = [
            profile.account
            for profile in sorted(self.profiles.values(), key=place)
            if listing.owner in (None, profile.owner) and place(profile)[0].startswith(begins)
        ]
        accounts = [Account(self.profiles[one], self.books.balance(one)) for one in found]
        return page_of(accounts, found, limit=limit, cursor=cursor)

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

    def service_page(
        self, digits: str = "", *, limit: int, cursor: str | None
    ) -> Page[ServiceNumber]:
        found = [
            number
            for number in sorted(self.services)
            if digits in str(number) and str(number) > (cursor or "")
        ]
        part = found[:limit]
        cursor = str(part[-1]) if len(found) > limit else None
        return Page([self.services[number] for number in part], cursor)

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
            settled = replace(
                found,
                spend=Spend(),
                starts_at=None,
                retries=None,
                manners=AS_USUAL,
                service=None,
            )
            self._keep(replace(settled, state=state, reached=reached))
            return True

    def set_destination(
        self,
        callback: str,
        worker: str,
        destination: PhoneNumber,
        quote: Quote,
        *,
        instead_of: PhoneNumber | None = None,
        earlier: tuple[LegRecord, ...] = (),
    ) -> bool:
        with self.lock:
            found = self.placed[callback]
            if found.worker != worker or found.state.final or found.destination != instead_of:
                return False
            kept = earlier or found.earlier
            self._keep(replace(found, destination=destination, quote=quote, earlier=kept))
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
        return page_of(mine, [found.id for found in mine], limit=limit, cursor=cursor)

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

    def depth(self) -> int:
        return len(self.sent)


@dataclass
class MemoryDeadOrders:
    """`died` notes an order that no worker could serve."""

    dead: list[DeadOrder] = field(default_factory=list)

    def died(self, callback: str, sent_at: datetime) -> None:
        self.dead.append(DeadOrder(callback, sent_at, receipt=uuid4().hex))

    @contextmanager
    def taken(self, *, most: int | None = None) -> Iterator[Sequence[DeadOrder]]:
        taken, self.dead = self.dead[:most], [] if most is None else self.dead[most:]
        self._taken = list(taken)
        try:
            yield sorted(taken, key=lambda order: order.sent_at)
        finally:
            self.dead.extend(self._taken)

    def depth(self) -> int:
        return len(self.dead)

    def remove(self, order: DeadOrder) -> None:
        self._taken = [one for one in self._taken if one.receipt != order.receipt]


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

    def all(self, *, fresh: bool = False) -> Sequence[Trunk]:
        return sorted(self.trunks.values(), key=lambda trunk: (trunk.priority, trunk.name))


def memory_ports() -> Ports:
    """A whole system in memory, with a clock that stands still."""
    books = MemoryBooks()
    accounts = MemoryAccounts(books)
    subscriptions = MemorySubscriptions(accounts)
    accounts.wake_plan = subscriptions.wake_plan
    return Ports(
        accounts=accounts,
        books=books,
        sheets=MemorySheets(),
        callbacks=MemoryCallbacks(),
        queue=MemoryQueue(),
        dead_orders=MemoryDeadOrders(),
        control=MemoryControl(),
        workers=MemoryWorkers(),
        traces=MemoryTraces(),
        minutes=MemoryMinutes(),
        trunks=MemoryTrunks(),
        pins=MemoryPins(accounts),
        rings=MemoryRings(),
        bridges=MemoryBridges(),
        settings=MemorySettings(),
        catalogue=MemoryCatalogue(),
        subscriptions=subscriptions,
        templates=MemoryTemplates(),
        widgets=MemoryWidgets(),
        visits=MemoryVisits(),
        staff=MemoryStaff(),
        staff_visits=MemoryStaffVisits(),
        audit=MemoryAudit(),
        system_log=MemorySystemLog(),
        jobs=MemoryJobs(),
        job_queue=MemoryQueue(),
        files=MemoryFiles(),
        clock=MemoryClock(),
        **text_ports(),
    )
