"""What must hold after a chaos run, each rule with what breaks it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from tests.chaos.aftermath import Aftermath, Found


@dataclass(frozen=True)
class Verdict:
    """A rule, and what was found that breaks it: nothing, in a good run."""

    rule: str
    broken_by: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        return not self.broken_by


def verdicts_on(aftermath: Aftermath) -> list[Verdict]:
    """All rules, in the order in which they are told."""
    return [Verdict(rule, tuple(broken_by(aftermath))) for rule, broken_by in RULES.items()]


def _unfinished(one: Found) -> str | None:
    if one.state is None:
        return "there is no callback"
    return None if one.state.final else f"it is still {one.state.value}"


def _records(one: Found) -> str | None:
    """Who never rang may have none."""
    rang = any(one.rung)
    right = one.cdrs == 1 if rang else one.cdrs <= 1
    return None if right else f"{one.cdrs} CDRs, and its phones were rung {one.rung} times"


def _rung_again(one: Found) -> str | None:
    return f"its phones were rung {one.rung} times" if max(one.rung) > 1 else None


def _charged_for_nothing(one: Found) -> str | None:
    if one.picked_up or not one.charged_micros:
        return None
    return f"{one.charged_micros} micro-units are charged, and nobody picked up"


def _of_each(
    wrong: Callable[[Found], str | None],
) -> Callable[[Aftermath], Iterator[str]]:
    """A rule of each order by itself."""

    def broken_by(aftermath: Aftermath) -> Iterator[str]:
        for one in aftermath.found:
            if (why := wrong(one)) is not None:
                yield f"{one.name}: {why}"

    return broken_by


def _orders_waiting(aftermath: Aftermath) -> Iterator[str]:
    if aftermath.orders_waiting:
        yield f"{aftermath.orders_waiting} messages"


RULES: dict[str, Callable[[Aftermath], Iterable[str]]] = {
    "every order has a callback, which is over": _of_each(_unfinished),
    "every callback that rang has one terminal record": _of_each(_records),
    "nobody was rung twice for one order": _of_each(_rung_again),
    "nobody pays where nobody picked up": _of_each(_charged_for_nothing),
    "check-books is clean": lambda found: found.breaches,
    "no hold is left": lambda found: found.holds,
    "no call is left up at the peer": lambda found: found.calls_up,
    "no order is left in the queue": _orders_waiting,
    "no settlement is left on a disk": lambda found: found.spooled,
    "every worker that lives can be told to hang up": lambda found: found.deaf,
    "no heartbeat is left of a worker that is gone": lambda found: found.heartbeats,
    "no control queue is left of a worker that is gone": lambda found: found.control_queues,
}
