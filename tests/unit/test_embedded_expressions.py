"""Holds kept expressions to what ministack says of them without: the same, however often."""

import pytest
from ministack.services import dynamodb

from ringback.embedded import expressions

NAMES = {"#0": "held"}
ITEM = {"held": {"N": "5"}}


@pytest.fixture(autouse=True)
def _kept(monkeypatch):
    for name in expressions.PARSERS:
        monkeypatch.setattr(dynamodb, name, getattr(dynamodb, name))
    expressions.install()


def holds(expression: str, at_least: int) -> bool:
    values = {":0": {"N": str(at_least)}}
    return dynamodb._evaluate_condition(expression, ITEM, values, NAMES)


def test_a_kept_condition_is_asked_of_the_values_of_each_request():
    assert [holds("#0 >= :0", micros) for micros in (4, 6, 5)] == [True, False, True]


def test_what_is_no_condition_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(ValueError, match="Syntax error"):
            holds("#0 >= >= :0", 4)
