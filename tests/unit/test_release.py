"""When two far ends may speak to each other past us, and how they come back, whatever happens."""

import asyncio
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.loop import run_simulated
from tests.fakes.offers import AGREES, NOW_NOT, ONE, OTHER, SILENT, Answer, FakeOffers, terms
from workers.release import TAKEN_BACK_LIMIT_S, Release, can_meet

REFUSES: Answer = (0.1, 488)
PENDING: Answer = (0.1, 491)
APART = [
    (2.0, "1 is to send to 2"),
    (2.1, "1 answers 200"),
    (2.1, "2 is to send to 1"),
    (2.2, "2 answers 200"),
    (2.2, "audio flows past us"),
]


@pytest.mark.parametrize(
    ("changes", "meet"),
    [
        ({}, True),
        ({"payload": 8}, False),
        ({"events": None}, False),
        ({"packet_ms": 40}, False),
        ({"both_ways": False}, False),
        ({"keeps_time": False}, False),
        ({"is_there": False}, False),
        ({"host": "2001:db8::2"}, False),
        ({"host": "8.8.8.8"}, False),
    ],
)
def test_far_ends_meet_where_they_agree_on_all_and_both_are_there(changes, meet):
    one, other = terms(ONE), terms(OTHER, **changes)

    assert (can_meet(one, other), can_meet(other, one)) == (meet, meet)


@pytest.mark.parametrize(("events", "meet"), [(101, True), (None, True), (96, False)])
def test_telephone_events_have_the_number_that_we_offer(events, meet):
    assert can_meet(terms(ONE, events=events), terms(OTHER, events=events)) == meet


def play(offers: FakeOffers, *events, until_s: float = 60.0) -> list[tuple[float, str]]:
    """What happens when each event (second, what it does with the release) happens."""

    async def story() -> None:
        release = offers.release()
        for at_s, event in events:
            await asyncio.sleep(at_s - asyncio.get_running_loop().time())
            await event(release)
        await asyncio.sleep(until_s - asyncio.get_running_loop().time())

    run_simulated(story())
    return offers.transcript


async def taken_back(release: Release) -> None:
    await release.take_back()


def test_the_second_is_told_when_the_first_has_agreed():
    assert play(FakeOffers()) == APART


def test_ends_that_cannot_meet_yet_do_so_later():
    offers = FakeOffers()
    offers.terms[OTHER] = terms(OTHER, is_there=False)

    async def is_there(_release: Release) -> None:
        offers.terms[OTHER] = terms(OTHER)

    assert play(offers, (5, is_there))[0] == (12.0, "1 is to send to 2")


def test_who_is_taken_back_stays_here_for_the_rest_of_the_talk():
    offers = FakeOffers()

    async def in_time(release: Release) -> None:
        await release.take_back()
        assert (offers.hears(ONE), offers.hears(OTHER)) == (1, 1)
        offers.write("we speak")
        assert round(release.past_s(ONE), 2) == round(release.past_s(OTHER), 2) + 0.1

    assert play(offers, (10, in_time), until_s=1000) == [
        *APART,
        (10.0, "1 is to send to us"),
        (10.0, "2 is to send to us"),
        (10.1, "1 answers 200"),
        (10.1, "audio comes here again"),
        (10.1, "2 answers 200"),
        (10.1, "we speak"),
    ]


def test_who_is_taken_back_before_it_begins_is_left_alone():
    assert play(FakeOffers(), (1.9, taken_back)) == []


def test_where_the_first_refuses_nobody_is_moved():
    offers = FakeOffers({ONE: [REFUSES]})

    assert play(offers) == [(2.0, "1 is to send to 2"), (2.1, "1 answers 488")]


def test_where_the_second_refuses_the_first_comes_back():
    offers = FakeOffers({OTHER: [REFUSES]})

    assert play(offers)[2:] == [
        (2.1, "2 is to send to 1"),
        (2.2, "2 answers 488"),
        (2.2, "1 is to send to us"),
        (2.3, "1 answers 200"),
    ]


def test_where_the_first_is_silent_both_go_on_over_us_and_the_offer_ends_before_its_call():
    offers = FakeOffers({ONE: [SILENT]})

    assert play(offers) == [
        (2.0, "1 is to send to 2"),
        (32.0, "1 is not asked any more"),
        (32.0, "1 answers 487"),
    ]


