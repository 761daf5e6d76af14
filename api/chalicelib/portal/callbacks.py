"""Callbacks: watched while they run, hung up, and those that are planned."""

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.progress import Progress, progress_of
from chalicelib.routes import callback_id
from switchboard.calls.callback import Callback
from switchboard.desk.orders import cancel_callback, find_callback
from switchboard.desk.planned import cancel_planned


@for_customer
def show_callback_page(customer: Customer) -> Response:
    callback = find_callback(customer.ports, customer.id, callback_id(customer.request))
    shown = {"callback": callback, "progress": _progress(customer, callback), "swapped": False}
    return customer.page("callback.html", shown)


@for_customer
def show_progress(customer: Customer) -> Response:
    """The part of the page that changes, with what stands elsewhere on it once it is over."""
    callback = find_callback(customer.ports, customer.id, callback_id(customer.request))
    shown = {"callback": callback, "progress": _progress(customer, callback), "swapped": True}
    return customer.page("progress.html", shown)


@for_customer
def post_cancel(customer: Customer) -> Response:
    customer.form()
    callback = cancel_callback(customer.ports, customer.id, callback_id(customer.request))
    return customer.go(f"/callbacks/{callback.id}")


@for_customer
def show_scheduled(customer: Customer) -> Response:
    planned = customer.ports.schedule.of(customer.id)
    return customer.page("portal/scheduled.html", {"planned": planned})


@for_customer
def post_unplan(customer: Customer) -> Response:
    customer.form()
    cancel_planned(customer.ports, customer.id, callback_id(customer.request))
    return customer.go("/portal/scheduled?done=cancelled")


def _progress(customer: Customer, callback: Callback) -> Progress:
    cdr = None
    if callback.state.final:
        cdr = customer.ports.books.cdr(callback.account, callback.id, callback.requested_at)
    return progress_of(callback, cdr, customer.ports.clock.now())
