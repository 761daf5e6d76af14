"""What doors tell the world as JSON: money as decimal strings beside their currency, times in UTC
with a Z, durations in whole seconds, numbers in E.164."""

from switchboard.wire.accounts import (
    account_body,
    numbers_body,
    operators_account_body,
    phone_book_body,
    speed_dials_body,
)
from switchboard.wire.callbacks import call_body, callback_body, charge_body, planned_body
from switchboard.wire.cdrs import cdr_body
from switchboard.wire.dead import dead_body
from switchboard.wire.forms import Body, Json, instant
from switchboard.wire.jobs import job_body
from switchboard.wire.minutes import live_body, live_call_body, tally_body
from switchboard.wire.numbers import service_number_body
from switchboard.wire.pins import batch_body, voucher_body
from switchboard.wire.rates import leg_price_body, quote_body, rate_body, sheet_body
from switchboard.wire.recurring import (
    done_body,
    group_body,
    included_body,
    item_body,
    plan_body,
    subscription_body,
)
from switchboard.wire.settings import class_body, sms_provider_body
from switchboard.wire.staff import audit_body, role_body, user_body
from switchboard.wire.system_log import system_entry_body
from switchboard.wire.traces import switch_body, title_body, trace_body
from switchboard.wire.trunks import trunk_body
from switchboard.wire.widgets import widget_body, widget_page, widget_snippet

__all__ = [
    "Body",
    "Json",
    "account_body",
    "audit_body",
    "batch_body",
    "call_body",
    "callback_body",
    "cdr_body",
    "charge_body",
    "class_body",
    "dead_body",
    "done_body",
    "group_body",
    "included_body",
    "instant",
    "item_body",
    "job_body",
    "leg_price_body",
    "live_body",
    "live_call_body",
    "numbers_body",
    "operators_account_body",
    "phone_book_body",
    "plan_body",
    "planned_body",
    "quote_body",
    "rate_body",
    "role_body",
    "service_number_body",
    "sheet_body",
    "sms_provider_body",
    "speed_dials_body",
    "subscription_body",
    "switch_body",
    "system_entry_body",
    "tally_body",
    "title_body",
    "trace_body",
    "trunk_body",
    "user_body",
    "voucher_body",
    "widget_body",
    "widget_page",
    "widget_snippet",
]
