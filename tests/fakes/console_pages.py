"""Every page of the console with the right that it needs, and something to be shown on each."""

from dataclasses import replace
from io import BytesIO

from switchboard.billing.batches import Batch, BatchKind
from switchboard.billing.catalogue import Item
from switchboard.billing.subscriptions import Deal
from switchboard.calls.bridge import Bridge
from switchboard.desk.catalogue import save_item
from switchboard.desk.subscriptions import subscribe
from switchboard.desk.trunks import set_exchange
from switchboard.rating.editing import Block, place_of
from switchboard.rating.row import RateRow
from switchboard.staff.jobs import KEPT, Job, JobFile, JobState, Report
from switchboard.staff.rights import Role
from switchboard.texts.provider import SmsProvider
from tests.fakes.console import ConsoleBrowser
from tests.fakes.plans import offer_plan
from tests.fakes.previews import leave_preview
from tests.fakes.rate_pages import leave_draft
from tests.fakes.traced import leave_trace
from tests.fakes.widgets import a_widget

# The right that each page needs, or several; None where every user may.
PAGES = {
    "/admin": None,
    "/admin/live": "calls:see",
    "/admin/live/now": "calls:see",
    "/admin/live/day": "calls:see",
    "/admin/live/{callback}/hang-up": "calls:change",
    "/admin/trace": "traces:see",
    "/admin/trace/{callback}": "traces:see",
    "/admin/trace/{callback}/pcap": "traces:export",
    "/admin/new-trace": "traces:change",
    "/admin/me": None,
    "/admin/me/password": None,
    "/admin/me/second-factor": None,
    "/admin/me/no-second-factor": None,
    "/admin/accounts": "accounts:see",
    "/admin/accounts/{id}": "accounts:see",
    "/admin/accounts/{id}/statement": "money:see",
    "/admin/accounts/{id}/phone-book": "accounts:change",
    "/admin/accounts/{id}/confirm-phone": "accounts:change",
    "/admin/accounts/{id}/calls": "calls:see",
    "/admin/accounts/{id}/callbacks": "calls:see",
    "/admin/accounts/{id}/callbacks/{callback}": "calls:see",
    "/admin/accounts/{id}/callbacks/{callback}/progress": "calls:see",
    "/admin/accounts/{id}/callbacks/{callback}/cancel": "calls:change",
    "/admin/accounts/{id}/call": "calls:change",
    "/admin/accounts/{id}/voucher": "money:change",
    "/admin/check-books": "money:see",
    "/admin/sweep": "system:change",
    "/admin/new-account": "accounts:change",
    "/admin/accounts/{id}/edit": "accounts:change",
    "/admin/accounts/{id}/terms": "accounts:change money:change",
    "/admin/accounts/{id}/access": "accounts:change",
    "/admin/accounts/{id}/top-up": "money:change",
    "/admin/accounts/{id}/correct": "money:change",
    "/admin/accounts/{id}/block": "accounts:change",
    "/admin/accounts/{id}/unblock": "accounts:change",
    "/admin/rates": "rates:see",
    "/admin/new-sheet": "rates:change",
    "/admin/compare-rates": "rates:see",
    "/admin/compare-rates/download": "rates:export",
    "/admin/import-rates": "rates:change",
    "/admin/import-rates/{upload}": "rates:change",
    "/admin/rate-imports/{preview}": "rates:change",
    "/admin/rates/{sheet}": "rates:see",
    "/admin/rates/{sheet}/import": "rates:change",
    "/admin/rates/{sheet}/import/{upload}": "rates:change",
    "/admin/rates/{sheet}/export": "rates:export",
    "/admin/rates/{sheet}/terms": "rates:change",
    "/admin/rates/{sheet}/defaults": "rates:change",
    "/admin/rates/{sheet}/derive": "rates:change",
    "/admin/rates/{sheet}/derivation": "rates:change",
    "/admin/rates/{sheet}/quote": "rates:see",
    "/admin/rates/{sheet}/versions": "rates:see",
    "/admin/rates/{sheet}/versions/{version}/publish": "rates:change",
    "/admin/rates/{sheet}/draft": "rates:change",
    "/admin/rates/{sheet}/draft/discard": "rates:change",
    "/admin/rates/{sheet}/draft/carry-over": "rates:change",
    "/admin/rates/{sheet}/draft/{change}/take-out": "rates:change",
    "/admin/rates/{sheet}/new-rate": "rates:change",
    "/admin/rates/{sheet}/change-many": "rates:change",
    "/admin/rates/{sheet}/prefix/{prefix}": "rates:see",
    "/admin/rates/{sheet}/prefix/{prefix}/{place}/edit": "rates:change",
    "/admin/rates/{sheet}/prefix/{prefix}/{place}/drop": "rates:change",
    "/admin/rates/{sheet}/prefix/{prefix}/close": "rates:change",
    "/admin/rates/{sheet}/prefix/{prefix}/block": "rates:change",
    "/admin/rates/{sheet}/prefix/{prefix}/unblock": "rates:change",
    "/admin/trunks": "trunks:see",
    "/admin/new-trunk": "trunks:change",
    "/admin/trunks/{trunk}": "trunks:see",
    "/admin/trunks/{trunk}/edit": "trunks:change",
    "/admin/trunks/{trunk}/link": "trunks:change",
    "/admin/trunks/{trunk}/caller-id": "trunks:change",
    "/admin/trunks/{trunk}/rings": "trunks:change",
    "/admin/trunks/{trunk}/enable": "trunks:change",
    "/admin/trunks/{trunk}/disable": "trunks:change",
    "/admin/trunks/{trunk}/remove": "trunks:change",
    "/admin/trunks/{trunk}/test": "trunks:change",
    "/admin/numbers": "numbers:see",
    "/admin/new-number": "numbers:change",
    "/admin/numbers/{number}": "numbers:see",
    "/admin/numbers/{number}/edit": "numbers:change",
    "/admin/numbers/{number}/hours": "numbers:change",
    "/admin/numbers/{number}/speech": "numbers:change",
    "/admin/numbers/{number}/remove": "numbers:change",
    "/admin/widgets": "numbers:see",
    "/admin/new-widget": "numbers:change",
    "/admin/widgets/{widget}": "numbers:see",
    "/admin/widgets/{widget}/edit": "numbers:change",
    "/admin/bridges": "bridges:see",
    "/admin/new-bridge": "bridges:change",
    "/admin/bridges/{bridge}": "bridges:see",
    "/admin/bridges/{bridge}/revoke": "bridges:change",
    "/admin/sms-providers": "bridges:see",
    "/admin/new-sms-provider": "bridges:change",
    "/admin/sms-providers/{provider}": "bridges:see",
    "/admin/sms-providers/{provider}/edit": "bridges:change",
    "/admin/sms-providers/{provider}/test": "bridges:see",
    "/admin/sms-providers/{provider}/remove": "bridges:change",
    "/admin/dead": "calls:see",
    "/admin/replay-dead": "calls:change",
    "/admin/drop-dead": "calls:change",
    "/admin/dead/{callback}": "calls:see",
    "/admin/dead/{callback}/replay": "calls:change",
    "/admin/dead/{callback}/drop": "calls:change",
    "/admin/batches": "pins:see",
    "/admin/new-batch": "pins:change",
    "/admin/batches/{batch}": "pins:see",
    "/admin/batches/{batch}/block": "pins:change",
    "/admin/batches/{batch}/unblock": "pins:change",
    "/admin/batches/{batch}/discard": "pins:change",
    "/admin/voucher": "pins:see",
    "/admin/jobs": None,
    "/admin/jobs/{job}": None,
    "/admin/jobs/{job}/progress": None,
    "/admin/jobs/{job}/cancel": None,
    "/admin/jobs/{job}/files/{file}": "calls:export",
    "/admin/jobs/{job}/files/{file}/delete": None,
    "/admin/export-calls": "calls:export",
    "/admin/export-accounts": "accounts:export",
    "/admin/import-accounts": "accounts:change money:change",
    "/admin/import-accounts/{upload}": "accounts:change money:change",
    "/admin/confirm-import/{check}": "accounts:change money:change",
    "/admin/users": "users:see",
    "/admin/new-user": "users:change",
    "/admin/users/{login}": "users:see",
    "/admin/users/{login}/no-second-factor": "users:change",
    "/admin/roles": "users:see",
    "/admin/new-role": "users:change",
    "/admin/roles/{name}": "users:see",
    "/admin/roles/{name}/remove": "users:change",
    "/admin/audit": "audit:see",
    "/admin/accounts/{id}/subscribe": "money:change",
    "/admin/accounts/{id}/plan": "money:change",
    "/admin/accounts/{id}/subscriptions/{subscription}/change": "money:change",
    "/admin/accounts/{id}/subscriptions/{subscription}/end": "money:change",
    "/admin/plans": "plans:see",
    "/admin/new-plan": "plans:change",
    "/admin/plans/{plan}": "plans:see",
    "/admin/plans/{plan}/edit": "plans:change",
    "/admin/plans/{plan}/remove": "plans:change",
    "/admin/plans/{plan}/new-bucket": "plans:change",
    "/admin/plans/{plan}/buckets/{bucket}": "plans:change",
    "/admin/plans/{plan}/buckets/{bucket}/remove": "plans:change",
    "/admin/new-group": "plans:change",
    "/admin/groups/{group}": "plans:change",
    "/admin/groups/{group}/remove": "plans:change",
    "/admin/new-promotion": "money:change",
    "/admin/items": "plans:see",
    "/admin/new-item": "plans:change",
    "/admin/items/{item}": "plans:see",
    "/admin/items/{item}/edit": "plans:change",
    "/admin/items/{item}/retire": "plans:change",
    "/admin/items/{item}/offer": "plans:change",
    "/admin/items/{item}/remove": "plans:change",
    "/admin/due": "money:change",
    "/admin/route": "trunks:see",
    "/admin/routing": "trunks:see",
    "/admin/routing/expected": "trunks:change",
    "/admin/routing/expected/reset": "trunks:change",
    "/admin/routing/new-rate": "trunks:change",
    "/admin/routing/rates/{currency}": "trunks:change",
    "/admin/routing/rates/{currency}/remove": "trunks:change",
    "/admin/settings": "system:see",
    "/admin/settings/classes": "system:see",
    "/admin/settings/new-class": "system:change",
    "/admin/settings/classes/{class}": "system:change",
    "/admin/settings/classes/{class}/reset": "system:change",
    "/admin/settings/velocity": "system:see",
    "/admin/settings/velocity/{limit}": "system:change",
    "/admin/settings/velocity/{limit}/reset": "system:change",
    "/admin/log": "system:see",
}
PARTS = {
    "id": "alice",
    "login": "jane",
    "name": "guests",
    "callback": "c1",
    "trunk": "carrier",
    "number": "442079460000",
    "batch": "summer",
    "widget": "support",
    "bridge": "attic",
    "provider": "acme",
    "sheet": "retail",
    "version": "v1",
    "prefix": "44",
    "place": place_of(RateRow("44", 0)),
    "change": "c1",
    "preview": f"{3:032x}",
    "job": f"{1:032x}",
    "file": "calls-all.csv",
    "check": f"{2:032x}",
    "upload": f"{4:032x}",
    "plan": "world",
    "bucket": "talk",
    "group": "uk",
    "item": "did",
    "subscription": "did",
    "class": "premium",
    "limit": "rings-of-phone",
    "currency": "USD",
}
# What is answered by an address elsewhere.
ELSEWHERE = {"/admin/jobs/{job}/files/{file}"}


