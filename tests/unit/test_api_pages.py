"""Connect Two over ports in memory: the price, the order, the progress, the end."""

import html
from datetime import timedelta

import pytest

from switchboard.calls.callback import Callback, State
from switchboard.calls.velocity import Velocity
from tests.fakes.api import Api, end_after_a_minute, readable, visiting_api
from tests.fakes.world import ALICE, BOB


@pytest.fixture
def api() -> Api:
    """A browser where Alice has signed in."""
    return visiting_api()


def order(api: Api, **fields: str):
    """Presses the button of the first page."""
    page = api.get("/").body.decode()
    return api.submit(page, "/callbacks", **{"from": str(ALICE), "to": str(BOB), **fields})


def only(api: Api) -> Callback:
    [callback] = api.ports.callbacks.placed.values()
    return callback


def answered(api: Api, callback: Callback) -> None:
    now = api.ports.clock.now()
    api.ports.callbacks.claim(callback.id, "w1", now=now, lease=timedelta(seconds=30))
    api.ports.callbacks.advance(callback.id, "w1", State.CALLING_CUSTOMER, now)
    api.ports.callbacks.advance(callback.id, "w1", State.CALLING_DESTINATION, now)
    api.ports.callbacks.advance(callback.id, "w1", State.CONNECTED, now)


def test_the_first_page_offers_the_own_numbers_and_fills_in_the_default_one(api):
    page = api.get("/").body.decode()

    assert 'name="from" value="+44 20 7123 4567"' in page
    assert '<option value="+44 20 7123 4567"></option>' in page


@pytest.mark.parametrize("query", ["", "?from=&to=", "?from=%2B442071234567&to=+"])
def test_there_is_no_price_before_there_are_two_numbers(api, query):
    response = api.get(f"/price{query}")

    assert readable(response) == "The price appears here before you call."


def test_the_price_is_shown_with_the_time_to_talk(api):
    response = api.get("/price?from=020+7123+4567&to=%2B14155550100")

    assert readable(response) == (
        "USA and Canada 0.05 EUR a minute, both phones yours 0.02, the other 0.03"
        " plus 0.01 to connect"
        " You can talk for 1:39:48 on your credit"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("x", "“x” is not a phone number."),
        ("4930901820", "Calls to this number are not possible: there is no rate for it."),
    ],
)
def test_what_has_no_price_is_told_before_the_button_is_pressed(api, number, words):
    response = api.get(f"/price?from=020+7123+4567&to={number}")

    assert (response.status_code, readable(response)) == (200, words)


def test_the_price_can_be_asked_for_without_scripts(api):
    response = order(api, price_only="yes")

    assert response.status_code == 200
    assert "You can talk for 1:39:48" in readable(response)
    assert f'name="to" value="{BOB}"' in response.body.decode()
    assert api.ports.callbacks.placed == {}


def test_the_button_orders_a_callback_and_shows_it(api):
    response = order(api)

    callback = only(api)
    assert (response.status_code, response.headers["Location"]) == (
        303,
        f"/callbacks/{callback.id}",
    )
    assert api.ports.queue.sent == [callback.id]


def test_the_button_pressed_twice_orders_once(api):
    page = api.get("/").body.decode()

    answers = [
        api.submit(page, "/callbacks", **{"from": str(ALICE), "to": to})
        for to in (str(BOB), "+1 415 555 0100")
    ]

    assert answers[0].headers["Location"] == answers[1].headers["Location"]
    only(api)


def test_an_account_that_orders_too_often_on_the_page_is_told(api):
    now = api.ports.clock.now()
    limit = Velocity().orders_of_account
    for _ in range(limit.most):
        api.ports.throttle.take("order#account#alice", limit, now)

    assert order(api).status_code == 429
    assert api.ports.callbacks.placed == {}


def test_the_same_page_with_another_number_orders_another_callback(api):
    page = api.get("/").body.decode()

    for to in (str(BOB), "+14155550101"):
        api.submit(page, "/callbacks", **{"from": str(ALICE), "to": to})

    assert len(api.ports.callbacks.placed) == 2


