"""Service numbers, for those who run the system."""

from dataclasses import asdict

from switchboard.billing.opening_hours import format_opening
from switchboard.billing.service_number import ServiceNumber
from switchboard.wire.forms import Body


def service_number_body(service: ServiceNumber) -> Body:
    """A service number; its hours are as they are written, none: always open."""
    hours = service.hours
    return {
        "number": str(service.number),
        "mode": service.mode.value,
        "account": service.account,
        "rings": None if service.rings is None else str(service.rings),
        "rings_back": service.rings_back.value,
        "delay_seconds": service.delay.total_seconds(),
        "language": service.language,
        "hours": None if hours is None else [format_opening(window) for window in hours.windows],
        "time_zone": None if hours is None else hours.time_zone,
        "when_closed": service.when_closed.value,
        "retries": service.retries,
        "retry_after_seconds": service.retry_after.total_seconds(),
        "suspended": service.suspended,
        "quiet_seconds": service.quiet.total_seconds(),
        "languages": [*service.languages],
        "asks_account": service.asks_account,
        **asdict(service.manners),
    }
