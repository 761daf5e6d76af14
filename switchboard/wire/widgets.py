"""Widgets of web sites, as operators see them."""

from switchboard.billing.opening_hours import format_opening
from switchboard.billing.widget import Widget
from switchboard.wire.forms import Body


def widget_body(widget: Widget) -> Body:
    """All that was set for a widget."""
    hours = widget.hours
    return {
        "widget": widget.id,
        "account": widget.account,
        "to": str(widget.destination),
        "origins": list(widget.origins),
        "countries": list(widget.countries),
        "hours": None if hours is None else [format_opening(window) for window in hours.windows],
        "time_zone": None if hours is None else hours.time_zone,
        "calls_for_address": str(widget.calls_for_address),
        "calls_to_phone": str(widget.calls_to_phone),
        "calls_in_all": str(widget.calls_in_all),
        "asks_code": widget.asks_code,
        "language": widget.language,
        "enabled": widget.enabled,
    }
