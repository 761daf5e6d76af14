"""Phone books and speed dials, changed a line at a time."""

import pytest

from switchboard.desk.phone_books import set_lines, show_phone_book
from switchboard.errors import NotFound
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, open_alice


def test_lines_are_added_changed_and_taken_away_and_the_others_stay():
    ports = memory_ports()
    open_alice(ports)
    set_lines(ports, "alice", names={"home": ALICE, "work": BOB}, dials={7: BOB})

    set_lines(ports, "alice", names={"home": None, "work": ALICE}, dials={8: ALICE})

    book = show_phone_book(ports, "alice")
    assert (book.names, book.speed_dials) == ({"work": ALICE}, {7: BOB, 8: ALICE})


@pytest.mark.parametrize(("names", "dials"), [({"hme": None}, {}), ({}, {9: None})])
def test_what_is_not_there_cannot_be_taken_away(names, dials):
    ports = memory_ports()
    open_alice(ports)

    with pytest.raises(NotFound, match=r"hme|9"):
        set_lines(ports, "alice", names={"home": ALICE, **names}, dials=dials)

    assert show_phone_book(ports, "alice").names == {}
