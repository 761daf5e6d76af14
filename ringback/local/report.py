"""What the demo prints: the timeline, the record, the money, and what was checked."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from ringback.carrier.media.recording import Measurement
from switchboard.calls.callback import Callback, State
from switchboard.calls.cdr import Cdr
from switchboard.calls.leg import LegRecord
from switchboard.ledger.balance import Balance
from switchboard.money import Money

TOLERANCE_HZ = 5
QUIETEST_DBFS = -40


@dataclass
class Checks:
    """What was found, each with whether it is right."""

    found: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def all_hold(self) -> bool:
        """Whether nothing was wrong."""
        return all(right for _, _, right in self.found)

    def that(self, what: str, right: bool) -> None:  # noqa: FBT001  the fact is the argument
        """Note a plain fact."""
        self.found.append((what, "", right))

    def tone(self, what: str, heard: Measurement, *wanted_hz: float) -> None:
        """Note whether exactly these frequencies were heard, and loud enough to be heard."""
        frequencies = sorted(heard.frequencies_hz)
        matches = len(frequencies) == len(wanted_hz) and all(
            abs(one - other) <= TOLERANCE_HZ
            for one, other in zip(frequencies, sorted(wanted_hz), strict=True)
        )
        shown = " + ".join(f"{frequency:.0f}" for frequency in frequencies) or "nothing"
        measured = f"{shown} Hz at {heard.level_dbfs:.1f} dBFS"
        self.found.append((what, measured, matches and heard.level_dbfs > QUIETEST_DBFS))


def show_timeline(console: Console, posted_at: datetime, callback: Callback, cdr: Cdr) -> None:
    """Milliseconds from the webhook's posting."""
    assert cdr.customer is not None
    assert cdr.destination is not None
    steps = [
        ("webhook posted", posted_at),
        ("queued", callback.reached[State.QUEUED]),
        ("claimed by a worker", callback.reached[State.CLAIMED]),
        ("first INVITE, to the customer", cdr.customer.invited_at),
        ("customer's phone rings", cdr.customer.ringing_at),
        ("customer answered", cdr.customer.answered_at),
        ("INVITE to the destination", cdr.destination.invited_at),
        ("destination's phone rings", cdr.destination.ringing_at),
        ("destination answered: connected", cdr.destination.answered_at),
        ("destination hung up", cdr.destination.ended_at),
        ("customer hung up on: ended", cdr.customer.ended_at),
    ]
    table = _table("Timeline", "ms", "step")
    for step, at in steps:
        shown = "-" if at is None else str((at - posted_at) // timedelta(milliseconds=1))
        table.add_row(shown, step)
    console.print(table)


def show_record(console: Console, cdr: Cdr) -> None:
    """The CDR with both legs side by side."""
    table = _table("CDR", "leg", *(leg.party.value for leg in cdr.legs))
    columns = [_facts(leg, cdr.currency) for leg in cdr.legs]
    for fact in columns[0]:
        table.add_row(fact, *(column[fact] for column in columns))
    console.print(table)


def show_money(
    console: Console, before: Balance, holds_micros: tuple[int, ...], cdr: Cdr, after: Balance
) -> None:
    """What was held while they talked, what was charged, and what is left."""
    held = Money(before.currency, sum(holds_micros))
    still = Money(after.currency, after.held_micros)
    table = _table("Money", "what", "amount")
    table.add_row("balance before", str(before.posted))
    table.add_row("held while they talked", str(held))
    table.add_row("charged", str(cdr.cost))
    table.add_row("still held", str(still))
    table.add_row("balance after", str(after.posted))
    console.print(table)


def show_checks(console: Console, checks: Checks) -> None:
    """Each check with what was measured."""
    table = _table("Checked", "", "what", "measured")
    for what, measured, right in checks.found:
        table.add_row("[green]yes[/]" if right else "[bold red]NO[/]", what, measured)
    console.print(table)


def _facts(leg: LegRecord, currency: str) -> dict[str, str]:
    rtp = leg.rtp
    return {
        "number": str(leg.number),
        "prefix": leg.prefix,
        "trunk": leg.trunk,
        "PDD": "-" if leg.pdd is None else f"{leg.pdd // timedelta(milliseconds=1)} ms",
        "answered for": f"{leg.seconds} s, billed {leg.billed_s} s",
        "cost": str(Money(currency, leg.cost_micros)),
        "ended by": "its far end" if leg.hung_up_by_far_end else "us",
        "RTP": "-" if rtp is None else f"{rtp.received} packets, {rtp.lost} lost",
        "jitter": "-" if rtp is None else f"{rtp.jitter_ms:.1f} ms",
    }


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for column in columns:
        table.add_column(column, justify="right" if column in {"ms", "amount"} else "left")
    return table
