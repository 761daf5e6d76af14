"""What the engine says of itself, in our log and for traces."""

import logging
import re
from typing import Any

from pjsua2 import pjsua2 as pj

from switchboard.logs import NOT_NOTABLE, Sparing
from workers.pjsip.tap import QUIET, Tap

SENDER_IN_LOG = 64  # pjlib's PJ_LOG_HAS_SENDER
MOST_TOLD = 300

logger = logging.getLogger(__name__)


class EngineLog(pj.LogWriter):  # type: ignore[misc] # SWIG generates no types
    """Passes on what the engine complains about, its phone numbers masked, and to the tap what it
    says of messages."""

    def __init__(self, tap: Tap) -> None:
        super().__init__()
        self._tap = tap
        # Most is about ports that another process has; of calls that fail we tell ourselves.
        self._told = Sparing(logger, facts=NOT_NOTABLE)

    def write(self, entry: Any) -> None:
        """Also called by the audio thread."""
        if entry.level > QUIET:
            self._tap.hear(entry.msg)
            return
        level = logging.ERROR if entry.level <= 1 else logging.WARNING
        # Of a datagram that it cannot read it tells all, in lines of their own.
        first = entry.msg.strip().partition("\n")[0][:MOST_TOLD]
        self._told.log(level, "%s", re.sub(r"\d{5,}(?=\d{4})", "******", first))
