"""What is found when the world is calm again: facts, without a judgement."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from switchboard.calls.callback import State
from switchboard.calls.cdr import Cdr
from switchboard.ports import Ports
from tests.chaos.peer import Peer
from tests.chaos.plan import ACCOUNT_NAMES, Errand, Plan


@dataclass(frozen=True)
class Found:
    """What became of one order: the state of its callback, None where there is none, and how it
    ended; how many CDRs there are of it, and what they charge; how often each of its phones was
    rung, and whether anybody picked one up."""

    name: str
    state: State | None = State.ENDED
    ending: str = "hung_up"
    cdrs: int = 1
    charged_micros: int = 0
    rung: tuple[int, ...] = (1, 1)
    picked_up: bool = True


@dataclass(frozen=True)
class Aftermath:
    """The whole of it. What has a name here should not be there: breaches of the books, holds,
    calls that are up at the peer, settlements on disk, workers that lived and could not be told to
    hang up, heartbeats and control queues of workers that are gone."""

    found: tuple[Found, ...]
    breaches: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    calls_up: tuple[str, ...] = ()
    orders_waiting: int = 0
    deaf: tuple[str, ...] = ()
    heartbeats: tuple[str, ...] = ()
    control_queues: tuple[str, ...] = ()
    spooled: tuple[str, ...] = ()

    @property
    def endings(self) -> Mapping[str, int]:
        """How many callbacks ended how, the most frequent first."""
        return dict(Counter(one.ending for one in self.found).most_common())


def look_at_orders(plan: Plan, ports: Ports, peer: Peer) -> Iterator[Found]:
    """What became of each."""
    cdrs: dict[str, list[Cdr]] = defaultdict(list)
    for account in ACCOUNT_NAMES:
        for cdr in ports.books.cdrs(account):
            cdrs[cdr.callback].append(cdr)
    for errand in plan.errands:
        yield _look_at(errand, ports, peer, cdrs[errand.trigger.callback_id])


def holds_of(ports: Ports) -> Iterator[str]:
    """What is set aside for a callback, by account."""
    for account in ACCOUNT_NAMES:
        yield from (f"{account}: {name}" for name in ports.books.balance(account).holds)


def _look_at(errand: Errand, ports: Ports, peer: Peer, cdrs: list[Cdr]) -> Found:
    name = f"order {errand.number} ({errand.trigger.callback_id})"
    rung = tuple(peer.times_rung(str(phone)) for phone in errand.phones)
    callback = ports.callbacks.find(errand.trigger.callback_id)
    if callback is None:
        return Found(name, None, "none", len(cdrs), rung=rung)
    state = callback.state_at(ports.clock.now())
    verdict = callback.verdict
    return Found(
        name,
        state,
        state.value if verdict is None else f"{state.value}: {verdict.ending.value}",
        cdrs=len(cdrs),
        charged_micros=sum(cdr.settlement.total_micros for cdr in cdrs),
        rung=rung,
        picked_up=any(peer.answered(str(phone)) for phone in errand.phones),
    )
