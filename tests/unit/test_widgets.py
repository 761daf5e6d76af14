"""Widgets: whom they call, how often, and what their visitors are not told."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from switchboard.billing.opening_hours import OpeningHours
from switchboard.calls.callback import State, Trigger
from switchboard.desk.callback_numbers import confirm_number
from switchboard.desk.orders import Order, order_callback
from switchboard.desk.permission import change_class
from switchboard.desk.profiles import Changes, change_profile
from switchboard.desk.velocity import change_velocity
from switchboard.desk.widgets import (
    Visit,
    add_widget,
    ask_for_call,
    call_of_visitor,
    call_with_code,
    change_widget,
    shown_widget,
)
from switchboard.errors import (
    AlreadyExists,
    Conflict,
    Malformed,
    NotAllowed,
    NotANumber,
    NotEnoughCredit,
    NotFound,
    NumberClosed,
    TooOften,
    UnknownSender,
    WrongCode,
)
from switchboard.numbering import PhoneNumber
from switchboard.ports import Limit, Ports
from switchboard.rating.row import Day, Window
from tests.fakes.claims import LEASE, held
from tests.fakes.ports import memory_ports
from tests.fakes.texts import PIN_KEY, text_keys
from tests.fakes.widgets import a_widget
from tests.fakes.world import BOB, SERVICE, open_alice

VISITOR = PhoneNumber("+442079460958")
OTHER = PhoneNumber("+442079460959")
ONCE_AN_HOUR = Limit(1, timedelta(hours=1))
# 2026-01-02 03:04:05 UTC is a Friday.
OFFICE_HOURS = OpeningHours(
    (Window(frozenset({Day.MON, Day.FRI}), time(9), time(17)),), "Europe/Paris"
)


class Site:
    """A web site with a widget, and visitors who fill it in."""

    def __init__(self, opening_micros: int = 5_000_000, **terms: object) -> None:
        self.ports: Ports = memory_ports()
        open_alice(self.ports, opening_micros=opening_micros)
        self.keys = text_keys()
        self.widget = a_widget(**terms)
        add_widget(self.ports, self.widget)

    def visit(self, form: str = "f1", address: str = "192.0.2.1") -> Visit:
        return Visit(self.widget, form, address)

    def ask(self, phone: PhoneNumber = VISITOR, **visit: str):
        return ask_for_call(self.ports, self.keys, self.visit(**visit), phone)

    def enter(self, code: str, phone: PhoneNumber = VISITOR, **visit: str):
        return call_with_code(self.ports, self.keys, self.visit(**visit), phone, code)

    @property
    def texted(self) -> list[tuple[PhoneNumber, str]]:
        return self.keys.texts.sent


def test_a_visitor_is_called_and_connected_at_the_cost_of_the_account():
    site = Site(language="fr")

    callback = site.ask()

    phones = callback.account, callback.customer, callback.destination
    assert phones == ("alice", VISITOR, BOB)
    assert (callback.trigger, callback.language) == ("widget", "fr")
    assert site.ports.queue.sent == [callback.id]


def test_the_same_form_again_is_the_same_call_and_counts_once():
    site = Site(calls_for_address=ONCE_AN_HOUR, calls_to_phone=ONCE_AN_HOUR)

    assert site.ask() == site.ask()

    with pytest.raises(TooOften):
        site.ask(form="f2")


@pytest.mark.parametrize(
    ("limit", "second"),
    [
        ("calls_for_address", {"phone": OTHER}),
        ("calls_to_phone", {"address": "192.0.2.2"}),
        ("calls_in_all", {"phone": OTHER, "address": "192.0.2.2"}),
    ],
)
def test_a_widget_calls_so_often_for_an_address_to_a_phone_and_in_all(limit, second):
    site = Site(**{limit: ONCE_AN_HOUR})
    site.ask()

    with pytest.raises(TooOften) as refused:
        site.ask(form="f2", **second)

    assert refused.value.wait == timedelta(minutes=55, seconds=55)
    site.ports.clock.pass_by(timedelta(hours=1))
    assert site.ask(form="f3", **second)


def test_a_phone_is_not_called_by_one_widget_after_the_other():
    site = Site()
    change_velocity(site.ports, "calls-to-stranger", ONCE_AN_HOUR)
    site.ask()
    site.widget = a_widget(id="sales", destination=OTHER)

    with pytest.raises(TooOften):
        site.ask()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("020 7946 0958", VISITOR),
        ("+44 20 7946 0958", VISITOR),
        ("(415) 555-0100", BOB),
        ("+1 415 555 0100", BOB),
    ],
)
def test_a_local_number_is_read_in_any_of_the_countries(typed, meant):
    assert a_widget(countries=("GB", "US")).read_phone(typed) == meant


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ("", NotANumber),
        ("call me", NotANumber),
        ("12", NotANumber),
        ("+33142685300", NotAllowed),  # another country
        ("+18765551234", NotAllowed),  # Jamaica shares a code with the United States
        ("+19002345678", NotAllowed),  # premium
        ("09098790123", NotAllowed),  # premium
        ("07024123456", NotAllowed),  # a personal number
        ("+881612345678", NotAllowed),  # a satellite phone
        ("+447700900123", NotAllowed),  # nobody has it
    ],
)
def test_only_phones_of_people_in_its_countries_are_called(typed, refusal):
    with pytest.raises(refusal):
        a_widget(countries=("GB", "US")).read_phone(typed)


def test_what_the_account_may_call_beyond_others_is_not_open_to_visitors():
    site = Site()
    change_class(site.ports, "dear", add=("44207946",), blocked=True)
    change_profile(site.ports, "alice", Changes(allow_classes=("dear",), allow=("44", "1")))

    with pytest.raises(NotAllowed, match="dear numbers are blocked"):
        site.ask()


@pytest.mark.parametrize("phone", [SERVICE, BOB])
def test_neither_a_service_number_nor_the_destination_itself_is_called(phone):
    with pytest.raises(NotAllowed):
        Site().ask(phone)


def test_an_account_whose_own_phones_only_are_rung_has_its_visitors_rung():
    site = Site()
    change_profile(site.ports, "alice", Changes(own_phones_only=True))

    assert site.ask() is not None


def test_nobody_is_called_out_of_hours():
    site = Site(hours=OFFICE_HOURS)
    opens_at = datetime(2026, 1, 2, 8, tzinfo=UTC)

    with pytest.raises(NumberClosed):
        site.ask()

    assert site.widget.opens_at(site.ports.clock.now()) == opens_at
    site.ports.clock.at = opens_at
    assert site.ask() is not None


def test_another_visitor_does_not_get_to_watch_the_call_of_the_same_phone():
    site = Site()
    first = site.ask()
    now = site.ports.clock.now()
    held(site.ports, site.ports.callbacks.claim(first.id, "w1", now=now, lease=LEASE))

    with pytest.raises(Conflict):
        site.ask(form="f2", address="192.0.2.2")


def test_with_a_code_nobody_is_called_before_it_was_entered():
    site = Site(asks_code=True, language="es")

    assert site.ask() is None
    assert site.ports.queue.sent == []

    assert site.texted == [
        (VISITOR, "000007 es el codigo para su llamada. Es valido diez minutos.")
    ]
    callback = site.enter("000007")
    assert callback == site.enter("000007")
    assert site.ports.queue.sent == [callback.id]


def test_a_form_texts_its_code_once():
    site = Site(asks_code=True)

    assert [site.ask(), site.ask()] == [None, None]

    assert len(site.texted) == 1


def test_a_wrong_code_calls_nobody_and_is_tried_five_times():
    site = Site(asks_code=True)
    site.ask()

    for _ in range(5):
        with pytest.raises(WrongCode):
            site.enter("000008")

    with pytest.raises(WrongCode):
        site.enter("000007")


def test_a_code_is_good_for_the_phone_that_it_was_texted_to():
    site = Site(asks_code=True)
    site.ask()

    with pytest.raises(WrongCode):
        site.enter("000007", OTHER)


def test_the_code_of_a_visitor_does_not_add_their_phone_to_the_account():
    site = Site(asks_code=True)
    site.ask()

    with pytest.raises(UnknownSender):
        confirm_number(site.ports, PIN_KEY, VISITOR, "000007")
    with pytest.raises(NotAllowed):
        confirm_number(site.ports, PIN_KEY, VISITOR, "000007", account="alice")


def test_codes_for_a_phone_are_as_few_as_those_of_accounts():
    site = Site(asks_code=True, calls_to_phone=Limit(10, timedelta(hours=1)))

    for form in ("f1", "f2", "f3"):
        site.ask(form=form)

    with pytest.raises(TooOften):
        site.ask(form="f4")
    assert len(site.texted) == 3


def test_no_code_is_texted_for_a_call_that_cannot_be_paid():
    site = Site(opening_micros=0, asks_code=True)

    with pytest.raises(NotEnoughCredit):
        site.ask()

    assert site.texted == []


def test_a_visitor_watches_calls_of_widgets_only():
    site = Site()
    mine = site.ask()
    account = site.ports.accounts.get("alice")
    other = order_callback(site.ports, account, Order(OTHER, BOB, Trigger("api", "a")))

    assert call_of_visitor(site.ports, site.widget, mine.id).state is State.QUEUED
    for hidden in (other.id, "0" * 32):
        with pytest.raises(NotFound):
            call_of_visitor(site.ports, site.widget, hidden)


def test_a_widget_that_is_switched_off_is_not_there():
    site = Site()

    change_widget(site.ports, site.widget, replace(site.widget, enabled=False))

    with pytest.raises(NotFound):
        shown_widget(site.ports, "support")
    with pytest.raises(Conflict):
        change_widget(site.ports, site.widget, replace(site.widget, language="es"))


def test_a_widget_is_added_once_for_an_account_that_there_is():
    site = Site()

    with pytest.raises(AlreadyExists):
        add_widget(site.ports, site.widget)
    with pytest.raises(NotFound):
        add_widget(site.ports, a_widget(id="sales", account="nobody"))


@pytest.mark.parametrize(
    "terms",
    [
        {"id": "Support!"},
        {"origins": ()},
        {"origins": ("shop.example.com",)},
        {"origins": ("https://shop.example.com/path",)},
        {"origins": ("https://a.example.com; script-src *",)},
        {"origins": ("https://a.example.com https://b.example.com",)},
        {"origins": ("*",)},
        {"origins": ("https://*",)},
        {"countries": ()},
        {"countries": ("UK",)},
        {"countries": ("gb",)},
        {"language": "English"},
    ],
)
def test_a_widget_that_cannot_be_is_malformed(terms):
    with pytest.raises(Malformed):
        a_widget(**terms)
