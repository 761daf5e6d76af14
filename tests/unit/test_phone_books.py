"""Phone books and speed dials, changed a line at a time."""

from switchboard.desk.phone_books import set_lines, show_phone_book
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, open_alice


def test_lines_are_added_changed_and_taken_away_and_the_others_stay():
    ports = memory_ports()
    open_alice(ports)
    set_lines(ports, "alice", names={"home": ALICE, "work": BOB}, dials={7: BOB})

    set_lines(ports, "alice", names={"home": None, "work": ALICE}, dials={8: ALICE})

    book = show_phone_book(ports, "alice")
    assert (book.names, book.speed_dials) == ({"work": ALICE}, {7: BOB, 8: ALICE})
