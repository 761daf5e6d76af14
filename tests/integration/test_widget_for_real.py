"""A visitor of a web site is called and connected over real SIP, at the account's cost."""

import pytest

from switchboard.calls.callback import State
from switchboard.desk.widgets import Visit, add_widget, ask_for_call, call_of_visitor
from switchboard.numbering import PhoneNumber
from tests.fakes.texts import text_keys
from tests.fakes.widgets import a_widget
from tests.integration.caller import in_real_time
from tests.integration.system import System
from tests.integration.test_callbacks_for_real import ANSWERS, TALKS

pytestmark = pytest.mark.integration

VISITOR = PhoneNumber("+442079461958")


@in_real_time
async def test_a_visitor_is_rung_first_and_connected_with_whom_the_widget_names(system: System):
    shop = system.customer()
    widget = a_widget(account=shop.account, destination=shop.friend)
    add_widget(system.ports, widget)
    visit = Visit(widget, "form", "192.0.2.1")
    async with system.carrier({VISITOR: ANSWERS, shop.friend: TALKS}) as carrier:
        callback = ask_for_call(system.ports, text_keys(), visit, VISITOR)
        await carrier.next_call(str(VISITOR))
        talk = await carrier.next_call(str(shop.friend))
        await talk.wait_ended()
        over, cdr = await system.ended(callback)

    assert (over.state, over.trigger) == (State.ENDED, "widget")
    assert [leg.number for leg in cdr.legs] == [VISITOR, shop.friend]
    assert cdr.account == shop.account
    assert cdr.cost.micros > 0
    assert call_of_visitor(system.ports, widget, callback.id) == over
    assert system.books_are_clean()
