"""How often what may happen: as built in, as the operator says, and as texts are counted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.velocity import LONGEST_WINDOW, Limit, Velocity
from switchboard.desk.velocity import change_velocity, count_ring
from switchboard.errors import Malformed, NotFound, TooOften
from tests.fakes.claims import LEASE, held
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, NOON
from tests.unit.test_text_orders import Line

HOUR = timedelta(hours=1)
SECONDS = st.integers(1, LONGEST_WINDOW // timedelta(seconds=1)).map(lambda s: timedelta(seconds=s))


@given(
    st.builds(
        Limit,
        st.integers(0, 9_999_999),
        st.one_of(
            st.integers(1, 31).map(lambda days: timedelta(days=days)),
            st.integers(1, 99_999).map(lambda s: timedelta(seconds=s)),
        ),
    )
)
def test_a_limit_is_read_as_it_is_written(limit):
    assert Limit.parse(str(limit)) == limit


@given(
    st.builds(Limit, st.just(1), SECONDS),
    st.integers(0, 10**9).map(lambda s: NOON + timedelta(seconds=s)),
)
def test_every_instant_is_in_a_window_that_ends_after_it(limit, now):
    ends_at = limit.ends_at(now)

    assert now < ends_at <= now + limit.window
    assert limit.window_at(ends_at) == limit.window_at(now) + 1


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("12/1h", Limit(12, HOUR)),
        (" 120 / 10M ", Limit(120, 10 * timedelta(minutes=1))),
        ("0/1d", Limit(0, 24 * HOUR)),
    ],
)
def test_limits_are_written_as_people_say_them(text, limit):
    assert Limit.parse(text) == limit


@pytest.mark.parametrize("text", ["", "12", "12/h", "-1/1h", "1/0s", "1/32d", "1/1w", "\u0661/1h"])
def test_what_is_no_limit_is_malformed(text):
    with pytest.raises(Malformed):
        Limit.parse(text)


def test_the_operator_says_how_often():
    ports = memory_ports()
    change_velocity(ports, "rings-of-phone", Limit(1, HOUR))

    count_ring(ports, ALICE)
    with pytest.raises(TooOften) as refusal:
        count_ring(ports, ALICE)

    assert (
        refusal.value.wait
        == ports.settings.velocity().rings_of_phone.ends_at(ports.clock.now()) - ports.clock.now()
    )
    assert change_velocity(ports, "rings-of-phone", None) == Velocity()
    count_ring(ports, ALICE)


def test_a_limit_of_another_name_is_not_found():
    with pytest.raises(NotFound, match="rings-of-phone"):
        change_velocity(memory_ports(), "rings", Limit(1, HOUR))


def running(line: Line) -> None:
    """A callback of Alice's is under way."""
    line.text(BOB.digits, identity="running")
    [callback] = line.ports.callbacks.placed.values()
    now = line.ports.clock.now()
    held(line.ports, line.ports.callbacks.claim(callback.id, "w1", now=now, lease=LEASE))
    line.ports.clock.pass_by(timedelta(minutes=1))


@pytest.mark.parametrize("name", ["orders-of-account", "texts-of-phone"])
def test_texts_are_limited_while_another_callback_is_under_way(name):
    line = Line()
    change_velocity(line.ports, name, Limit(2, HOUR))
    running(line)

    answers = [line.text("CB", identity=f"text-{number}") for number in range(3)]
    again = line.text("CB", identity="text-0")

    assert [answer.refused for answer in answers] == [None, None, "too_often"]
    assert "wait a while" in answers[-1].words
    assert again == answers[0]


def test_texts_one_after_the_other_cost_no_write():
    line = Line()
    change_velocity(line.ports, "texts-of-phone", Limit(0, HOUR))

    assert line.text("CB").refused is None
    assert line.ports.throttle.counts == {}
