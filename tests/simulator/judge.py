"""What must hold, after every write and in the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from switchboard.calls.beat import LiveCall
from switchboard.calls.callback import State
from switchboard.calls.cdr import Cdr
from switchboard.desk.check_books import check_books
from switchboard.ledger.balance import Balance
from switchboard.ledger.cover import Cover
from switchboard.ledger.entries import SettlementKind
from switchboard.ledger.spend import scope_of
from switchboard.money import LARGEST_MICROS
from switchboard.ports import Ports
from tests.simulator.attempt import Attempt
from tests.simulator.crowd import ACCOUNT
from tests.simulator.host import Host


class Judge:
    """`found` is all that should not be: nothing, in a good run."""

    def __init__(self, ports: Ports) -> None:
        self.found: list[str] = []
        self._ports = ports
        self._before = ports.books.balance(ACCOUNT)
        self._covers: dict[str, set[Cover]] = defaultdict(set)

    def watch(self) -> None:
        """Look at the balance after a call that may have changed it."""
        before, now = self._before, self._ports.books.balance(ACCOUNT)
        if now is not before and now != before:
            self._before = now
            for callback, hold in now.holds.items():
                self._covers[callback].add(hold.cover)
            self.found += _wrong_sums(now)
            self.found += _wrong_holds(before, now)
            self.found += _wrong_counts(before, now)
            self.found += self._uncounted(before, now)

    def conclude(self, hosts: Sequence[Host]) -> None:
        """Look at all that is left when everything is over."""
        self.found += [str(breach) for breach in check_books(self._ports)]
        holds = self._ports.books.balance(ACCOUNT).holds
        self.found += [f"{callback}: its hold is left" for callback in holds]
        now = self._ports.clock.now()
        cdrs = {cdr.callback: cdr for cdr in self._ports.books.cdrs(ACCOUNT)}
        for callback in self._ports.callbacks.recent(ACCOUNT, limit=1000, cursor=None).items:
            if not callback.state_at(now).final:
                self.found.append(f"{callback.id}: it is still {callback.state.value}")
        rang = [attempt for host in hosts for attempt in host.log if attempt.rings]
        if len({attempt.callback.id for attempt in rang}) < len(rang):
            self.found.append("a callback rang twice")
        for attempt in rang:
            self.found += self._wrong_charge(attempt, cdrs.get(attempt.callback.id))
            if attempt.callback.reached[State.CLAIMED] >= attempt.callback.expires_at:
                self.found.append(f"{attempt.callback.id}: it rang when patience was over")

    def _uncounted(self, before: Balance, now: Balance) -> Iterator[str]:
        """A new hold counts for every limit that there is, but those that came after the order."""
        for callback in now.holds.keys() - before.holds.keys():
            ordered = self._ports.callbacks.find(callback)
            spend = replace(ordered.spend, limits=now.limits)
            if not {*spend.counters} <= {*now.holds[callback].counts}:
                yield f"{callback}: it does not count for a limit"

    def _wrong_charge(self, attempt: Attempt, cdr: Cdr | None) -> Iterator[str]:
        """A call costs what it lasted; one whose worker was lost, what a heartbeat told of it."""
        if cdr is None:
            yield f"{attempt.callback.id}: it rang and has no record"
            return
        heard = attempt.host.told.get(attempt.callback.id, {})
        # A record without a leg is of a hold that outlived its time, not of a heartbeat.
        told = heard.get(cdr.ended_at) if cdr.customer else LiveCall()
        known = self._ports.callbacks.find(attempt.callback.id).earlier
        if told is not None and len(known) > len(told.earlier):
            # What was dialled after the heartbeat told of what was over by then.
            told = replace(told, destination_s=None, earlier=known)
        # A sweep goes by the hold as it found it, which its worker may have let grow since.
        covers = self._covers[attempt.callback.id]
        told_micros = {attempt.cost_micros(told, cover) for cover in covers} if told else {0}
        lasted_micros = attempt.cost_micros(attempt.live(), attempt.cover)
        swept = cdr.settlement.kind is SettlementKind.EXPIRE and cdr.settlement.late_micros is None
        right_micros = told_micros if swept else {lasted_micros}
        if attempt.settled and swept:
            # Where a slow store made the worker run beyond its money, a heartbeat may tell more.
            right_micros = {max(micros, lasted_micros) for micros in told_micros}
        charged_micros = cdr.settlement.total_micros
        if charged_micros not in right_micros:
            right = " or ".join(map(str, sorted(right_micros)))
            yield f"{attempt.callback.id}: {charged_micros} is charged, {right} is right"


def _wrong_sums(balance: Balance) -> Iterator[str]:
    held = sum(hold.amount_micros for hold in balance.holds.values())
    if balance.held_micros != held:
        yield "held is not the sum of the holds"
    if balance.avail_micros != balance.posted_micros + balance.credit_limit_micros - held:
        yield "available is not posted + limit - held"


def _wrong_holds(before: Balance, now: Balance) -> Iterator[str]:
    """What was no reason to make a hold, or to let one grow."""
    made = now.holds.keys() - before.holds.keys()
    grown = [
        callback
        for callback in now.holds.keys() & before.holds.keys()
        if now.holds[callback].request > before.holds[callback].request
    ]
    if made or grown:
        yield from _wrong_cover(before, now)
    if (made or grown) and now.avail_micros < 0:
        yield "money was held that is not there"
    if (made or grown) and not now.active:
        yield "money was held for a blocked account"
    if made and len(now.holds) > now.max_callbacks:
        yield "more callbacks at once than the account may have"


def _wrong_counts(before: Balance, now: Balance) -> Iterator[str]:
    """Daily counters that do not follow the holds, or went beyond their limit."""
    right = Counter(before.spent)
    charged_micros = before.posted_micros - now.posted_micros
    for callback in before.holds.keys() | now.holds.keys():
        old, new = before.holds.get(callback), now.holds.get(callback)
        for counter in () if old is None else old.counts:
            right[counter] -= old.amount_micros
            right[counter] += charged_micros if new is None else 0
        for counter in () if new is None else new.counts:
            right[counter] += new.amount_micros
    in_money = {name: micros for name, micros in now.spent.items() if not _of_bucket(name, now)}
    for counter, spent_micros in in_money.items():
        limit_micros = now.limits.get(scope_of(counter), LARGEST_MICROS)
        if spent_micros != right[counter]:
            yield f"{spent_micros} are counted on {counter}, {right[counter]} are right"
        elif spent_micros > max(before.spent.get(counter, 0), limit_micros):
            yield f"more than the limit is spent on {counter}"


def _of_bucket(counter: str, balance: Balance) -> bool:
    return scope_of(counter) in balance.included_s


def _wrong_cover(before: Balance, now: Balance) -> Iterator[str]:
    for bucket, left_s in now.included_s.items():
        if left_s < min(0, before.included_s[bucket]):
            yield f"seconds of {bucket} were held that are not there"
    limits_s = {
        counter: most_s
        for hold in now.holds.values()
        for counter, most_s in hold.cover.limits_s.items()
    }
    for counter, most_s in limits_s.items():
        if now.spent[counter] > max(most_s, before.spent.get(counter, 0)):
            yield f"more is held of {counter} than its limit"
