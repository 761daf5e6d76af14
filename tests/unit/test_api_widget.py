"""The pages of a widget over ports in memory: what visitors see, what they do not, and who may
frame them."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from switchboard.billing.opening_hours import OpeningHours, parse_opening
from switchboard.calls.callback import Callback, State
from switchboard.calls.ending import Culprit, Ending, Verdict
from switchboard.desk.orders import CANCELLED
from switchboard.desk.widgets import add_widget, change_widget
from switchboard.ports import Limit
from tests.fakes.api import SETTINGS, Api, end_after_a_minute, open_api, readable
from tests.fakes.widgets import SHOP, a_widget
from tests.fakes.world import BOB

PAGE = "/widget/support"
TYPED = "020 7946 0958"
OURS = {"origin": "https://call.example.com", "host": "call.example.com"}


def site(**terms) -> Api:
    """An API with a widget."""
    api = open_api()
    add_widget(api.ports, a_widget(**terms))
    return api


def asked(api: Api, phone: str = TYPED, **fields: str):
    """The form, opened and posted as its own page does it."""
    page = api.get(PAGE).body.decode()
    return posted(api, page, phone=phone, **fields)


def posted(api: Api, page: str, **fields: str):
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    return api.post(PAGE, {**hidden, **fields}, **OURS)


def only(api: Api) -> Callback:
    [callback] = api.ports.callbacks.placed.values()
    return callback


def reach(api: Api, *states: State) -> None:
    now = api.ports.clock.now()
    api.ports.callbacks.claim(only(api).id, "w1", now=now, lease=timedelta(seconds=30))
    for state in states:
        api.ports.callbacks.advance(only(api).id, "w1", state, now)


def test_a_visitor_types_a_number_and_watches_their_call():
    api = site()

    ordered = asked(api)

    watched = ordered.headers["Location"]
    assert ordered.status_code == 303
    assert (str(only(api).customer), only(api).destination) == ("+442079460958", BOB)
    assert "We are about to call you +44 20 7946 0958" in readable(api.get(watched))
    reach(api, State.CALLING_CUSTOMER)
    assert "Your phone is ringing" in readable(api.get(watched))
    reach(api, State.CONNECTED)
    api.ports.clock.pass_by(timedelta(seconds=65))
    assert "You are connected +44 20 7946 0958 Hang up your phone to end the call. 1:05" in (
        readable(api.get(watched))
    )
    end_after_a_minute(api.ports, only(api))
    assert "Thank you for your call" in readable(api.get(watched))


def test_neither_the_number_behind_it_nor_the_cost_is_told():
    api = site()
    pages = [api.get(PAGE)]
    watched = asked(api).headers["Location"]
    reach(api, State.CONNECTED)
    pages.append(api.get(watched))
    end_after_a_minute(api.ports, only(api))
    pages.append(api.get(watched))

    for page in pages:
        assert BOB.digits[1:] not in re.sub(r"[ \-()]", "", page.body.decode())
        assert "555" not in readable(page)
        assert "EUR" not in page.body.decode()


def test_the_same_form_posted_twice_is_one_call():
    api = site()
    page = api.get(PAGE).body.decode()

    answers = [posted(api, page, phone=TYPED) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(api.ports.callbacks.placed) == 1


@pytest.mark.parametrize(
    ("phone", "status", "words"),
    [
        ("12", 400, "This is not a phone number."),
        ('"><script>', 400, "This is not a phone number."),
        ("+33142685300", 422, "We cannot call this number."),
        ("+442079460000", 422, "We cannot call this number."),
    ],
)
def test_a_number_that_is_not_called_is_refused_beside_what_was_typed(phone, status, words):
    api = site()

    answer = asked(api, phone)

    assert (answer.status_code, words in readable(answer)) == (status, True)
    assert "<script>" not in answer.body.decode().replace("<script src=", "")
    assert api.ports.callbacks.placed == {}


def test_what_is_wrong_with_the_account_is_not_told_to_visitors():
    api = site()
    api.ports.books.balances["alice"] = replace(api.ports.books.balance("alice"), active=False)

    answer = asked(api)

    assert answer.status_code == 403
    assert "We cannot take calls at the moment." in readable(answer)
    assert "blocked" not in answer.body.decode()


def test_too_many_calls_are_refused():
    api = site(calls_for_address=Limit(1, timedelta(hours=1)))
    asked(api)

    answer = asked(api, "020 7946 0959")

    assert answer.status_code == 429
    assert "tried too often" in readable(answer)


def test_a_code_is_asked_for_where_it_is_configured():
    api = site(asks_code=True)

    form = asked(api)

    assert form.status_code == 200
    assert "We texted a code of six digits to 020 7946 0958." in readable(form)
    [(_, text)] = api.wiring.texts.sent
    wrong = posted(api, form.body.decode(), code=str((int(text[:6]) + 1) % 10**6).zfill(6))
    assert (wrong.status_code, "wrong or too old" in readable(wrong)) == (422, True)
    ordered = posted(api, wrong.body.decode(), code=text[:6])
    assert "about to call you" in readable(api.get(ordered.headers["Location"]))


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ("fri 09:00-17:00", "We open at 09:00 (GMT)."),
        ("mon 10:30-17:00", "We open on Monday at 10:30 (GMT)."),
        # In a week, at the earliest.
        ("fri 01:00-02:00", "We open on Friday at 01:00 (GMT)."),
    ],
)
def test_out_of_hours_it_says_when_it_opens(hours, words):
    api = site(hours=OpeningHours((parse_opening(hours),), "Europe/London"))

    page = api.get(PAGE)

    assert words in readable(page)
    assert "<form" not in page.body.decode()


def test_a_form_that_was_opened_in_hours_is_refused_out_of_them():
    api = site(hours=OpeningHours((parse_opening("fri 03:00-04:00"),), "UTC"))
    page = api.get(PAGE).body.decode()
    api.ports.clock.pass_by(timedelta(hours=1))

    answer = posted(api, page, phone=TYPED)

    assert (answer.status_code, "We are closed now" in readable(answer)) == (422, True)


def test_a_form_is_of_one_widget_and_for_two_hours():
    api = site()
    add_widget(api.ports, a_widget(id="sales"))
    other = api.get("/widget/sales").body.decode()
    mine = api.get(PAGE).body.decode()

    assert posted(api, other, phone=TYPED).status_code == 403
    assert posted(api, "", phone=TYPED).status_code == 403
    api.ports.clock.pass_by(timedelta(hours=2))
    late = posted(api, mine, phone=TYPED)
    assert (late.status_code, "too old" in readable(late)) == (403, True)
    assert posted(api, late.body.decode(), phone=TYPED).status_code == 303


@pytest.mark.parametrize(
    "origin", [SHOP, "https://evil.example", "null", "https://call.example.com.evil.example"]
)
def test_a_form_that_another_site_posts_is_forged(origin):
    api = site()
    slip = re.search(r'name="slip" value="([^"]*)"', api.get(PAGE).body.decode())[1]

    fields = {"slip": slip, "phone": TYPED}
    answer = api.post(PAGE, fields, origin=origin, host="call.example.com")

    assert answer.status_code == 403
    assert api.ports.callbacks.placed == {}


def test_a_browser_that_says_no_origin_is_trusted_by_the_form():
    api = site()
    slip = re.search(r'name="slip" value="([^"]*)"', api.get(PAGE).body.decode())[1]

    assert api.post(PAGE, {"slip": slip, "phone": TYPED}).status_code == 303


def test_a_call_is_watched_by_its_slip_only():
    api = site()
    add_widget(api.ports, a_widget(id="sales"))
    watched = asked(api).headers["Location"]

    others = [
        f"{PAGE}/calls/{only(api).id}",
        watched.replace("support", "sales"),
        watched[:-2],
        f"{PAGE}/calls/x.y",
    ]

    assert api.get(watched).status_code == 200
    assert [api.get(path).status_code for path in others] == [404] * 4
    slip = re.search(r'name="slip" value="([^"]*)"', api.get(PAGE).body.decode())[1]
    assert api.get(f"{PAGE}/calls/{slip}").status_code == 404
    api.ports.clock.pass_by(timedelta(days=1))
    gone = api.get(watched)
    assert (gone.status_code, "This call is over" in readable(gone)) == (404, True)


def test_a_visitor_hangs_up():
    api = site()
    watched = asked(api).headers["Location"]

    forged = api.post(f"{watched}/cancel", {}, origin=SHOP)
    answer = api.post(f"{watched}/cancel", {}, **OURS)

    assert (forged.status_code, answer.status_code) == (403, 303)
    assert answer.headers["Location"] == watched
    assert only(api).verdict == CANCELLED
    assert "The call is cancelled" in readable(api.get(watched))


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict(Ending.BUSY, Culprit.CUSTOMER), "Your phone was busy"),
        (Verdict(Ending.HUNG_UP, Culprit.CUSTOMER), "You hung up"),
        (Verdict(Ending.DECLINED, Culprit.DESTINATION), "Nobody could answer"),
        (Verdict(Ending.NO_CREDIT, Culprit.US), "The call did not work"),
        (Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER), "The call did not work"),
    ],
)
def test_why_a_call_failed_is_told_as_far_as_it_is_the_visitors_affair(verdict, words):
    api = site()
    watched = asked(api).headers["Location"]
    reach(api, State.CALLING_CUSTOMER)
    now = api.ports.clock.now()
    api.ports.callbacks.finish(only(api).id, State.ENDED, verdict, now, worker="w1")

    assert f"{words} +44 20 7946 0958 You are welcome to try again." in readable(api.get(watched))


def test_a_call_that_nobody_could_begin_in_time_did_not_work():
    api = site()
    watched = asked(api).headers["Location"]
    api.ports.clock.pass_by(timedelta(minutes=5))

    assert "The call did not work" in readable(api.get(watched))


def test_only_its_sites_may_frame_a_widget():
    api = site(origins=(SHOP, "https://*.example.org"))
    watched = asked(api).headers["Location"]

    policies = [api.get(path).headers["Content-Security-Policy"] for path in (PAGE, watched)]

    for policy in policies:
        assert policy.endswith(f"frame-ancestors 'self' {SHOP} https://*.example.org")
        assert "'unsafe-inline'" not in policy
    assert "Set-Cookie" not in api.get(PAGE).headers


def test_its_script_is_small_and_leads_to_its_page():
    api = site()

    script = api.get(f"{PAGE}.js")

    assert script.headers["Content-Type"].startswith("text/javascript")
    assert f'"{SETTINGS.public_url}{PAGE}"' in script.body.decode()
    assert len(script.body) < 2500


@pytest.mark.parametrize("path", ["/widget/nothing", "/widget/nothing.js", f"{PAGE}/calls/x", PAGE])
def test_a_widget_that_is_not_there_is_not_found(path):
    api = site()
    widget = api.ports.widgets.get("support")
    change_widget(api.ports, widget, replace(widget, enabled=False))

    assert api.get(path).status_code == 404


def test_the_page_says_its_language_and_what_is_framed_by_nobody_says_so():
    api = site(language="pt-BR")

    assert '<html lang="pt-BR">' in api.get(PAGE).body.decode()
    missing = api.get("/widget/nothing").headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in missing


def test_hours_are_those_of_the_widgets_own_clocks():
    api = site(hours=OpeningHours((parse_opening("fri 09:00-17:00"),), "Asia/Tokyo"))

    assert api.ports.clock.now() < datetime.fromisoformat("2026-01-02T17:00+09:00")
    assert "<form" in api.get(PAGE).body.decode()
