"""Makes the Chalice app: every route of every part, and what all answers have in common."""

import logging

from chalice.app import Chalice

from chalicelib.admin.factory import admin_routes
from chalicelib.pages import page_routes
from chalicelib.rest import rest_routes
from chalicelib.routes import finish
from chalicelib.sms_webhooks import sms_routes
from chalicelib.twilio_webhooks import twilio_routes
from chalicelib.widget.pages import widget_routes
from chalicelib.wiring import Wire


def make_app(wire: Wire) -> Chalice:
    """An app whose views get what `wire` gives; it is first called with the first request."""
    # Chalice would write its version into the environment, and its log to stdout.
    app = Chalice("ringback", configure_logs=False, env={})
    # API Gateway goes by what a browser would like best, a page, and would hand it a PDF in base64.
    app.api.binary_types = ["*/*"]
    # Lambda's own handler hangs at the root logger, which is silent below WARNING.
    logging.getLogger("ringback").setLevel(logging.INFO)
    app.register_middleware(finish, "http")
    doors = (rest_routes, twilio_routes, sms_routes, page_routes, widget_routes, admin_routes)
    for make in doors:
        app.register_blueprint(make(wire))
    return app
