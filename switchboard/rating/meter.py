"""The meter of a leg: which seconds are billed, and what they cost, in whole numbers."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple


class Step(NamedTuple):
    """From this second of a leg on, time is billed in whole increments at this rate a minute.

    A plain tuple, since a pinned price is kept in every callback and shall be small there.
    """

    from_s: int
    increment_s: int
    rate: int


class Block(NamedTuple):
    """Increments of one kind, laid end to end: where the first begins, how long each is, what
    one costs, and what all before them cost."""

    from_s: int
    increment_s: int
    each: int
    before: int


def lay_out(steps: Iterable[Step], initial_s: int) -> Iterator[Block]:
    """The blocks that a leg runs through: the initial one, then the increments of each step.

    An increment that overruns a step keeps the price of the step it starts in, so the next step
    begins where that increment ends, and a step that is wholly overrun never does. An amount is
    a sixtieth of the unit of the rates.
    """
    first, *others = steps
    block = Block(0, initial_s, first.rate * initial_s, 0)
    yield block
    from_s, before = initial_s, block.each
    for step, following in pairwise([first, *others, None]):
        assert step is not None, "only the last of a pair is None"
        if following is not None and following.from_s <= from_s:
            continue
        block = Block(from_s, step.increment_s, step.rate * step.increment_s, before)
        yield block
        if following is not None:
            increments = -(-(following.from_s - from_s) // step.increment_s)
            from_s += increments * step.increment_s
            before += increments * block.each


def changed_over(steps: tuple[Step, ...], at_s: int, later: tuple[Step, ...]) -> tuple[Step, ...]:
    """These steps up to a second of the leg, and from there on those of another period, which
    count from the leg's beginning like its own."""
    start_s = max(0, at_s)
    in_force = [step for step in later if step.from_s <= start_s][-1]
    return (
        *(step for step in steps if step.from_s < start_s),
        in_force._replace(from_s=start_s),
        *(step for step in later if step.from_s > start_s),
    )
