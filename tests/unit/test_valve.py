"""Packets that passed by while nothing was taken in are not lost."""

from workers.pjsip.valve import Valve


def test_what_is_lost_while_it_is_open_is_lost():
    valve = Valve()

    assert [valve.lost(100, 1), valve.lost(200, 5)] == [1, 5]


def test_what_passes_by_a_closed_valve_is_not_lost():
    valve = Valve()
    valve.lost(100, 1)
    valve.turn(sends=False, hears=False)
    closed = valve.lost(120, 2)
    valve.turn(sends=True, hears=True)
    waiting = valve.lost(120, 2)

    # The stream sees by the first number that three hundred are missing.
    assert [closed, waiting, valve.lost(121, 302), valve.lost(200, 303)] == [2, 2, 2, 3]


def test_a_new_stream_counts_from_its_beginning():
    valve = Valve()
    valve.turn(sends=True, hears=False)
    valve.lost(100, 7)
    valve.turn(sends=True, hears=True)
    valve.on(None)

    assert valve.lost(50, 3) == 3
