"""Trunks and what routes go by: kept as they are, and read as older programs wrote them."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

from switchboard.aws.books import DynamoBooks, cdr_key
from switchboard.aws.fleet import DynamoTrunks
from switchboard.aws.forms import from_text, to_text
from switchboard.billing.account import Profile
from switchboard.calls.beat import Beat, LiveCall, TrunkHealth
from switchboard.calls.caller_id import CallerId, Header, Whose
from switchboard.calls.cdr import write_cdr
from switchboard.calls.ending import Culprit, Ending, Party, Verdict
from switchboard.calls.leg import LegRecord, RtpQuality
from switchboard.calls.link import Codec, Link, Transport
from switchboard.calls.rewriting import Rewrite
from switchboard.calls.routing import RoutingTerms, TrunkCost
from switchboard.calls.trunk import Trunk
from switchboard.rating.exchange import Exchange
from switchboard.sip.secret import Secret
from tests.contract.test_callback_size import A_WRITE_UNIT, CALLBACK
from tests.fakes.world import NOON

RICH = Trunk(
    "a",
    "sip.example.net",
    5062,
    20,
    ("user", "secret"),
    "wholesale",
    (Rewrite("44", 2, "0044"), Rewrite(prepend="1234#")),
    weight=7,
    capacity=30,
    enabled=False,
    rings_from=("203.0.113.0/28",),
    rings_as=Secret.of("carrier", "open sesame"),
    reply_limit=timedelta(seconds=3),
    rests_after=0,
    keep_alive=timedelta(seconds=30),
    caller_id=CallerId(
        Header(Whose.ACCOUNT, rewrites=(Rewrite(prepend="00"),)), Header(fixed="44207"), "a.example"
    ),
    link=Link(Transport.TLS, ("proxy", 5061), registers=True, srtp=True, codecs=(Codec.PCMA,)),
    calls_per_second=5,
)


def test_a_trunk_comes_back_with_all_that_was_set(ports):
    released = replace(RICH, name="released", link=Link(release_media=True))
    ports.trunks.save(released)
    assert ports.trunks.all() == [released]
    ports.trunks.remove("released")

    ports.trunks.save(RICH)

    assert ports.trunks.all() == [RICH]
    ports.trunks.save(replace(RICH, weight=8))
    assert [trunk.weight for trunk in ports.trunks.all()] == [8]
    assert ports.trunks.all(fresh=True) == ports.trunks.all()


def test_what_routes_go_by_comes_back(ports):
    terms = RoutingTerms(60, Exchange("EUR", {"USD": 920_000_000_000}))

    assert ports.settings.routing() == RoutingTerms()
    ports.settings.save_routing(terms)

    assert ports.settings.routing() == terms
    assert ports.settings.routing(fresh=True) == terms


def test_trunks_of_before_there_were_costs_are_read(ports):
    old = '{"name":"carrier","host":"127.0.0.1","port":5070,"priority":5,"credentials":["u","p"]}'
    if isinstance(ports.trunks, DynamoTrunks):
        ports.trunks._items("carrier", trunk=old).save()
        assert ports.trunks.all() == [Trunk("carrier", "127.0.0.1", 5070, 5, ("u", "p"))]
    assert to_text(from_text(old, Trunk)) == old


def test_heartbeats_and_profiles_of_before_are_read():
    beat = from_text(
        '{"worker":"w","beat_at":0,"stale_at":1,"capacity":2,'
        '"calls":{"c":{"trunk":"carrier","customer_s":5,"destination_s":3}}}',
        Beat,
    )
    profile = from_text('{"account":"a","name":"A","currency":"EUR","sheet":"s"}', Profile)

    assert beat.calls == {"c": LiveCall("carrier", 5, 3)}
    assert beat.calls["c"].legs_on("carrier") == 2
    assert profile.loss_guard


def test_a_heartbeat_tells_how_its_worker_finds_trunks(ports):
    health = TrunkHealth(4, "carrier_failed 503", NOON, answers=False)
    beat = Beat("w", NOON, NOON, 2, trunks={"a": health})

    ports.workers.beat(beat)

    assert list(ports.workers.all()) == [beat]


def test_the_guard_of_a_profile_is_kept_where_it_is_off():
    profile = Profile("a", "A", "EUR", "s", loss_guard=False)

    assert from_text(to_text(profile), Profile) == profile


def a_leg(party: Party, number, trunk: str, rate: Fraction) -> LegRecord:
    cost = TrunkCost(
        "USD", 123_456_789, "4479112", f"{trunk}-wholesale-2026", "20260102T120000-0a1b2c", rate
    )
    return LegRecord(
        party,
        number,
        trunk,
        Verdict(Ending.HUNG_UP, Culprit.DESTINATION),
        invited_at=NOON + timedelta(microseconds=123_457),
        ringing_at=NOON + timedelta(seconds=1, microseconds=234_567),
        answered_at=NOON + timedelta(seconds=5, microseconds=345_678),
        ended_at=NOON + timedelta(hours=1, microseconds=456_789),
        seconds=3595,
        sip_code=200,
        hung_up_by_far_end=True,
        rtp=RtpQuality(179_731, 1_234, 12.346, 567, 123, 321, 3_501),
        trunk_cost=cost,
    )


def test_a_record_with_the_costs_of_two_trunks_stays_under_a_write_unit(ports):
    assert CALLBACK.destination is not None
    rate = Fraction(921_534_783_219, 1_170_000_000_003)
    legs = [
        a_leg(Party.CUSTOMER, CALLBACK.customer, "premium-carrier-london", rate),
        a_leg(Party.DESTINATION, CALLBACK.destination, "second-carrier-frankfurt", rate),
    ]
    named = replace(CALLBACK, worker="ip-10-0-123-234.eu-central-1.compute.internal-0a1b2c3d")
    verdict = Verdict(Ending.HUNG_UP, Culprit.DESTINATION)
    nonce = "20260102120000123456-0a1b2c3d"
    cdr = write_cdr(named, legs, verdict, nonce=nonce, ended_at=NOON + timedelta(hours=1))

    assert ports.books.close(cdr)

    assert ports.books.cdr(cdr.account, cdr.callback, cdr.requested_at) == cdr
    if isinstance(ports.books, DynamoBooks):
        key = cdr_key(cdr.requested_at, cdr.callback)
        record = ports.books._cdrs.get(cdr.account, key).record
        names = len("account") + len("call") + len("record")
        assert names + len(cdr.account) + len(key) + len(record) < A_WRITE_UNIT
