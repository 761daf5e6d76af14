"""When each of many calls is looked at again."""

from workers.turns import Turns


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        self.now += seconds


def test_each_has_its_turn_again_and_again():
    clock = Seconds()
    turns = Turns(every_s=2, at_once=10, clock_s=clock)
    turns.add(1)
    clock.pass_by(1)
    turns.add(2)

    taken = []
    for _ in range(5):
        taken.append(turns.take())
        clock.pass_by(1)

    assert taken == [[], [1], [2], [1], [2]]


def test_many_that_are_due_together_take_their_turns_one_after_the_other():
    clock = Seconds()
    turns = Turns(every_s=2, at_once=2, clock_s=clock)
    for number in range(5):
        turns.add(number)
    clock.pass_by(2)

    assert [turns.take() for _ in range(4)] == [[0, 1], [2, 3], [4], []]


def test_one_that_is_gone_has_no_turn():
    clock = Seconds()
    turns = Turns(every_s=2, at_once=10, clock_s=clock)
    turns.add(1)
    turns.add(2)

    turns.remove(1)
    turns.remove(3)
    clock.pass_by(2)

    assert turns.take() == [2]
