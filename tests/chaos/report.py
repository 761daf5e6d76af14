"""What a chaos run tells in the end."""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from tests.chaos.verdicts import Verdict
from tests.chaos.world import Story

# Of what breaks a rule, so many are shown.
MOST_SHOWN = 20


def engine() -> str:
    """Which media engine is installed: the tuned one names its build."""
    return f"pjsua2 {version('pjsua2-python')}"


def report(story: Story, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """What was done, what became of the callbacks, and what holds, line by line."""
    done = {deed.value: times for deed, times in story.done.items()}
    yield from _table("What was done:", done)
    met = {f"request to AWS {fate.value}": times for fate, times in story.met.items()}
    yield from _table("What AWS did:", met)
    yield from _table("What was given up for it, and tried again:", story.broken_off)
    yield from _table("How callbacks ended:", story.aftermath.endings)
    yield "What must hold:"
    for verdict in verdicts:
        yield f"  {'holds ' if verdict.holds else 'BROKEN'}  {verdict.rule}"
        yield from (f"            {what}" for what in verdict.broken_by[:MOST_SHOWN])


def _table(title: str, counts: Mapping[str, int]) -> Iterator[str]:
    yield title
    for what, times in sorted(counts.items(), key=lambda pair: -pair[1]):
        yield f"  {times:6}  {what}"
