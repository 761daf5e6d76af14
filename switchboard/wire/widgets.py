"""Widgets of web sites, as operators see them."""

from switchboard.billing.opening_hours import format_opening
from switchboard.billing.widget import Widget
from switchboard.wire.forms import Body


def widget_page(public_url: str, widget: str) -> str:
    """Where a widget is shown, without a site around it."""
    return f"{public_url}/widget/{widget}"


def widget_snippet(public_url: str, widget: str) -> str:
    """What a web site has in its page to show a widget. Nothing in it needs to be escaped: an id
    has letters, digits and dashes."""
    page = widget_page(public_url, widget)
    return (
        f'<script async src="{page}.js"></script>'
        f'<noscript><a href="{page}" target="_blank" rel="noopener">Call me</a></noscript>'
    )


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
