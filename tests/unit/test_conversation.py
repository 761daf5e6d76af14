"""What happens on the telephone, by transcript: who rang, who heard what, who was hung up when."""

import pytest

from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.ledger.entries import SettlementKind
from tests.fakes.exchange import CENT, CENT_A_SECOND, Exchange
from tests.fakes.phone import FarEnd
from tests.fakes.world import ALICE, BOB

CUSTOMER_ANSWERED = [
    (0, f"customer is dialled at {ALICE}"),
    (0.1, "customer rings"),
    (2, "customer answers"),
    (2, "customer hears one-moment"),
]
DESTINATION_RINGS = [
    *CUSTOMER_ANSWERED,
    (3, f"destination is dialled at {BOB}"),
    (3, "customer hears ringback"),
    (3.1, "destination rings"),
]
CONNECTED = [
    *DESTINATION_RINGS,
    (5, "destination answers"),
    (5, "customer and destination hear each other"),
]


def an_exchange(customer: FarEnd | None = None, destination: FarEnd | None = None) -> Exchange:
    far_ends = {ALICE: customer or FarEnd(), BOB: destination or FarEnd()}
    return Exchange(far_ends, deck=CENT_A_SECOND)


def by(party: Party, ending: Ending) -> Verdict:
    return Verdict(ending, Culprit(party.value))


