"""The pages of a widget: a number is asked for, a code where it is to be, and the call is shown."""

from urllib.parse import urlsplit
from uuid import uuid4

from chalice.app import Request, Response

from chalicelib.forms import Form, read_form
from chalicelib.render import redirect, render
from chalicelib.routes import FORM, Forged, Routes, path_part, source_of, status_of
from chalicelib.visits import StaleForm
from chalicelib.widget.shown import opening, progress, reader_of, show
from chalicelib.widget.slips import call_slips, form_slips
from chalicelib.wiring import Wire, Wiring
from switchboard.billing.widget import Widget
from switchboard.calls.callback import Callback
from switchboard.desk.orders import cancel_callback
from switchboard.desk.widgets import (
    Visit,
    ask_for_call,
    call_of_visitor,
    call_with_code,
    check_open,
    shown_widget,
)
from switchboard.errors import NotFound, NumberClosed, Refusal, WrongCode

SCRIPT = ".js"
# Whoever changes a widget sees it on their site soon; visitors need not ask for it on each page.
SCRIPT_HEADERS = {
    "Content-Type": "text/javascript; charset=utf-8",
    "Cache-Control": "public, max-age=300",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
LONGEST_NUMBER = 40


def widget_routes(wire: Wire) -> Routes:
    """What web sites embed, and what is in the frame there."""
    routes = Routes(wire, refuse_in_frame)
    routes.add("GET", "/widget/{id}", show_widget)
    routes.add("POST", "/widget/{id}", post_form, takes=[FORM])
    routes.add("GET", "/widget/{id}/calls/{call}", show_call)
    routes.add("POST", "/widget/{id}/calls/{call}/cancel", post_cancel, takes=[FORM])
    return routes


def refuse_in_frame(wiring: Wiring, request: Request, refusal: Refusal) -> Response:
    """A refusal as a visitor reads it, if we know on whose site."""
    values = {"refusal": refusal.code}
    try:
        widget = wiring.ports.widgets.get(path_part(request, "id"))
    except NotFound:
        nobodys = {"widget": None, "language": "en"}
        return render(wiring.settings, "widget/gone.html", {**nobodys, **values}, status=404)
    return show(wiring, widget, "gone.html", values, status=status_of(refusal))


def show_widget(wiring: Wiring, request: Request) -> Response:
    """The page; with `.js` behind its name the script that puts a frame with it on a site. API
    Gateway has no paths of which a part only is a name."""
    name = path_part(request, "id")
    widget = shown_widget(wiring.ports, name.removesuffix(SCRIPT))
    if name.endswith(SCRIPT):
        values = {"page": f"{wiring.settings.public_url}/widget/{widget.id}"}
        script = render(wiring.settings, "widget/embed.js", values, reader=reader_of(widget))
        return Response(script.body, {**SCRIPT_HEADERS})
    try:
        check_open(widget, wiring.ports.clock.now())
    except NumberClosed:
        return _closed(wiring, widget)
    return _asked(wiring, widget)


def post_form(wiring: Wiring, request: Request) -> Response:
    widget = shown_widget(wiring.ports, path_part(request, "id"))
    _check_origin(wiring, request)
    form, now = read_form(request), wiring.ports.clock.now()
    try:
        callback = _order(wiring, request, widget, form)
    except NumberClosed as refusal:
        return _closed(wiring, widget, status=status_of(refusal))
    except WrongCode as refusal:
        return _code_asked(wiring, widget, form, refusal)
    except Refusal as refusal:
        return _asked(wiring, widget, form.text("phone"), refusal)
    if callback is None:
        return _code_asked(wiring, widget, form)
    slip = call_slips(wiring.settings.secret_key).write(widget.id, callback.id, now)
    return redirect(wiring.settings, f"/widget/{widget.id}/calls/{slip}")


def show_call(wiring: Wiring, request: Request) -> Response:
    widget, callback = _call(wiring, request)
    values = {"slip": path_part(request, "call"), **progress(callback, wiring.ports.clock.now())}
    return show(wiring, widget, "call.html", values)


def post_cancel(wiring: Wiring, request: Request) -> Response:
    widget, callback = _call(wiring, request)
    _check_origin(wiring, request)
    cancel_callback(wiring.ports, widget.account, callback.id)
    return redirect(wiring.settings, f"/widget/{widget.id}/calls/{path_part(request, 'call')}")


def _order(wiring: Wiring, request: Request, widget: Widget, form: Form) -> Callback | None:
    slips, now = form_slips(wiring.settings.secret_key), wiring.ports.clock.now()
    name = slips.read(form.text("slip"), widget.id, now)
    if name is None:
        raise StaleForm("this page was too old: please try again")
    phone = widget.read_phone(form.text("phone"))
    visit = Visit(widget, name, source_of(request))
    if "code" in form:
        return call_with_code(wiring.ports, wiring.text_keys, visit, phone, form.text("code"))
    return ask_for_call(wiring.ports, wiring.text_keys, visit, phone)


def _call(wiring: Wiring, request: Request) -> tuple[Widget, Callback]:
    """The call that the address is the slip of. A widget that was switched off since still shows
    it."""
    widget = wiring.ports.widgets.get(path_part(request, "id"))
    slips, now = call_slips(wiring.settings.secret_key), wiring.ports.clock.now()
    callback_id = slips.read(path_part(request, "call"), widget.id, now)
    if callback_id is None:
        raise NotFound("there is no such call, or it was long ago")
    return widget, call_of_visitor(wiring.ports, widget, callback_id)


def _check_origin(wiring: Wiring, request: Request) -> None:
    """Forged where another site has posted it, which a browser says of itself (RFC 6454 §7). There
    may be a gateway between us, so that we are either of two hosts."""
    origin = request.headers.get("origin")
    ours = {urlsplit(wiring.settings.public_url).netloc, request.headers.get("host")}
    if origin is not None and (urlsplit(origin).netloc or origin) not in ours:
        raise Forged("this form was not posted from its own page")


def _asked(
    wiring: Wiring, widget: Widget, phone: str = "", refusal: Refusal | None = None
) -> Response:
    now = wiring.ports.clock.now()
    slip = form_slips(wiring.settings.secret_key).write(widget.id, uuid4().hex, now)
    values = {
        "slip": slip,
        "phone": phone[:LONGEST_NUMBER],
        "refusal": refusal.code if refusal else "",
    }
    status = status_of(refusal) if refusal else 200
    return show(wiring, widget, "ask.html", values, status=status)


def _code_asked(
    wiring: Wiring, widget: Widget, form: Form, refusal: Refusal | None = None
) -> Response:
    values = {
        "slip": form.text("slip"),
        "phone": form.text("phone")[:LONGEST_NUMBER],
        "refusal": refusal.code if refusal else "",
    }
    return show(wiring, widget, "code.html", values, status=status_of(refusal) if refusal else 200)


def _closed(wiring: Wiring, widget: Widget, *, status: int = 200) -> Response:
    values = opening(widget, wiring.ports.clock.now())
    return show(wiring, widget, "closed.html", values, status=status)
