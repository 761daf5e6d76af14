"""Overview and statement: the balance, how it moved, and vouchers to top it up."""

from chalice.app import Response

from chalicelib.portal.customer import Customer, for_customer
from chalicelib.routes import query_of, source_of
from chalicelib.translation import mark
from switchboard.billing.buckets import in_burn_order
from switchboard.desk.statement import balance_by_day, statement
from switchboard.desk.vouchers import redeem_online
from switchboard.errors import Refusal
from switchboard.ledger.entries import EntryKind
from switchboard.money import format_micros

DAYS = 30
LATEST = 5
PAGE = 50

KINDS = {
    EntryKind.OPENING: mark("Opening balance"),
    EntryKind.TOP_UP: mark("Top-up"),
    EntryKind.VOUCHER: mark("Voucher"),
    EntryKind.CORRECTION: mark("Correction"),
    EntryKind.RECURRING: mark("Recurring charge"),
    EntryKind.PROMOTION: mark("Promotion"),
}


@for_customer
def show_overview(customer: Customer) -> Response:
    return _overview(customer)


@for_customer
def show_statement(customer: Customer) -> Response:
    cursor = query_of(customer.request).get("cursor")
    page = statement(customer.ports, customer.account, limit=PAGE, cursor=cursor)
    shown = {
        "movements": page.items,
        "older": page.cursor,
        "begun": cursor is None,
        "kinds": KINDS,
    }
    return customer.page("portal/statement.html", shown)


@for_customer
def post_voucher(customer: Customer) -> Response:
    form = customer.form()
    key, address = customer.wiring.settings.pin_key, source_of(customer.request)
    try:
        redeem_online(customer.ports, key, customer.id, form.text("voucher"), address)
    except Refusal as refusal:
        return _overview(customer, refusal)
    return customer.go("/portal?done=redeemed")


def _overview(customer: Customer, refusal: Refusal | None = None) -> Response:
    ports, account, reader = customer.ports, customer.account, customer.reader
    days = balance_by_day(ports, account, DAYS)
    now, currency = ports.clock.now(), account.balance.currency
    alive = [bucket for bucket in account.buckets if bucket.begins_at <= now < bucket.expires_at]
    values = {
        "account": account,
        "days": [(reader.day(on), reader.micros(micros, currency)) for on, micros in days],
        "points": [[on.isoformat(), format_micros(micros)] for on, micros in days],
        "buckets": in_burn_order(alive),
        "left_s": account.balance.included_s,
        "movements": statement(ports, account, limit=LATEST, cursor=None).items,
        "kinds": KINDS,
    }
    return customer.page("portal/overview.html", values, refusal=refusal)
