"""How a trunk is told who calls, and who is shown to whom."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.caller_id import ANONYMOUS, Caller, CallerHeaders, CallerId, Header, Whose
from switchboard.calls.manners import AS_USUAL, Manners
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.trunk import Trunk
from switchboard.desk.trunks import TrunkChanges, change_trunk
from switchboard.errors import Malformed
from tests.fakes.exchange import Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.world import ALICE, BOB, CAROL, SERVICE

HOST = "192.0.2.1"
LONDON = (Rewrite.parse("44=strip2,prepend0"), Rewrite.parse("*=strip0"))


def test_a_number_is_written_as_each_header_wants_it():
    trunk = CallerId(Header(), Header(rewrites=LONDON), "sip.example.net")

    assert trunk.headers(Caller(ALICE), HOST) == CallerHeaders(
        f"<sip:{ALICE}@sip.example.net>",
        (("P-Asserted-Identity", "<sip:02071234567@sip.example.net>"),),
    )
    assert trunk.headers(Caller(BOB), HOST).others == (
        ("P-Asserted-Identity", "<sip:14155550100@sip.example.net>"),
    )


def test_without_a_domain_it_is_our_address():
    assert CallerId().headers(Caller(BOB), HOST) == CallerHeaders(f"<sip:{BOB}@{HOST}>")


@pytest.mark.parametrize(
    ("terms", "sender"),
    [
        (CallerId(Header(fixed="442079460000")), f"<sip:442079460000@{HOST}>"),
        (CallerId(Header(Whose.ACCOUNT)), f"<sip:{CAROL}@{HOST}>"),
        (CallerId(), f"<sip:{BOB}@{HOST}>"),
    ],
)
def test_from_is_of_the_caller_of_the_account_or_always_the_same(terms, sender):
    assert terms.headers(Caller(BOB, CAROL), HOST).sender == sender


def test_a_withheld_number_is_told_only_to_a_trunk_that_is_trusted_with_it():
    hidden = Caller(BOB, CAROL, shown=False)

    assert CallerId().headers(hidden, HOST) == CallerHeaders(ANONYMOUS, (("Privacy", "id"),))
    assert CallerId(asserted=Header()).headers(hidden, HOST) == CallerHeaders(
        ANONYMOUS, (("P-Asserted-Identity", f"<sip:{BOB}@{HOST}>"), ("Privacy", "id"))
    )
    assert CallerId(Header(fixed="44207")).headers(hidden, HOST).sender == f"<sip:44207@{HOST}>"


def test_who_is_not_known_is_anonymous():
    assert CallerId(asserted=Header()).headers(Caller(), HOST) == CallerHeaders(ANONYMOUS)


@given(st.one_of(st.text(), st.text("+1\r\n<>@:;#*\u0661 ")), st.text("a.-\r\n<>; "))
def test_no_setting_puts_anything_else_into_a_header(fixed, domain):
    try:
        terms = CallerId(Header(fixed=fixed), Header(fixed=fixed), domain)
    except Malformed:
        return
    told = terms.headers(Caller(BOB), HOST)
    for value in (told.sender, *(value for _, value in told.others)):
        assert re.fullmatch(r"<sip:\+?[0-9]+@[A-Za-z0-9.-]+>", value)


def test_a_hash_in_front_of_a_number_is_escaped():
    terms = CallerId(Header(rewrites=(Rewrite.parse("*=prepend#31#"),)))

    assert terms.headers(Caller(BOB), HOST).sender == f"<sip:%2331%23{BOB.digits}@{HOST}>"


def test_changes_leave_alone_what_they_do_not_name():
    trunk = TrunkChanges(sender="account", sender_rewrites=LONDON, asserted="44207").over(
        Trunk("a", HOST)
    )

    assert trunk.caller_id == CallerId(Header(Whose.ACCOUNT, "", LONDON), Header(fixed="44207"))
    changed = TrunkChanges(sender="caller", asserted="none", sender_domain="a.example").over(trunk)
    assert changed.caller_id == CallerId(Header(rewrites=LONDON), None, "a.example")
    assert TrunkChanges().over(trunk) == trunk


# In a callback


def callers(exchange: Exchange) -> list[Caller]:
    return [order.caller for order in exchange.phone.orders]


def an_exchange(manners: Manners = AS_USUAL) -> Exchange:
    return Exchange({BOB: FarEnd(hangs_up_s=5)}, manners=manners)


def test_each_party_is_shown_the_other():
    exchange = an_exchange()

    exchange.connect()

    assert callers(exchange) == [Caller(BOB), Caller(ALICE)]


def test_a_customer_who_rang_a_service_number_is_rung_by_it():
    exchange = an_exchange()
    place = exchange.ports.callbacks.place
    exchange.ports.callbacks.place = lambda asked: place(replace(asked, service=SERVICE))

    exchange.connect()

    assert callers(exchange) == [Caller(SERVICE), Caller(ALICE)]


def test_an_account_may_not_show_its_number_to_whom_it_calls():
    exchange = an_exchange(Manners(show_number=False))

    exchange.connect()

    assert callers(exchange) == [Caller(BOB), Caller(ALICE, shown=False)]


def test_a_trunk_may_be_told_the_first_number_of_the_account():
    exchange = an_exchange()
    profiles = exchange.ports.accounts.profiles
    profiles["alice"] = replace(profiles["alice"], numbers=(CAROL, ALICE))
    change_trunk(exchange.ports, "carrier", TrunkChanges(sender="account"))

    exchange.connect()

    assert callers(exchange) == [Caller(BOB), Caller(ALICE, CAROL)]
