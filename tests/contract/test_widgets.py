"""Widgets, over each engine."""

from dataclasses import replace
from datetime import time, timedelta

import pytest

from switchboard.billing.opening_hours import OpeningHours
from switchboard.errors import NotFound
from switchboard.ports import Limit
from switchboard.rating.row import Day, Window
from tests.fakes.widgets import a_widget

WIDGET = a_widget()
SALES = a_widget(
    id="sales",
    origins=("https://*.example.com", "http://127.0.0.1:8080"),
    countries=("GB", "US"),
    hours=OpeningHours((Window(frozenset({Day.MON}), time(9), time(17)),), "Europe/London"),
    calls_for_address=Limit(1, timedelta(minutes=1)),
    asks_code=True,
    language="pt-BR",
    enabled=False,
)


def test_a_widget_is_added_once_and_found_by_its_id(ports):
    assert [ports.widgets.add(one) for one in (WIDGET, SALES, a_widget(account="bob"))] == [
        True,
        True,
        False,
    ]

    assert ports.widgets.get("support") == WIDGET
    assert ports.widgets.all() == [SALES, WIDGET]


@pytest.mark.parametrize("widget", ["nothing", "", "x" * 3000])
def test_a_widget_that_was_never_added_is_not_found(ports, widget):
    with pytest.raises(NotFound):
        ports.widgets.get(widget)


def test_a_widget_is_changed_by_who_has_read_it(ports):
    ports.widgets.add(WIDGET)
    ports.widgets.get(WIDGET.id)
    changed = replace(WIDGET, enabled=False)

    assert ports.widgets.change(WIDGET, changed)
    assert ports.widgets.get(WIDGET.id) == changed
    assert not ports.widgets.change(WIDGET, replace(WIDGET, language="es"))
    assert ports.widgets.change(WIDGET, changed)