def furnish(api: ConsoleBrowser) -> None:
    """Adds what the parts of addresses name, where the world has none."""
    api.ports.staff.add_role(Role("guests"))
    leave_trace(api.ports, "c1")
    now = api.ports.clock.now()
    api.ports.widgets.add(a_widget())
    api.ports.bridges.add(Bridge("attic", "hash", now))
    api.ports.sms_providers.save(SmsProvider("acme", "a long enough secret"))
    api.ports.dead_orders.died("c1", now)
    file = JobFile("calls-all.csv", "results/1/calls-all.csv", 9, now + KEPT)
    api.ports.jobs.add(Job(PARTS["job"], "cdr-export", {}, "jane", "", now, files=(file,)))
    report, done = Report({"opens": 1}), JobState.DONE
    checked = Job(PARTS["check"], "account-check", {"upload": PARTS["upload"]}, "jane", "", now)
    api.ports.jobs.add(replace(checked, state=done, report=report))
    api.ports.files.put(f"uploads/jane/{PARTS['upload']}", BytesIO(b"account\nbob"), "text/csv")
    offer_plan(api.ports)
    save_item(api.ports, Item("did", "EUR", 1_000_000), new=True)
    subscribe(api.ports, "alice", Deal("did"))
    set_exchange(api.ports, "USD", "EUR", 10**12)
    api.ports.files.kept[f"uploads/jane/{PARTS['upload']}"] = b"prefix,rate\n44,0.03\n"
    leave_preview(api.ports, PARTS["preview"], PARTS["upload"])
    leave_draft(api.ports, "retail", Block("33"))
    api.ports.pins.start(Batch("summer", BatchKind.VOUCHERS, 5, 12, "EUR", now, 1_000_000))