def test_where_the_second_is_silent_the_first_does_not_wait_for_long():
    offers = FakeOffers({OTHER: [SILENT]})

    assert play(offers)[2:] == [
        (2.1, "2 is to send to 1"),
        (5.1, "1 is to send to us"),
        (5.2, "1 answers 200"),
        (32.1, "2 is not asked any more"),
        (32.1, "2 answers 487"),
    ]


def test_an_answer_that_comes_too_late_is_taken_back():
    offers = FakeOffers({OTHER: [(10.0, 200)]})

    assert play(offers)[4:] == [
        (5.2, "1 answers 200"),
        (12.1, "2 answers 200"),
        (12.1, "2 is to send to us"),
        (12.2, "2 answers 200"),
    ]


def test_an_offer_that_crosses_another_is_made_again_a_random_while_later():
    offers = FakeOffers({ONE: [PENDING]})

    again = next(at for at, what in play(offers) if at > 3 and what == "1 is to send to 2")

    assert 2.1 <= again - 2.1 <= 4.0
    assert offers.transcript[-1][1] == "audio flows past us"


def test_an_offer_that_has_to_wait_for_another_is_made_soon():
    offers = FakeOffers({ONE: [NOW_NOT, NOW_NOT]})

    assert play(offers)[:3] == [
        (2.0, "1 cannot be asked now"),
        (2.5, "1 cannot be asked now"),
        (3.0, "1 is to send to 2"),
    ]


def test_offers_are_not_made_for_ever():
    offers = FakeOffers({ONE: [PENDING] * 10})

    asked = [what for _, what in play(offers) if what == "1 is to send to 2"]

    assert len(asked) == 5


def test_a_far_end_that_only_refreshes_its_session_stays_away():
    offers = FakeOffers()

    async def refreshed(release: Release) -> None:
        release.renegotiated(ONE)

    assert play(offers, (10, refreshed)) == APART


@pytest.mark.parametrize("changed", [None, replace(terms(ONE), port=4002)])
def test_a_far_end_that_moves_or_holds_brings_both_back(changed):
    offers = FakeOffers()

    async def moves(release: Release) -> None:
        offers.terms[ONE] = changed
        release.renegotiated(ONE)

    assert play(offers, (10, moves))[len(APART) :][:2] == [
        (10.3, "1 is to send to us"),
        (10.3, "2 is to send to us"),
    ]


def test_when_one_is_gone_the_other_is_taken_back_only_if_it_is_to_hear_us():
    alone, told = FakeOffers(), FakeOffers()

    async def ends(release: Release) -> None:
        release.end(OTHER)

    assert play(alone, (10, ends)) == APART
    assert play(told, (10, ends), (11, taken_back)) == [
        *APART,
        (11.0, "1 is to send to us"),
        (11.1, "1 answers 200"),
    ]


@pytest.mark.parametrize("answer", [SILENT, REFUSES])
def test_who_does_not_come_back_is_spoken_to_all_the_same(answer):
    offers = FakeOffers({ONE: [AGREES, answer]})

    async def waits(release: Release) -> None:
        began = asyncio.get_running_loop().time()
        await release.take_back()
        assert asyncio.get_running_loop().time() - began <= TAKEN_BACK_LIMIT_S
        assert offers._sends == {ONE: True, OTHER: True}

    play(offers, (10, waits))


answers = st.tuples(st.floats(0, 40), st.sampled_from([200, 200, 200, 488, 491, 500, None]))


@given(
    st.lists(answers, max_size=4),
    st.lists(answers, max_size=4),
    st.floats(0, 60) | st.none(),
    st.booleans(),
)
def test_each_hears_the_other_once_at_any_time(one, other, back_at, by_itself):
    offers = FakeOffers({ONE: one, OTHER: other})
    heard = set()

    async def story() -> None:
        release = offers.release()
        for step in range(1000):
            if back_at is not None and step == round(back_at * 10):
                if by_itself:
                    offers.terms[ONE] = None
                    release.renegotiated(ONE)
                else:
                    release._turn_back()
            await asyncio.sleep(0.1)
            heard.add((offers.hears(ONE), offers.hears(OTHER)))

    run_simulated(story())

    assert heard == {(1, 1)}