def seconds_and_cents(cdr) -> list[tuple[int, int]]:
    return [(leg.seconds, leg.cost_micros // CENT) for leg in cdr.legs]


def test_two_talk_until_the_destination_hangs_up():
    exchange = an_exchange(destination=FarEnd(hangs_up_s=60))

    cdr = exchange.connect()

    assert exchange.transcript == [
        *CONNECTED,
        (65, "destination hangs up"),
        (65, "customer is hung up"),
    ]
    assert cdr.verdict == by(Party.DESTINATION, Ending.HUNG_UP)
    assert [leg.hung_up_by_far_end for leg in cdr.legs] == [False, True]
    assert seconds_and_cents(cdr) == [(63, 63), (60, 60)]


def test_two_talk_until_the_customer_hangs_up():
    exchange = an_exchange(customer=FarEnd(hangs_up_s=33))

    cdr = exchange.connect()

    assert exchange.transcript == [
        *CONNECTED,
        (35, "customer hangs up"),
        (35, "destination is hung up"),
    ]
    assert cdr.verdict == by(Party.CUSTOMER, Ending.HUNG_UP)
    assert [leg.hung_up_by_far_end for leg in cdr.legs] == [True, False]
    assert seconds_and_cents(cdr) == [(33, 33), (30, 30)]


def test_the_customer_hears_the_destinations_early_media_in_place_of_ringback():
    exchange = an_exchange(destination=FarEnd(early_media_s=1, hangs_up_s=10))

    exchange.connect()

    assert exchange.transcript == [
        *DESTINATION_RINGS,
        (4, "customer hears early media of destination"),
        *CONNECTED[-2:],
        (15, "destination hangs up"),
        (15, "customer is hung up"),
    ]


@pytest.mark.parametrize(
    ("customer", "verdict", "last"),
    [
        (
            FarEnd(refuses_with=486, answers_s=1),
            by(Party.CUSTOMER, Ending.BUSY),
            (1, "customer refuses with 486"),
        ),
        (
            FarEnd(refuses_with=404, answers_s=1),
            by(Party.CUSTOMER, Ending.NOT_FOUND),
            (1, "customer refuses with 404"),
        ),
        (
            FarEnd(refuses_with=503, answers_s=1),
            Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER),
            (1, "customer refuses with 503"),
        ),
        (
            FarEnd(answers_s=None),
            by(Party.CUSTOMER, Ending.NO_ANSWER),
            (60, "customer is given up"),
        ),
        (
            FarEnd(trying_s=None, rings_s=None, answers_s=None),
            Verdict(Ending.UNREACHABLE, Culprit.CARRIER),
            (4, "customer is given up"),
        ),
        (
            FarEnd(line_is_dead=True),
            Verdict(Ending.FAILED, Culprit.US),
            (0, "customer cannot be dialled"),
        ),
    ],
)
def test_a_customer_who_is_not_reached_pays_nothing(customer, verdict, last):
    exchange = an_exchange(customer)

    cdr = exchange.connect()

    assert exchange.transcript[-1] == last
    assert cdr.verdict == verdict
    assert cdr.destination is None
    assert (cdr.settlement.kind, cdr.cost.micros) == (SettlementKind.VOID, 0)
    assert (exchange.balance.posted_micros, exchange.balance.holds) == (5_000_000, {})
    assert exchange.breaches == []


@pytest.mark.parametrize(
    ("destination", "verdict", "then"),
    [
        (
            FarEnd(refuses_with=486, answers_s=1),
            by(Party.DESTINATION, Ending.BUSY),
            [(4, "destination refuses with 486"), (4, "customer hears destination-busy")],
        ),
        (
            FarEnd(refuses_with=480, answers_s=1),
            by(Party.DESTINATION, Ending.NO_ANSWER),
            [(4, "destination refuses with 480"), (4, "customer hears destination-no-answer")],
        ),
        (
            FarEnd(answers_s=None),
            by(Party.DESTINATION, Ending.NO_ANSWER),
            [(63, "destination is given up"), (63, "customer hears destination-no-answer")],
        ),
        (
            FarEnd(refuses_with=404, answers_s=1),
            by(Party.DESTINATION, Ending.NOT_FOUND),
            [(4, "destination refuses with 404"), (4, "customer hears destination-unreachable")],
        ),
        (
            FarEnd(refuses_with=503, answers_s=1),
            Verdict(Ending.CARRIER_FAILED, Culprit.CARRIER),
            [(4, "destination refuses with 503"), (4, "customer hears destination-unreachable")],
        ),
        (
            FarEnd(trying_s=None, rings_s=None, answers_s=None),
            Verdict(Ending.UNREACHABLE, Culprit.CARRIER),
            [(7, "destination is given up"), (7, "customer hears destination-unreachable")],
        ),
    ],
)
def test_a_customer_whose_destination_is_not_reached_hears_why(destination, verdict, then):
    exchange = an_exchange(destination=destination)

    cdr = exchange.connect()

    reason_s = then[0][0]
    assert exchange.transcript[-3:] == [*then, (reason_s + 1, "customer is hung up")]
    assert (cdr.verdict, cdr.destination.verdict) == (verdict, verdict)
    assert seconds_and_cents(cdr) == [(reason_s - 1, reason_s - 1), (0, 0)]
    assert cdr.settlement.kind is SettlementKind.POST
    assert exchange.balance.holds == {}
    assert exchange.breaches == []


def test_destination_stops_ringing_when_the_customer_gives_up():
    exchange = an_exchange(customer=FarEnd(hangs_up_s=2.5))

    cdr = exchange.connect()

    assert exchange.transcript == [
        *DESTINATION_RINGS,
        (4.5, "customer hangs up"),
        (4.5, "destination is given up"),
    ]
    assert cdr.verdict == by(Party.CUSTOMER, Ending.HUNG_UP)
    assert seconds_and_cents(cdr) == [(3, 3), (0, 0)]


def test_destination_does_not_ring_when_the_customer_hangs_up_on_the_prompt():
    exchange = an_exchange(customer=FarEnd(hangs_up_s=0.5))

    cdr = exchange.connect()

    assert exchange.transcript == [*CUSTOMER_ANSWERED, (2.5, "customer hangs up")]
    assert cdr.destination is None
    assert seconds_and_cents(cdr) == [(1, 1)]


def test_who_hangs_up_on_hearing_why_has_not_ended_the_callback():
    busy = FarEnd(refuses_with=486, answers_s=1)
    exchange = an_exchange(customer=FarEnd(hangs_up_s=2.5), destination=busy)

    cdr = exchange.connect()

    assert exchange.transcript[-1] == (4.5, "customer hangs up")
    assert cdr.verdict == by(Party.DESTINATION, Ending.BUSY)
    assert cdr.customer.verdict == by(Party.CUSTOMER, Ending.HUNG_UP)
