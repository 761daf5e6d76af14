"""The tap: SIP messages of the calls that are traced, out of the engine's log.

pjsua2 tells of whole messages nowhere else than in its log, at a level that costs every call of the
process some time; so the level is raised only while a traced call lives.
"""

import re
from collections.abc import Callable

from workers.phone import LegOrder

QUIET, LOUD = 2, 4
_MESSAGE = re.compile(
    r"(?P<way>TX|RX) \d+ bytes .*? (?:to|from) (?P<transport>\S+) (?P<theirs>\S+:\d+):\r?\n"
    r"(?P<text>.*?)(?:\r?\n--end msg--\s*)?\Z",
    re.DOTALL,
)
_CALL_ID = re.compile(r"^(?:Call-ID|i)\s*:\s*(\S+)", re.MULTILINE | re.IGNORECASE)


class Tap:
    """Knows calls by their Call-IDs, which the first message of each tells: it is sent while the
    call is placed. `ours` is the address of this end."""

    def __init__(self, set_level: Callable[[int], None]) -> None:
        self.ours = ""
        self._set_level = set_level
        self._orders: dict[int, LegOrder] = {}
        self._numbers: dict[str, int] = {}
        self._placed: int | None = None

    def place(self, number: int, order: LegOrder, make: Callable[[], None]) -> None:
        """Make a call, which is tapped from its first message on if its tape records."""
        if not order.tape.records:
            make()
            return
        self._orders[number] = order
        self._set_level(LOUD)
        self._placed = number
        try:
            make()
        finally:
            self._placed = None

    def taps(self, number: int) -> bool:
        """Whether a call is tapped."""
        return number in self._orders

    def release(self, number: int) -> None:
        """Listen to a call no more."""
        self._orders.pop(number, None)
        self._numbers = {name: one for name, one in self._numbers.items() if one != number}
        if not self._orders:
            self._set_level(QUIET)

    def hear(self, line: str) -> None:
        """A line of the log, which may be a message of a tapped call."""
        message = _MESSAGE.search(line)
        call_id = _CALL_ID.search(message["text"]) if message else None
        if message is None or call_id is None:
            return
        if self._placed is not None:
            self._numbers.setdefault(call_id[1], self._placed)
        order = self._orders.get(self._numbers.get(call_id[1], -1))
        if order is not None:
            order.tape.sip(
                order.party,
                self.ours,
                message["text"],
                sent=message["way"] == "TX",
                transport=message["transport"],
                theirs=message["theirs"],
            )
