"""What doors tell as JSON: money exact, times in UTC, nothing left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest

from switchboard.calls.callback import State
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.routing import TrunkCost
from switchboard.rating.meter import Step
from switchboard.rating.price import LegPrice
from switchboard.wire import (
    callback_body,
    cdr_body,
    charge_body,
    included_body,
    instant,
    leg_price_body,
)
from tests.fakes.plenty import a_bucket, grant
from tests.fakes.ports import memory_ports
from tests.fakes.world import ALICE, BOB, NOON, a_callback, open_alice

HUNG_UP = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
CALLBACK = a_callback(reached={State.QUEUED: NOON})


def test_an_instant_is_told_in_utc_to_the_millisecond():
    in_rome = datetime(2026, 7, 1, 1, 2, 3, 4567, tzinfo=timezone(timedelta(hours=2)))

    assert instant(in_rome) == "2026-06-30T23:02:03.004Z"
    assert instant(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00.000Z"


def test_a_callback_without_a_destination_says_so():
    body = callback_body(replace(CALLBACK, destination=None), NOON)

    assert body["to"] is None


def test_a_callback_tells_its_states_in_their_order():
    reached = {State.ENDED: NOON, State.CLAIMED: NOON, State.QUEUED: NOON}
    known = replace(CALLBACK, state=State.ENDED, reached=reached, verdict=HUNG_UP)

    body = callback_body(known, NOON)

    assert list(body["reached"]) == ["queued", "claimed", "ended"]
    assert body["ending"] == {"reason": "hung_up", "culprit": "destination"}


@pytest.mark.parametrize(
    ("picos", "percent", "told"),
    [
        (0, 100, "0.00"),
        (20_000_000_000, 100, "0.02"),
        (20_000_000_000, 50, "0.01"),
        (1, 1, "0.00000000000001"),
        (1_234_567_890_123_456_789, 100, "1234567.890123456789"),
        (10**24, 1000, "10000000000000.00"),
    ],
)
def test_a_price_is_told_exactly(picos, percent, told):
    price = LegPrice(
        "44", "United Kingdom", 12, (Step(0, 1, picos),), percent=percent, connection_fee=picos
    )

    body = leg_price_body(ALICE, price)

    assert (body["per_minute"], body["connection_fee"]) == (told, told)


INVITED_AT = NOON + timedelta(milliseconds=120)
LEG = LegRecord(
    Party.CUSTOMER,
    ALICE,
    "carrier",
    HUNG_UP,
    invited_at=INVITED_AT,
    ringing_at=INVITED_AT + timedelta(milliseconds=1234, microseconds=567),
    answered_at=NOON + timedelta(seconds=5),
    ended_at=NOON + timedelta(seconds=70),
    seconds=65,
    sip_code=200,
    hung_up_by_far_end=False,
    rtp=RtpQuality(3250, 2, 1.5, 1, 40, 30, 12),
)


def test_a_cdr_is_told_with_its_earlier_destinations():
    busy = LegRecord(Party.DESTINATION, BOB, "carrier", HUNG_UP, seconds=9, cost_micros=2_000)
    last = LegRecord(Party.DESTINATION, BOB, "carrier", HUNG_UP, seconds=60)
    over = replace(CALLBACK, earlier=(busy,))

    cdr = write_cdr(over, [LEG, last], HUNG_UP, nonce="n", ended_at=LEG.ended_at)

    body = cdr_body(cdr)
    assert [(leg["seconds"], leg["cost"]) for leg in body["earlier"]] == [(9, "0.002")]
    assert body["destination"]["seconds"] == 60
    assert body["talked_seconds"] == 69


TOLD_ENDING = {"reason": "hung_up", "culprit": "destination"}


def a_cdr():
    legs = [LEG, LegRecord(Party.DESTINATION, BOB, "carrier", HUNG_UP, seconds=60)]
    return write_cdr(CALLBACK, legs, HUNG_UP, nonce="n", ended_at=LEG.ended_at)


def test_a_cdr_is_told_with_both_legs():
    body = cdr_body(a_cdr())

    customer, destination = body.pop("customer"), body.pop("destination")
    assert (customer["number"], destination["number"]) == (str(ALICE), str(BOB))
    assert body == {
        "account": "alice",
        "callback": "c1",
        "trigger": "api",
        "requested_at": "2026-01-02T12:00:00.000Z",
        "claimed_at": None,
        "ended_at": "2026-01-02T12:01:10.000Z",
        "ending": TOLD_ENDING,
        "talked_seconds": 60,
        "cost": "0.0617",
        "currency": "EUR",
        "margin": None,
        "settlement": "post",
        "late": False,
        "sheet": "retail",
        "version": "v1",
        "worker": None,
        "earlier": [],
    }


def test_a_leg_is_told_with_its_times_its_price_and_its_quality():
    body = cdr_body(a_cdr())

    destination = body["destination"]
    assert body["customer"] == {
        "number": "+442071234567",
        "trunk": "carrier",
        "prefix": "44",
        "invited_at": "2026-01-02T12:00:00.120Z",
        "ringing_at": "2026-01-02T12:00:01.354Z",
        "answered_at": "2026-01-02T12:00:05.000Z",
        "ended_at": "2026-01-02T12:01:10.000Z",
        "pdd_ms": 1234,
        "seconds": 65,
        "billed_seconds": 65,
        "covered_seconds": 0,
        "cost": "0.0217",
        "trunk_cost": None,
        "margin": None,
        "ending": TOLD_ENDING,
        "sip_code": 200,
        "hung_up_by_far_end": False,
        "rtp": {
            "received": 3250,
            "lost": 2,
            "discarded": 1,
            "jitter_ms": 1.5,
            "buffered_ms": 40,
            "round_trip_ms": 30,
            "mos": 4.36,
            "released_seconds": 12,
        },
    }
    assert (destination["cost"], destination["rtp"], destination["pdd_ms"]) == ("0.04", None, None)


def test_a_leg_is_told_with_what_its_trunk_takes_and_what_is_left():
    cost = TrunkCost("USD", 15_000, "44", "wholesale", "v7", Fraction(92, 100))
    leg = LegRecord(Party.CUSTOMER, ALICE, "carrier", HUNG_UP, seconds=65, trunk_cost=cost)
    thirds = replace(leg, trunk_cost=replace(cost, rate=Fraction(2, 3)))

    body, ratio = (
        cdr_body(write_cdr(CALLBACK, [one], HUNG_UP, nonce="n", ended_at=NOON))
        for one in (leg, thirds)
    )

    assert body["customer"]["trunk_cost"] == {
        "amount": "0.015",
        "currency": "USD",
        "prefix": "44",
        "sheet": "wholesale",
        "version": "v7",
        "exchange": "0.92",
    }
    assert (body["customer"]["margin"], body["margin"]) == ("0.0079", "0.0079")
    assert ratio["customer"]["trunk_cost"]["exchange"] == "2/3"


def test_a_charge_is_told_without_what_concerns_only_those_who_run_the_system():
    cdr = write_cdr(CALLBACK, [], HUNG_UP, nonce="n", ended_at=NOON)

    assert charge_body(cdr) == {"amount": "0.00", "currency": "EUR", "talked_seconds": 0}


def test_the_buckets_of_an_account_are_told_as_they_burn():
    ports = memory_ports()
    open_alice(ports)
    grant(ports, a_bucket(600), a_bucket(300, "44", name="uk", weight=1))
    grant(ports, a_bucket(900, name="old", expires_at=NOON))

    told = included_body(ports.accounts.get("alice"), NOON)

    assert [body["name"] for body in told] == ["uk", "all"]
    assert told[0] == {
        "bucket": "travel/uk#2026-01-01",
        "plan": "travel",
        "name": "uk",
        "seconds": 300,
        "left_seconds": 300,
        "begins_at": "2025-12-02T12:00:00.000Z",
        "expires_at": "2026-02-02T12:00:00.000Z",
    }
