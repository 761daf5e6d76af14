"""How many calls a media engine has room for."""

from workers.room import SOCKET_RESTS_S, Room


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_there_are_no_more_calls_than_the_engine_allows_and_has_sockets_for():
    room = Room(max_sockets=64, max_files=1024)

    assert room.max_calls(allowed=4) == 4
    assert room.max_calls(allowed=4096) == 32


def test_there_are_no_more_calls_than_the_process_may_have_files_for():
    assert Room(max_sockets=16_384, max_files=1024).max_calls(allowed=4096) == 231
    assert Room(max_sockets=16_384, max_files=64).max_calls(allowed=4096) == 0


def test_room_is_what_the_engine_allows_less_what_lives():
    assert Room(max_sockets=64, max_files=1024).free_calls(live=1, most=4) == 3


def test_sockets_of_calls_that_have_just_ended_take_room_too():
    room = Room(max_sockets=64, max_files=1024)

    for _ in range(30):
        room.call_ended()

    assert room.free_calls(live=1, most=4) == 1
    assert room.free_calls(live=4, most=4) == 0


def test_sockets_that_have_rested_give_their_room_back():
    clock = Seconds()
    room = Room(max_sockets=64, max_files=1024, clock_s=clock)
    for _ in range(32):
        room.call_ended()

    before = room.free_calls(live=0, most=4)
    clock.now += SOCKET_RESTS_S + 0.1

    assert (before, room.free_calls(live=0, most=4)) == (0, 4)