@pytest.mark.parametrize(
    ("number", "status", "words"),
    [
        ("", 400, "No phone number was given."),
        ("<b>", 400, "“<b>” is not a phone number."),
        ("+19005550100", 422, "Calls to USA premium are not possible."),
    ],
)
def test_an_order_that_cannot_be_met_is_refused_in_words_and_kept(api, number, status, words):
    response = order(api, to=number)

    assert response.status_code == status
    assert words in readable(response)
    assert f'name="to" value="{html.escape(number)}"' in response.body.decode()
    assert api.ports.callbacks.placed == {}


def test_an_order_that_no_money_covers_is_refused_in_words():
    response = order(visiting_api(opening_micros=100))

    assert response.status_code == 402
    assert "Not enough credit: 0.0001 EUR left, at least 0.0254 EUR needed." in readable(response)


def test_a_callback_is_shown_while_it_runs_and_asks_for_more(api):
    order(api)
    callback = only(api)
    answered(api, callback)
    api.ports.clock.pass_by(timedelta(seconds=75))

    page = api.get(f"/callbacks/{callback.id}")
    part = api.get(f"/callbacks/{callback.id}/progress", hx_request="true")

    assert "You are talking +44 20 7123 4567 +1 415-555-0100 1:15" in readable(page)
    assert "Hang up" in readable(page)
    assert '<meta http-equiv="refresh" content="2">' in page.body.decode()
    assert f'hx-get="/callbacks/{callback.id}/progress"' in part.body.decode()
    assert part.body.decode() in page.body.decode()


def test_a_callback_that_is_over_shows_what_it_cost_and_asks_no_more(api):
    order(api)
    callback = only(api)
    answered(api, callback)
    end_after_a_minute(api.ports, callback)

    page = api.get(f"/callbacks/{callback.id}")
    part = api.get(f"/callbacks/{callback.id}/progress", hx_request="true")

    for response in (page, part):
        assert "They hung up" in readable(response)
        assert "It cost 0.0617 EUR." in readable(response)
        assert "Hang up" not in readable(response)
        assert "hx-get" not in response.body.decode()
    assert "refresh" not in page.body.decode()
    assert "hx-swap-oob" not in page.body.decode()
    assert '<span id="balance" hx-swap-oob="true">5.00\u00a0EUR</span>' in part.body.decode()
    assert '<div id="actions" class="mt-4" hx-swap-oob="true">' in part.body.decode()


def test_cancelling_ends_what_waits(api):
    order(api)
    page = api.get(f"/callbacks/{only(api).id}").body.decode()

    response = api.submit(page, f"/callbacks/{only(api).id}/cancel")

    assert response.headers["Location"] == f"/callbacks/{only(api).id}"
    assert "You cancelled it" in readable(api.get(response.headers["Location"]))
    assert "It cost nothing." in readable(api.get(response.headers["Location"]))


def test_cancelling_hangs_up_what_runs(api):
    order(api)
    answered(api, only(api))
    page = api.get(f"/callbacks/{only(api).id}").body.decode()

    api.submit(page, f"/callbacks/{only(api).id}/cancel")

    assert api.ports.control.hang_ups == [("w1", only(api).id)]


def test_recent_callbacks_are_listed_with_how_they_went(api):
    order(api)

    assert "Recent callbacks +1 415-555-0100 Getting ready to call you 2 Jan, 03:04" in readable(
        api.get("/")
    )


@pytest.mark.parametrize("path", ["/callbacks/x", f"/callbacks/{'0' * 32}"])
def test_a_callback_that_is_not_there_is_told_on_a_page(api, path):
    response = api.get(path)

    assert response.status_code == 404
    assert "There is no such callback." in readable(response)


def test_a_fault_is_told_on_a_page_that_needs_nothing(api):
    api.ports.accounts.profiles.clear()

    response = api.get("/", accept="text/html,*/*")

    assert response.status_code == 500
    assert "something went wrong on our side" in readable(response)
