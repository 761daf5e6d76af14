"""Templates of rate decks are kept as they are, over every engine."""

import pytest

from switchboard.errors import NotFound
from switchboard.ports import Ports
from switchboard.rating.deck.reading import Template
from switchboard.tables.amounts import DecimalMark
from switchboard.tables.dates import DateOrder

CARRIER = Template("carrier", {"prefix": "Ländercode", "rate": "Cost / Min (USD)"})


def test_a_template_comes_back_as_it_was_kept(ports: Ports):
    told = Template("told", {"rate": "Preis"}, DecimalMark.COMMA, DateOrder.DAY_FIRST)

    ports.templates.save(CARRIER)
    ports.templates.save(told)

    assert ports.templates.get("carrier") == CARRIER
    assert ports.templates.all() == [CARRIER, told]


def test_a_template_takes_the_place_of_one_of_its_name(ports: Ports):
    later = Template("carrier", {"rate": "Price"})
    ports.templates.save(CARRIER)

    ports.templates.save(later)

    assert ports.templates.all() == [later]


def test_a_template_that_is_not_there_is_not_found(ports: Ports):
    with pytest.raises(NotFound, match="there is no template carrier"):
        ports.templates.get("carrier")
