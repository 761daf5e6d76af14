"""How a leg sounded: the E-model at the points that its recommendations name, and in between."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.calls.leg import RtpQuality
from switchboard.calls.quality import opinion, rating
from workers.lines import _together
from workers.tracing import _heard


@pytest.mark.parametrize(
    ("r", "mos"), [(90, 4.34), (80, 4.03), (70, 3.60), (60, 3.10), (50, 2.58), (0, 1), (-9, 1)]
)
def test_a_rating_has_the_score_of_the_recommendation(r, mos):
    assert opinion(r) == pytest.approx(mos, abs=0.007)


@pytest.mark.parametrize(
    ("loss", "delay_ms", "r"),
    [(0, 0, 93.2), (0, 100, 90.8), (0, 177.3, 88.94), (0, 277.3, 75.54), (0.05, 0, 77.42)],
)
def test_delay_and_loss_impair_by_the_formula(loss, delay_ms, r):
    assert rating(loss=loss, delay_ms=delay_ms) == pytest.approx(r, abs=0.01)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 2_000), st.floats(0, 2_000))
def test_more_loss_or_delay_never_sounds_better(one, other, early_ms, late_ms):
    less, more = sorted([one, other])
    sooner_ms, later_ms = sorted([early_ms, late_ms])

    best = opinion(rating(loss=less, delay_ms=sooner_ms))
    worst = opinion(rating(loss=more, delay_ms=later_ms))

    assert 1 <= worst <= best + 1e-9
    assert best <= 4.5


def test_a_packet_that_came_too_late_was_as_good_as_lost():
    assert RtpQuality(95, 5, 1.0).mos == RtpQuality(100, 0, 1.0, discarded=5).mos


def test_where_no_audio_came_there_is_no_score():
    assert RtpQuality(0, 0, 0.0).mos is None


def test_the_way_to_the_far_end_counts_by_half():
    assert RtpQuality(100, 0, 0.0, buffered_ms=60, round_trip_ms=200).mos == pytest.approx(
        round(opinion(rating(loss=0, delay_ms=180)), 2)
    )


def test_two_streams_of_a_leg_count_by_their_packets():
    first, second = RtpQuality(100, 1, 4.0, 2, 40, 10), RtpQuality(300, 0, 8.0, 1, 80, 30)

    assert _together(first, second) == RtpQuality(400, 1, 7.0, 3, 70, 25)


def test_a_trace_tells_for_how_long_nobody_knows_how_it_sounded():
    heard = RtpQuality(100, 0, 1.0, released_s=42)

    assert _heard(heard).endswith("jitter 1.0 ms, and for 42 s audio flowed past us")
    assert heard.mos == RtpQuality(100, 0, 1.0).mos
