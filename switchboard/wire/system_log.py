"""The system log, for those who run the system."""

from switchboard.staff.system_log import SystemEntry
from switchboard.wire.forms import Body, instant, maybe_instant


def system_entry_body(entry: SystemEntry) -> Body:
    """A line of a process, and how often it came."""
    return {
        "at": instant(entry.at),
        "severity": entry.severity.value,
        "part": entry.part,
        "process": entry.process,
        "text": entry.text,
        "times": entry.times,
        "last_at": maybe_instant(entry.last_at),
        "facts": dict(entry.facts),
        "fault": entry.fault or None,
    }
